// Managed policy (design 2.8) through the real launcher: when there is any, nothing of the user counts, and who is not root
// cannot change it. The managed machine is this one with folders of the test's own below /etc, /opt and /var/lib, in a mount
// namespace; needs root to make it.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Definition } from '../../src/pins/definitions.ts';
import { readDefinitions } from '../../src/pins/read-definitions.ts';
import { columns, copyProgram, isRoot } from '../escape/columns.ts';
import { approveFixture } from '../fixtures/approve-fixture.ts';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { INITIALIZE, ROOT, startLauncher } from '../fixtures/launcher.ts';

const CORDON = '/opt/bin/cordon';
const PROFILE = '/etc/cordon/profiles/fixture';

let scratch = '';
let home = '';
let cwd = '';
let uid = 0;
let asUser: (command: readonly string[]) => readonly string[] = (command) => command;

/** Argv that changes the managed machine as root by `change`, then calls cordon as an ordinary user. */
function onManaged(change: string, ...args: readonly string[]): readonly string[] {
  const machine = [
    'set -e',
    'mount --bind "$1/program" /opt',
    'mount -t tmpfs -o mode=755 tmpfs "$1/mnt"',
    'cp -a /etc "$1/mnt/etc"',
    'cp -a "$1/managed/." "$1/mnt/etc/cordon"',
    // Managed, HOME does not count: the home folder is the one of the account.
    `sed -i -E "/^[^:]*:[^:]*:${uid}:/s|[^:]*(:[^:]*)$|$1/home\\1|" "$1/mnt/etc/passwd"`,
    'mount --bind "$1/mnt/etc" /etc',
    'mkdir "$1/mnt/lib"',
    'mount --bind "$1/mnt/lib" /var/lib',
    'mkdir /var/lib/cordon',
    'cp -a "$1/store" /var/lib/cordon/store',
    change,
    'cd "$1/workspace"',
    'shift',
    'exec "$@"',
  ];
  return [
    '/usr/bin/unshare',
    '--mount',
    '/bin/sh',
    '-c',
    machine.join('\n'),
    'sh',
    scratch,
    ...asUser([CORDON, ...args]),
  ];
}

async function initialize(change: string) {
  const launcher = startLauncher('fixture', { home, cwd, command: onManaged(change, 'run', 'fixture') });
  const answer = await launcher.request('initialize', INITIALIZE);
  launcher.child.stdin?.end();
  return { answer, status: (await launcher.exited).code, stderr: launcher.stderr() };
}

function call(change: string, ...args: readonly string[]) {
  const [file = '', ...rest] = onManaged(change, ...args);
  const { status, stdout, stderr } = spawnSync(file, rest, {
    env: { HOME: home, PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

/** Those of the fixture's server, as it lists them. */
const TOOLS = [
  'state',
  'daemon-then-exit',
  'large',
  'large-then-exit',
  'close-output',
  'stop-self',
  'no-answer',
  'still-there',
];

function toolsOf(names: readonly string[]): readonly Definition[] {
  const read = readDefinitions(
    'tool',
    names.map((name) => ({ name, inputSchema: { type: 'object' } })),
  );
  if (!read.ok) throw new Error(read.fault);
  return read.list;
}

/** A whole policy by a signer whom the machine knows: another profile in the place of the fixture. */
function makeBundle(): void {
  const [policy, key] = [path.join(scratch, 'policy'), path.join(scratch, 'key')];
  fs.cpSync(path.join(ROOT, 'profiles/memory'), path.join(policy, 'profiles/memory'), { recursive: true });
  fs.writeFileSync(path.join(policy, 'config.json'), '{ "schema": 1 }\n');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key]);
  fs.writeFileSync(
    path.join(scratch, 'managed/allowed_signers'),
    `ops namespaces="cordon-bundle" ${fs.readFileSync(`${key}.pub`, 'utf8')}`,
  );
  const out = path.join(scratch, 'corp.bundle');
  const args = ['bundle', 'create', 'corp@2', policy, '--out', out, '--key', key];
  execFileSync(path.join(scratch, 'program/bin/cordon'), args, {
    env: { HOME: home, PATH: '/usr/bin:/bin' },
  });
}

describe.runIf(isRoot)('managed policy', () => {
  beforeAll(() => {
    scratch = fs.mkdtempSync('/var/tmp/cordon-managed-');
    fs.chmodSync(scratch, 0o755);
    home = path.join(scratch, 'home');
    cwd = path.join(scratch, 'workspace');
    for (const folder of [home, cwd, path.join(scratch, 'mnt')]) fs.mkdirSync(folder);
    const user = columns().find((column) => column.uid !== 0);
    if (user === undefined) throw new Error('there is no ordinary user');
    ({ uid, as: asUser } = user);
    copyProgram(scratch);
    installFixtureProfile({
      home,
      name: 'fixture',
      files: { 'server.mjs': path.join(ROOT, 'test/fixtures/servers/lifecycle-server.mjs') },
      profile: { definitions: 'pinned' },
    });
    approveFixture(path.join(home, '.config/cordon/profiles/fixture'), [
      {
        context: { generation: 'legacy', protocolVersion: '2025-11-25', clientCapabilities: {} },
        serverInfo: { name: 'lifecycle', version: '1.0.0' },
        capabilities: { tools: {} },
        instructions: null,
        tools: toolsOf(TOOLS),
        prompts: [],
        resources: [],
        templates: [],
      },
    ]);
    // The profile and the store become the machine's; in the home folder stays another profile that nobody reviewed.
    const managed = path.join(scratch, 'managed');
    fs.mkdirSync(managed);
    fs.writeFileSync(path.join(managed, 'config.json'), '{}\n');
    fs.cpSync(path.join(home, '.config/cordon/profiles'), path.join(managed, 'profiles'), {
      recursive: true,
    });
    fs.renameSync(path.join(home, '.local/share/cordon/store'), path.join(scratch, 'store'));
    makeBundle();
    const own = path.join(home, '.config/cordon/profiles');
    fs.renameSync(path.join(own, 'fixture'), path.join(own, 'own'));
    spawnSync('/bin/chown', ['-R', `${user.uid}:${user.gid}`, home, cwd]);
    spawnSync('/bin/chmod', ['-R', 'go-w', scratch]);
  });
  afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

  it('control: it starts, and nothing else is there: no profile of the user, none that is shipped', async () => {
    const { answer, stderr } = await initialize('');
    expect(answer, stderr).toMatchObject({ result: { serverInfo: { name: 'lifecycle' } } });
    const { profiles } = JSON.parse(call('', 'list', '--json').out) as { profiles: object[] };
    expect(profiles).toMatchObject([{ name: 'fixture', origin: 'managed', folder: PROFILE }]);
  });

  it('a config.json that is a dangling link is policy all the same', () => {
    const { out } = call('ln -sf /nonexistent /etc/cordon/config.json', 'list');
    expect(out).toContain('managed');
    expect(out).not.toContain('shipped');
  });

  it.each<[string, string, string, string]>([
    [
      'policy that this user may not look at is never taken for none',
      'chmod 0700 /etc/cordon',
      'INSTALLATION_UNSAFE',
      '/etc/cordon/config.json',
    ],
    [
      'profiles that this user may not look at',
      'chmod 0700 /etc/cordon/profiles',
      'PROFILE_UNREADABLE',
      PROFILE,
    ],
    [
      'a profile that its group can write',
      `chmod 0664 ${PROFILE}/profile.json`,
      'INSTALLATION_UNSAFE',
      `${PROFILE}/profile.json`,
    ],
    [
      'pins that everybody can write',
      `chmod 0666 ${PROFILE}/pins.json`,
      'INSTALLATION_UNSAFE',
      `${PROFILE}/pins.json`,
    ],
    [
      'a lockfile of another user',
      `chown 1 ${PROFILE}/package-lock.json`,
      'INSTALLATION_UNSAFE',
      `${PROFILE}/package-lock.json`,
    ],
    [
      'a folder above that everybody can write',
      'chmod 0777 /etc/cordon',
      'INSTALLATION_UNSAFE',
      '"/etc/cordon"',
    ],
    [
      'profiles of another user, by a link',
      'cp -r /etc/cordon/profiles /etc/theirs; chown -R 1 /etc/theirs; rm -r /etc/cordon/profiles; ln -s /etc/theirs /etc/cordon/profiles',
      'INSTALLATION_UNSAFE',
      'belongs to user 1',
    ],
    [
      'a store of another user',
      'chown 1 /var/lib/cordon/store',
      'INSTALLATION_UNSAFE',
      '/var/lib/cordon/store',
    ],
    [
      'a store that this user may not enter',
      'chmod 0700 /var/lib/cordon',
      'INSTALLATION_UNSAFE',
      '/var/lib/cordon',
    ],
    [
      'profiles elsewhere, as the configuration says, of another user',
      'cp -r /etc/cordon/profiles /etc/theirs; chown -R 1 /etc/theirs; echo \'{ "profiles": { "folders": ["/etc/theirs"] } }\' > /etc/cordon/config.json',
      'INSTALLATION_UNSAFE',
      'belongs to user 1',
    ],
    [
      'a folder before that of the profile, in which another user may have had it',
      'mkdir /etc/theirs; chown 1 /etc/theirs; echo \'{ "profiles": { "folders": ["/etc/theirs", "/etc/cordon/profiles"] } }\' > /etc/cordon/config.json',
      'INSTALLATION_UNSAFE',
      '"/etc/theirs" must belong to root',
    ],
    [
      'the same one, which its owner has taken away',
      'mkdir /etc/theirs; chown 1 /etc/theirs; echo \'{ "profiles": { "folders": ["/etc/theirs/profiles", "/etc/cordon/profiles"] } }\' > /etc/cordon/config.json',
      'INSTALLATION_UNSAFE',
      '"/etc/theirs" must belong to root',
    ],
    [
      'more than the machine allows',
      'echo \'{ "limits": { "memory": "64MiB" } }\' > /etc/cordon/config.json',
      'POLICY_REFUSED',
      'limits.memory: is 1GiB, and config.json allows 64MiB',
    ],
    [
      'a runtime that is not one of the allowed',
      'echo \'{ "runtimes": [{ "name": "node", "version": "1" }] }\' > /etc/cordon/config.json',
      'POLICY_REFUSED',
      'does not let servers run on Node.js',
    ],
    [
      'a file of the package that belongs to another user',
      'chown 1 /var/lib/cordon/store/*/tree/node_modules/*/server.mjs',
      'TREE_UNSAFE',
      'server.mjs',
    ],
  ])('P1: %s: refused', async (_what, change, code, names) => {
    const { answer, status, stderr } = await initialize(change);
    expect(answer).toMatchObject({ error: { code: -32603, data: { source: 'cordon', reason: code } } });
    // A client would redact the profile's name.
    const told = names.replace('/fixture', '/<profile>');
    expect((answer['error'] as { message: string }).message).toContain(told);
    expect(stderr).toContain(names);
    expect(stderr).toMatch(new RegExp(`^error: .* \\[${code}\\]\n`));
    expect(status).toBe(125);
  });

  it('profiles and audit log are where the configuration says, also for what is refused', async () => {
    const config = {
      profiles: { folders: ['/etc/more', '/etc/cordon/profiles'] },
      audit: { file: '/var/lib/log/${uid}.jsonl' },
    };
    const change = [
      `echo '${JSON.stringify(config)}' > /etc/cordon/config.json`,
      'mkdir -m 1777 /var/lib/log',
      'mkdir /etc/more',
      'cp -r /etc/cordon/profiles/fixture /etc/more/other',
      `trap 'cat /var/lib/log/${uid}.jsonl >&2' EXIT`,
      'cd "$1/workspace"',
      'shift',
      '"$@"',
      'exit',
    ];
    const { answer, stderr } = await initialize(change.join('\n'));
    expect(answer, stderr).toMatchObject({ result: { serverInfo: { name: 'lifecycle' } } });
    expect(stderr).toContain('"event":"started"');
    const { out } = call(change.join('\n'), 'list', '--json');
    expect(JSON.parse(out)).toMatchObject({
      profiles: [{ name: 'fixture' }, { name: 'other', folder: '/etc/more/other' }],
    });
  });

  it.each([
    ['an audit log', '${uid}.jsonl', 'touch'],
    ['a folder for it', '${uid}/audit.jsonl', 'mkdir'],
  ])('%s that another user made first is not written to', async (_what, file, make) => {
    const theirs = `/var/lib/log/${uid}${make === 'touch' ? '.jsonl' : ''}`;
    const change = [
      `echo '{ "audit": { "file": "/var/lib/log/${file}" } }' > /etc/cordon/config.json`,
      'mkdir -m 1777 /var/lib/log',
      `${make} ${theirs}`,
      `chown 1 ${theirs}`,
      `chmod 777 ${theirs}`,
    ];
    const { answer } = await initialize(change.join('\n'));
    expect(answer).toMatchObject({ error: { data: { reason: 'AUDIT_UNWRITABLE' } } });
  });

  describe('people who may narrow', () => {
    const NARROW = `echo '{ "profiles": { "users": "narrow" } }' > /etc/cordon/config.json`;
    const own = (): string => path.join(home, '.config/cordon/profiles/fixture');
    const leave = (more: object): void => {
      fs.mkdirSync(own(), { recursive: true });
      fs.writeFileSync(
        path.join(own(), 'profile.json'),
        JSON.stringify({ schema: 1, narrows: 'fixture', ...more }),
      );
    };
    afterAll(() => fs.rmSync(own(), { recursive: true }));

    it('take tools and limits away from a server that was approved with all of it', async () => {
      leave({ permissions: { mcp: { tools: ['state'] } }, limits: { processes: 20 } });
      const command = onManaged(NARROW, 'run', 'fixture');
      const launcher = startLauncher('fixture', { home, cwd, command });
      await launcher.request('initialize', INITIALIZE);
      launcher.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
      const { result } = await launcher.request('tools/list');
      expect(result, launcher.stderr()).toMatchObject({ tools: [{ name: 'state' }] });
      expect(await launcher.call('large')).toMatchObject({ error: { code: -32602 } });
      launcher.child.stdin?.end();
      await launcher.exited;
      expect(JSON.parse(call(NARROW, 'explain', 'fixture', '--json').out)).toMatchObject({
        limits: { processes: 20 },
        about: { profile: { narrowedBy: path.join(own(), 'profile.json') } },
      });
      expect(call(NARROW, 'list').out).toContain('installed; narrowed by your own profile\n');
    });

    it('are told where they ask for more, and their server does not start', async () => {
      leave({ permissions: { filesystem: [{ path: '${home}', access: 'read' }] } });
      const { answer, stderr } = await initialize(NARROW);
      expect(answer).toMatchObject({ error: { data: { reason: 'PROFILE_INVALID' } } });
      expect(stderr).toContain('permissions.filesystem[0].path: is not granted by the managed profile');
    });

    it('may not where the configuration does not say so: then nothing of theirs is read', async () => {
      leave({ limits: { processes: 5000 } });
      expect((await initialize('')).answer).toMatchObject({ result: { serverInfo: { name: 'lifecycle' } } });
    });
  });

  it('root starts nothing where the configuration says so', () => {
    const { status, err } = call(
      'echo \'{ "runAsRoot": "refused" }\' > /etc/cordon/config.json; exec /opt/bin/cordon run fixture',
    );
    expect(err).toMatch(/^error: .* does not let root start servers \[POLICY_REFUSED\]\n/);
    expect(status).toBe(125);
  });

  it('root installs for everybody, whatever the umask', () => {
    // The store and the record of the runtime come before the profile that is not there.
    const { out, err } = call(
      'rm -r /var/lib/cordon; umask 0077; ! /opt/bin/cordon install nobody >/dev/null; find /var/lib/cordon -printf "%m %P\\n"; exit',
      'list',
    );
    expect(err).toContain('PROFILE_NOT_FOUND');
    expect(out.trimEnd().split('\n').toSorted()).toEqual([
      '644 store/runtimes/node.json',
      '755 ',
      '755 store',
      '755 store/runtimes',
    ]);
  });

  it('a signed bundle takes the place of the whole policy, for root alone', () => {
    const { out } = call('/opt/bin/cordon bundle install "$1/corp.bundle" >/dev/null', 'list', '--json');
    const { profiles } = JSON.parse(out) as { profiles: object[] };
    expect(profiles).toMatchObject([{ name: 'memory', origin: 'managed', state: 'not-installed' }]);
    expect(call('', 'bundle', 'install', path.join(scratch, 'corp.bundle')).err).toContain(
      '[INSTALLATION_UNSAFE]',
    );
  });

  it.each(['', '--root / '])('nor what somebody else could change while it is written: %s', (root) => {
    const { out, err } = call(
      `cp "$1/managed/allowed_signers" /etc/signers; chown 1 /etc/cordon; ! /opt/bin/cordon bundle install ${root}--signers /etc/signers "$1/corp.bundle"; chown 0 /etc/cordon`,
      'list',
    );
    expect(err).toMatch(/^error: "\/etc\/cordon" must belong to root, .*\[INSTALLATION_UNSAFE\]\n/);
    expect(out).toContain('fixture');
  });

  it('and not when somebody else could have written who may sign', () => {
    const { out, err } = call(
      'chmod 0666 /etc/cordon/allowed_signers; ! /opt/bin/cordon bundle install "$1/corp.bundle"',
      'list',
    );
    expect(err).toMatch(
      /^error: "\/etc\/cordon\/allowed_signers" must not be writable .*\[INSTALLATION_UNSAFE\]\n/,
    );
    expect(out).toContain('fixture');
  });
});
