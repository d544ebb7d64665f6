// P7: a protection that cannot be had here refuses the start with the reason and the cure; never a silent downgrade. Each
// machine below is this one with one thing changed in namespaces of the test's own; needs root to make them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProbe } from '../escape/compile-probe.ts';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { CORDON, INITIALIZE, ROOT, startLauncher, ORDERLY } from '../fixtures/launcher.ts';

const isRoot = process.getuid?.() === 0;
const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-machine-')));
const home = path.join(scratch, 'home');
const cwd = path.join(scratch, 'workspace');

/** Argv that runs `script` as root in namespaces of its own, then cordon. */
function inNamespaces(flags: readonly string[], script: string): readonly string[] {
  return [
    '/usr/bin/unshare',
    ...flags,
    '/bin/sh',
    '-c',
    `set -e; cd ${scratch}; ${script}; cd ${cwd}; exec "$@"`,
    'sh',
    CORDON,
    'run',
    'fixture',
  ];
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly stderr: string;
  readonly status: number | null;
}

async function refusal(command: readonly string[], env: Record<string, string> = {}): Promise<Refusal> {
  const launcher = startLauncher('fixture', { home, cwd, command, env });
  const answer = await launcher.request('initialize', INITIALIZE);
  launcher.child.stdin?.end();
  const { code: status } = await launcher.exited;
  const { message, data } = answer['error'] as { message: string; data: { source: string; reason: string } };
  expect(data.source, JSON.stringify(answer)).toBe('cordon');
  return { code: data.reason, message, stderr: launcher.stderr(), status };
}

beforeAll(() => {
  fs.mkdirSync(cwd);
  installFixtureProfile({
    home,
    name: 'fixture',
    files: { 'server.mjs': path.join(ROOT, 'test/fixtures/servers/lifecycle-server.mjs') },
  });
});
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

it('control: on this machine as it is, the server starts', async () => {
  const launcher = startLauncher('fixture', { home, cwd });
  expect(await launcher.request('initialize', INITIALIZE)).toMatchObject({
    result: { serverInfo: { name: 'lifecycle' } },
  });
  launcher.child.stdin?.end();
  expect(ORDERLY).toContain((await launcher.exited).code);
});

it('where hardly a file may be opened it says so, and nothing of its own code', () => {
  for (const files of [16, 24]) {
    const { status, stderr } = spawnSync(
      '/bin/sh',
      ['-c', `ulimit -n ${files}; exec "$@"`, 'sh', CORDON, 'run', 'fixture'],
      { cwd, env: { HOME: home, PATH: '/usr/bin:/bin' }, input: '', encoding: 'utf8' },
    );
    expect([files, status]).toEqual([files, 125]);
    expect(stderr).toMatch(/^error: .* \[[A-Z_]+\]\n(?:hint: .*\n)*$/);
  }
});

describe.runIf(isRoot)('P7: bubblewrap', () => {
  const CASES = [
    {
      name: 'is not there',
      script:
        'mkdir programs links; mount --bind /usr/bin programs; ln -sf "$PWD/programs"/* links/; rm links/bwrap; mount --bind links /usr/bin',
      code: 'SANDBOX_UNAVAILABLE',
      words: 'not installed',
      cure: 'apt-get install bubblewrap',
    },
    {
      name: 'is setuid root',
      script: 'cp /usr/bin/bwrap setuid; chmod 4755 setuid; mount --bind setuid /usr/bin/bwrap',
      code: 'SANDBOX_UNAVAILABLE',
      words: 'setuid',
      cure: 'chmod u-s',
    },
    {
      name: 'can be written by others',
      script: 'cp /usr/bin/bwrap open; chmod 0777 open; mount --bind open /usr/bin/bwrap',
      code: 'SANDBOX_UNAVAILABLE',
      words: 'writable by root alone',
      cure: 'ls -l',
    },
    {
      name: 'is too old for an option',
      script: `printf '#!/bin/sh\\necho "bwrap: Unknown option --bind-fd" >&2\\nexit 1\\n' > old; chmod 0755 old; mount --bind old /usr/bin/bwrap`,
      code: 'SANDBOX_UNAVAILABLE',
      words: '--bind-fd',
      cure: 'apt-get install --only-upgrade bubblewrap',
    },
  ] as const;

  for (const { name, script, code, words, cure } of CASES) {
    it(`${name}: refused, with the cure`, async () => {
      const found = await refusal(inNamespaces(['--mount'], script));
      expect(found).toMatchObject({ code, status: 125 });
      expect(found.message).toContain(words);
      expect(found.message).toContain(cure);
      expect(found.stderr).toContain(`[${code}]`);
    });
  }
});

describe.runIf(isRoot)('P7: the kernel', () => {
  it('forbids user namespaces: refused, with the cure', async () => {
    const found = await refusal(
      inNamespaces(['--user', '--map-root-user'], 'echo 0 > /proc/sys/user/max_user_namespaces'),
    );
    expect(found).toMatchObject({ code: 'USERNS_UNAVAILABLE', status: 125 });
    expect(found.message).toContain('sysctl');
  });
});

describe.runIf(isRoot)('P2: another name of a folder, by a bind mount', () => {
  const keys = path.join(scratch, 'keys');
  const config = path.join(home, '.config/cordon/config.json');
  beforeAll(() => {
    fs.mkdirSync(keys);
    const secrets = { another: { TOKEN: [{ file: path.join(keys, 'token') }] } };
    fs.writeFileSync(config, JSON.stringify({ secrets }));
  });
  afterAll(() => fs.rmSync(config));

  const CASES = [
    ['the home folder', home, '.', 'read'],
    ['a folder above it', path.dirname(home), '.', 'read'],
    ['the root', '/', '.', 'read'],
    ['the home folder, in a grant below the workspace', home, 'inner', 'read'],
    ["cordon's own profiles", path.join(home, '.config/cordon/profiles'), '.', 'write'],
    ['the program', ROOT, '.', 'write'],
    ['the folder of a secret', keys, '.', 'read'],
  ] as const;
  for (const [what, folder, inside, access] of CASES) {
    it(`${what}: refused`, async () => {
      const granted = path.join(cwd, inside);
      const profile = path.join(home, '.config/cordon/profiles/fixture/profile.json');
      const before = fs.readFileSync(profile, 'utf8');
      fs.mkdirSync(granted, { recursive: true });
      const grants = [
        { path: '${workspace}', access: 'read' },
        { path: '${workspace}/inner', access: 'read' },
      ];
      const filesystem = inside === '.' ? [{ path: '${workspace}', access }] : grants;
      fs.writeFileSync(profile, JSON.stringify({ ...JSON.parse(before), permissions: { filesystem } }));
      const found = await refusal(inNamespaces(['--mount'], `mount --bind ${folder} ${granted}`));
      fs.writeFileSync(profile, before);
      expect(found).toMatchObject({ code: 'GRANT_PATH_UNSAFE', status: 125 });
      expect(found.message).toContain('by another name');
    });
  }
});

describe.runIf(isRoot)('the folder for temporary files', () => {
  it('cannot be written: pinning says which and starts nothing', () => {
    const script = 'mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; shift; exec "$@"';
    const { status, stderr } = spawnSync(
      '/usr/bin/unshare',
      ['--mount', '/bin/sh', '-ec', script, 'sh', '/tmp', CORDON, 'pin', 'fixture'],
      { env: { HOME: home, PATH: '/usr/bin:/bin' }, encoding: 'utf8' },
    );
    expect(status).toBe(125);
    expect(stderr).toMatch(
      /^error: "\/tmp" cannot be written, .*: EROFS \[STORE_UNWRITABLE\]\nhint: df -h \/tmp\n$/,
    );
  });
});

describe('the audit log', () => {
  it('cannot be written: refused', async () => {
    const other = path.join(scratch, 'other-home');
    fs.cpSync(home, other, { recursive: true });
    fs.rmSync(path.join(other, '.local/state'), { recursive: true, force: true });
    // A file where its folder should be stops root too.
    fs.writeFileSync(path.join(other, '.local/state'), '');
    const found = await refusal([CORDON, 'run', 'fixture'], { HOME: other });
    expect(found).toMatchObject({ code: 'AUDIT_UNWRITABLE', status: 125 });
  });

  it.runIf(isRoot)('lies on a full disk: refused, however little a line is', async () => {
    const log = path.join(home, '.local/state/cordon');
    const found = await refusal(
      inNamespaces(
        ['--mount'],
        `mkdir -p ${log}; mount -t tmpfs -o size=256k none ${log}; head -c 300k /dev/zero > ${log}/fill || true`,
      ),
    );
    expect(found).toMatchObject({ code: 'AUDIT_UNWRITABLE', status: 125 });
    expect(found.message).toContain('full');
  });
});

it('P5: the client runs under a system call filter of its own: the server starts and ends all the same', async () => {
  const command = [compileProbe(scratch, 'under-filter'), CORDON, 'run', 'fixture'];
  const launcher = startLauncher('fixture', { home, cwd, command });
  expect(await launcher.request('initialize', INITIALIZE)).toMatchObject({
    result: { serverInfo: { name: 'lifecycle' } },
  });
  launcher.child.stdin?.end();
  expect(ORDERLY).toContain((await launcher.exited).code);
});
