// The EV rows on an installed machine, as an ordinary user whose client, home folder and repository are hostile: nothing of theirs
// runs in the launcher, reaches the server or is taken for policy. What is to be withstood is shown to work on a program that
// does not withstand it.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOwnMachine } from '../escape/columns.ts';
import {
  type Called,
  INSTALLED,
  type InstalledMachine,
  installedMachine,
  type Step,
} from '../fixtures/installed-machine.ts';
import { INITIALIZE, ROOT } from '../fixtures/launcher.ts';
import { MARKER, writeLures } from '../fixtures/lures.ts';

const HOME = '/home/user';
const PROJECT = `${HOME}/project`;
const EXECUTABLE = '/opt/cordon/dist/cordon';
const CANARY = 'canary-of-the-client';

type Environment = Readonly<Record<string, string>>;

interface Steering {
  readonly id: string;
  readonly env: Environment;
  /** Which obeys it; left out where that would show nothing. */
  readonly control?: readonly string[];
}

const STEERING: readonly Steering[] = [
  {
    id: 'EV-01: NODE_OPTIONS',
    env: { NODE_OPTIONS: '--require=./preload.cjs' },
    control: [process.execPath, '-e', '0'],
  },
  {
    id: 'EV-01: NODE_REPL_EXTERNAL_MODULE',
    env: { NODE_REPL_EXTERNAL_MODULE: './preload.cjs' },
    control: [process.execPath, '-i'],
  },
  { id: 'EV-01: BUN_BE_BUN', env: { BUN_BE_BUN: '1' }, control: [EXECUTABLE, 'run', 'fixture'] },
  {
    id: 'EV-01: BUN_OPTIONS',
    env: { BUN_OPTIONS: `--preload ${PROJECT}/preload.cjs` },
    control: [EXECUTABLE, 'list'],
  },
  {
    id: 'EV-01: what writes files',
    env: {
      NODE_V8_COVERAGE: './coverage',
      NODE_REDIRECT_WARNINGS: './warnings',
      NODE_COMPILE_CACHE: './cache',
      BUN_RUNTIME_TRANSPILER_CACHE_PATH: './cache',
      TMPDIR: './tmp',
    },
  },
  { id: 'EV-02: LD_PRELOAD', env: { LD_PRELOAD: `${PROJECT}/lure.so` }, control: ['/bin/true'] },
  {
    id: 'EV-02: LD_AUDIT, GCONV_PATH, LD_LIBRARY_PATH',
    env: { LD_AUDIT: './no.so', GCONV_PATH: '.', LD_LIBRARY_PATH: '.' },
  },
  { id: 'EV-02: BASH_ENV', env: { BASH_ENV: './bwrap' }, control: ['/bin/bash', '-c', ':'] },
  { id: 'EV-02: ENV', env: { ENV: './bwrap' }, control: ['/bin/sh', '-i'] },
  {
    id: 'EV-02: SHELLOPTS and PS4',
    env: { SHELLOPTS: 'xtrace', PS4: '$(./bwrap)' },
    control: ['/bin/bash', '-c', ':'],
  },
  {
    id: 'EV-02: functions of bash',
    env: {
      'BASH_FUNC_echo%%': '() { ./bwrap; }',
      'BASH_FUNC_exec%%': '() { ./bwrap; }',
      'BASH_FUNC_unset%%': '() { ./bwrap; }',
    },
    control: ['/bin/bash', '-c', 'echo x'],
  },
  { id: 'EV-02: PYTHONPATH', env: { PYTHONPATH: './python' }, control: ['/usr/bin/python3', '-c', '0'] },
  {
    id: 'EV-02: PERL5OPT',
    env: { PERL5OPT: '-MEvil', PERL5LIB: './perl' },
    control: ['/usr/bin/perl', '-e', '1'],
  },
  {
    id: 'EV-02: CDPATH, IFS, locale',
    env: { CDPATH: '/', IFS: '/', LC_ALL: '../../project', LANG: 'x'.repeat(5000), NLSPATH: './%N' },
  },
  {
    id: 'EV-02: proxies, certificates, git, npm',
    env: {
      HTTPS_PROXY: 'http://127.0.0.1:1',
      http_proxy: 'http://127.0.0.1:1',
      SSL_CERT_FILE: '/nonexistent',
      NODE_EXTRA_CA_CERTS: '/nonexistent',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      GIT_SSH_COMMAND: './bwrap',
      npm_config_script_shell: './bwrap',
      RUBYOPT: '-revil',
    },
  },
  { id: 'EV-16: PATH', env: { PATH: `${PROJECT}/bin:${PROJECT}:.:` }, control: ['/bin/sh', '-c', 'bwrap'] },
  {
    id: 'EV-03: variables that the profile or the program has',
    env: {
      GRANTED: `evil\nTWO=lines=${CANARY}`,
      CORDON_ROOT: PROJECT,
      CORDON_FOLDER_GONE: '1',
      XDG_CONFIG_HOME: `${HOME}/.config`,
      HOME: PROJECT,
    },
  },
];

/** All that the server has. */
const SERVER_ENVIRONMENT = ['GRANTED', 'HOME', 'LANG', 'NODE_DISABLE_COMPILE_CACHE', 'PATH', 'PWD', 'TMPDIR'];

/** In the repository, with nothing in its environment but this. Not `exec`: the client is this user's, and no program of root's. */
const inProject = (env: Environment, command: readonly string[]): readonly string[] => [
  '/bin/sh',
  '-c',
  `cd ${PROJECT} && /usr/bin/env -i "$@"; exit`,
  'sh',
  ...Object.entries({ HOME, PATH: '/usr/bin:/bin', ...env }).map(([name, value]) => `${name}=${value}`),
  ...command,
];

const asked = (code: string): string =>
  [
    { id: 1, method: 'initialize', params: INITIALIZE },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/call', params: { name: 'run', arguments: { code } } },
  ]
    .map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
    .join('');

const REPORT = asked(`
  const fs = await load('node:fs');
  const open = fs.readdirSync('/proc/self/fd').flatMap((fd) => { try { return [fs.readlinkSync('/proc/self/fd/' + fd)]; } catch { return []; } });
  return { env: process.env, execPath: process.execPath, open };
`);

interface Report {
  readonly env: Environment;
  readonly execPath: string;
  readonly open: readonly string[];
}

function reported({ out, err }: Called): Report {
  const answer = out.split('\n').find((line) => line.includes('"id":2'));
  const { result } = JSON.parse(answer ?? '{}') as { result?: { content: [{ text: string }] } };
  if (result === undefined) throw new Error(out + err);
  return (JSON.parse(result.content[0].text) as { ok: Report }).ok;
}

describe.runIf(hasOwnMachine)('an installed machine, and nothing else to trust', () => {
  let machine: InstalledMachine;
  let change = '';
  const marked = { user: ['/bin/sh', '-c', `cat ${MARKER} 2>/dev/null; rm -f ${MARKER}`] };

  beforeAll(() => {
    machine = installedMachine('environment', path.join(ROOT, 'test/fixtures/servers/egress-server.mjs'), {
      env: { GRANTED: 'yes' },
      permissions: { filesystem: [{ path: '${workspace}', access: 'read' }], mcp: { tools: true } },
      secrets: { TOKEN: { required: false, deliver: 'file', why: 'the test' } },
    });
    const shared = path.join(machine.scratch, 'shared');
    fs.mkdirSync(path.join(shared, 'out'));
    fs.chmodSync(path.join(shared, 'out'), 0o777);
    writeLures(path.join(shared, 'home'));
    const { uid, gid } = machine.user;
    const sources = { schema: 1, secrets: { fixture: { TOKEN: [{ environment: 'CLIENT_TOKEN' }] } } };
    change = [
      `cp -a /srv/home/. ${HOME}`,
      `chown -R ${uid}:${gid} ${HOME}`,
      `printf '%s' '${JSON.stringify(sources)}' > /etc/cordon/config.json`,
    ].join('\n');
  });
  afterAll(() => machine.remove());

  describe('EV-01, EV-02, EV-16: steers nothing', () => {
    const answers = new Map<
      string,
      { readonly control: string; readonly attacked: string; readonly run: Called }
    >();
    const leftovers: string[] = [];
    beforeAll(async () => {
      const called = await machine.steps(
        [
          ...STEERING.flatMap(({ env, control = ['/bin/true'] }): Step[] => [
            { user: inProject(env, control) },
            marked,
            { user: inProject(env, [INSTALLED, 'list']) },
            { user: inProject(env, [INSTALLED, 'run', 'fixture']), input: REPORT },
            marked,
          ]),
          { user: ['/bin/ls', '-A', PROJECT] },
        ],
        change,
      );
      STEERING.forEach(({ id }, index) => {
        const [, control, , run, attacked] = called.slice(index * 5, index * 5 + 5);
        if (run !== undefined)
          answers.set(id, { control: control?.out ?? '', attacked: attacked?.out ?? '', run });
      });
      leftovers.push(...(called.at(-1)?.out ?? '').split('\n'));
    });

    it.each(STEERING.map((steering) => [steering.id, steering] as const))('%s', (id, { control }) => {
      const { control: obeyed = '', attacked = '', run } = answers.get(id) ?? {};
      if (control !== undefined) expect(obeyed, 'the control').not.toBe('');
      // The shell of the entry is loaded before its first line, which nobody can change; nothing after it.
      const shell = fs.realpathSync('/bin/sh');
      expect(
        attacked.split('\n').filter((line) => line !== '' && line !== shell && line !== '/usr/bin/env'),
      ).toEqual([]);
      const { env, execPath } = reported(run ?? { status: null, out: '', err: '' });
      expect(Object.keys(env).toSorted()).toEqual(SERVER_ENVIRONMENT);
      expect(env['GRANTED']).toBe('yes');
      expect(JSON.stringify(env)).not.toContain(CANARY);
      expect(execPath).toBe('/cordon/runtime/node');
    });

    it('EV-01: and leaves no files', () => {
      for (const name of ['coverage', 'warnings', 'cache', 'tmp']) expect(leftovers).not.toContain(name);
    });
  });

  describe('gives nothing away', () => {
    const client = (script: string, env: Environment = {}): readonly string[] =>
      inProject(env, ['/bin/bash', '-c', `${script}; exit`]);
    const start = `${INSTALLED} run fixture`;
    const secret = { CLIENT_TOKEN: CANARY };
    const reading = asked(`return (await load('node:fs')).readFileSync('/run/secrets/TOKEN', 'utf8')`);
    /** Names of the programs that have the secret in an argument while the server waits; one has it for certain. */
    const searching = `{
      sleep 20 & sleeper=$!
      /bin/sh -c 'while kill -0 $1 2>/dev/null; do sleep 0.1; done' control $sleeper "$CLIENT_TOKEN" &
      sleep 0.4
      for process in /proc/[0-9]*; do
        [[ $(cat $process/cmdline 2>/dev/null | tr '\\0' ' ') == *$CLIENT_TOKEN* ]] && cat $process/comm >&2
      done
      kill $sleeper
    } & ${start}`;
    const steps = {
      descriptors: {
        user: client(`exec 3</etc/passwd 9</etc/passwd 20<${PROJECT}; ${start}`),
        input: REPORT,
      },
      whole: { user: client(start, secret), input: reading },
      lines: { user: client(start, { CLIENT_TOKEN: `two\nlines ${CANARY}` }), input: reading },
      argument: {
        user: client(searching, secret),
        input: asked('await new Promise((resolve) => setTimeout(resolve, 1500))'),
      },
      crowd: {
        user: client(
          `one() {
            coproc server { ${start} 2>/dev/null; }
            printf '%s\\n' "$ASK" >&\${server[1]}
            read -r -t 20 -u \${server[0]} answer
            exec {server[1]}>&-
            wait
          }
          for i in {1..24}; do one & done; wait; cat ${HOME}/.local/state/cordon/audit.jsonl`,
          { ASK: asked('return 1').split('\n')[0] ?? '' },
        ),
      },
      top: { user: client(`cd /; ${start}`), input: REPORT },
      home: { user: client(`cd ${HOME}; ${start}`), input: REPORT },
      link: { user: client(`ln -sfn ${HOME} /tmp/link; cd /tmp/link; ${start}`), input: REPORT },
      odd: {
        user: client(`d='${PROJECT}/a,b:c=d\n"e)'; mkdir -p "$d"; cd "$d"; ${start}`),
        input: asked('return process.cwd()'),
      },
      listed: { user: client(`${INSTALLED} list --json`) },
    } as const;
    let called: Readonly<Record<keyof typeof steps, Called>>;
    beforeAll(async () => {
      const names = Object.keys(steps) as ReadonlyArray<keyof typeof steps>;
      const answers = await machine.steps(Object.values(steps), change);
      called = Object.fromEntries(names.map((name, index) => [name, answers[index]])) as typeof called;
    });

    it('EV-12: no descriptor of the client', () => {
      expect(reported(called.descriptors).open.filter((one) => /passwd|project/.test(one))).toEqual([]);
    });

    it('EV-03: a value of several lines is none; a whole one arrives', () => {
      expect(called.whole.out).toContain(CANARY);
      expect(called.lines.out).toContain('SECRET_UNAVAILABLE');
      expect(called.lines.out + called.lines.err).not.toContain(CANARY);
    });

    it('EV-05: no program has it in an argument', () => {
      expect(called.argument.out).toContain('"id":2');
      // The control: shells that were given it. The one that searches has it in a variable.
      expect([...new Set(called.argument.err.trim().split('\n'))]).toEqual(['sh']);
    });

    it('EV-10: of many at once every line of the log is whole', () => {
      const events = called.crowd.out.trim().split('\n');
      const started = events.filter((line) => (JSON.parse(line) as { event: string }).event === 'started');
      expect(started.length).toBeGreaterThanOrEqual(24);
    });

    it('EV-17: not all of the machine or the home folder, and a folder of an odd name as it is', () => {
      for (const refused of [called.top, called.home, called.link])
        expect(refused.err).toContain('[WORKSPACE_TOO_BROAD]');
      expect(called.odd.out).toContain('a,b:c=d');
    });

    it('SC-30: no profile of the home folder or the repository', () => {
      const { profiles } = JSON.parse(called.listed.out) as {
        profiles: ReadonlyArray<{ name: string; origin: string }>;
      };
      expect(profiles.map(({ name, origin }) => [name, origin])).toEqual([['fixture', 'managed']]);
    });
  });
});
