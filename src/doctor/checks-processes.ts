import { type Check, describe, failed, ok, refusalOf, type Scene, valueOf, weaker } from './check.ts';
import { parseStatus } from './proc-text.ts';
import { commandResult, descriptors, identity, names, type Question, text } from './question.ts';

const CAPABILITY_SETS = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'] as const;
const NAMESPACES = ['user', 'pid', 'mnt', 'net', 'ipc', 'uts'] as const;
/** Where bash stands in for sh at the gate (launch/gate.ts), it adds these about itself. */
const SHELL_VARIABLES = new Set(['_', 'OLDPWD', 'SHLVL']);
const UNSHARE = '/usr/bin/unshare';

const status = (judge: (fields: ReadonlyMap<string, string>) => ReturnType<Check['judge']>) => ({
  questions: [{ ask: 'read', path: '/proc/self/status' }] satisfies Question[],
  judge: ([answer]: Parameters<Check['judge']>[0]) => judge(parseStatus(valueOf(answer, text) ?? '')),
});

export function processChecks(scene: Scene): Check[] {
  const { plan } = scene;
  return [
    {
      section: 'processes',
      id: 'environment-exact',
      title: 'environment exactly the plan',
      questions: [{ ask: 'identity' }],
      judge: ([answer]) => {
        const found = valueOf(answer, identity)?.environment;
        if (found === undefined) return failed(`not readable: ${describe(answer)}`);
        // bubblewrap sets PWD itself, to the working directory.
        const planned: Record<string, string> = { PWD: plan.workingDirectory, ...plan.environment };
        const wrong = [...new Set([...Object.keys(found), ...Object.keys(planned)])].filter(
          (name) => found[name] !== planned[name] && (name in planned || !SHELL_VARIABLES.has(name)),
        );
        // Names only: what leaked may be a secret.
        return wrong.length === 0
          ? ok(`${Object.keys(planned).length} variables, none of the client's`)
          : failed(`differs from the plan: ${wrong.sort().join(', ')}`);
      },
    },
    {
      section: 'processes',
      id: 'init-environment-empty',
      title: 'its init hidden',
      questions: [{ ask: 'read', path: '/proc/1/environ' }],
      judge: ([answer]) =>
        refusalOf(answer) === 'ENOENT' || refusalOf(answer) === 'EACCES'
          ? ok('/proc/1 gives nothing away')
          : failed("/proc/1 shows the sandbox's init, which is a program of the machine"),
    },
    {
      section: 'processes',
      id: 'descriptors-closed',
      title: 'no inherited descriptors',
      questions: [{ ask: 'descriptors' }],
      judge: ([answer]) => {
        const found = valueOf(answer, descriptors);
        return found?.length === 0
          ? ok('none above 2')
          : failed(
              `open: ${found?.map(({ fd, target }) => `${fd} ${target}`).join(', ') ?? describe(answer)}`,
            );
      },
    },
    {
      section: 'processes',
      id: 'processes-hidden',
      title: 'other processes hidden',
      questions: [{ ask: 'list', path: '/proc' }, { ask: 'identity' }],
      judge: ([list, who]) => {
        const self = valueOf(who, identity);
        const found = valueOf(list, names)?.filter((name) => /^\d+$/.test(name));
        if (self === undefined || found === undefined) return failed(`not readable: ${describe(list)}`);
        const others = found.filter((pid) => pid !== '1' && pid !== String(self.pid));
        return others.length === 0 && self.parent === 1
          ? ok("a process list of its own: the sandbox's init and the server")
          : failed(`it sees ${others.length} other processes`);
      },
    },
    {
      section: 'processes',
      id: 'namespaces-own',
      title: 'namespaces of its own',
      questions: NAMESPACES.map((name): Question => ({ ask: 'link', path: `/proc/self/ns/${name}` })),
      judge: (answers) => {
        const shared = NAMESPACES.filter((name, index) => {
          const found = valueOf(answers[index], text);
          return found === undefined || found === scene.namespaces[name];
        });
        return shared.length === 0
          ? ok(NAMESPACES.join(', '))
          : failed(`shared with the machine: ${shared.join(', ')}`);
      },
    },
    {
      section: 'processes',
      id: 'capabilities-none',
      title: 'no capabilities',
      ...status((fields) => {
        const held = CAPABILITY_SETS.filter((name) => !/^0+$/.test(fields.get(name) ?? ''));
        return held.length === 0
          ? ok('all five sets are empty')
          : failed(held.map((name) => `${name} ${fields.get(name) ?? 'unknown'}`).join(', '));
      }),
    },
    {
      section: 'processes',
      id: 'no-new-privileges',
      title: 'no new privileges',
      ...status((fields) =>
        fields.get('NoNewPrivs') === '1'
          ? ok('setuid programs give nothing')
          : failed('the no_new_privs bit is not set'),
      ),
    },
    {
      section: 'processes',
      id: 'seccomp-filter',
      title: 'system calls filtered',
      ...status((fields) =>
        fields.get('Seccomp') === '2'
          ? ok('a seccomp filter is in force')
          : failed(`seccomp mode ${fields.get('Seccomp') ?? 'unknown'}, expected 2`, [
              'the kernel must have CONFIG_SECCOMP_FILTER: cat /proc/sys/kernel/seccomp/actions_avail',
            ]),
      ),
    },
    {
      section: 'processes',
      id: 'user-namespaces-refused',
      title: 'no namespaces within',
      questions: [{ ask: 'run', command: [UNSHARE, '--user', 'true'] }],
      judge: ([answer]) => {
        if (refusalOf(answer) === 'ENOENT')
          return weaker(`not tried: ${UNSHARE} is missing`, ['apt-get install util-linux']);
        const result = valueOf(answer, commandResult);
        return result !== undefined && result.status !== 0
          ? ok('a user namespace of its own is refused')
          : failed(`a server can make a user namespace: ${describe(answer)}`);
      },
    },
    {
      section: 'processes',
      id: 'identity-neutral',
      title: 'neutral identity',
      questions: [{ ask: 'identity' }],
      judge: ([answer]) => {
        const who = valueOf(answer, identity);
        const { uid, gid, hostname } = plan.identity;
        return who?.uid === uid && who.gid === gid && who.hostname === hostname
          ? ok(`user ${uid}, group ${gid}, host name ${hostname}`)
          : failed('the user id, group id or host name of the machine shows');
      },
    },
    {
      section: 'processes',
      id: 'terminal-gone',
      title: 'no controlling terminal',
      questions: [{ ask: 'open', path: '/dev/tty' }],
      judge: ([answer]) =>
        refusalOf(answer) === undefined
          ? failed('it can open the terminal and type into it')
          : ok(`/dev/tty cannot be opened (${describe(answer)})`),
    },
  ];
}
