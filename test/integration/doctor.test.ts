// The doctor against real machines: this one as root and as an ordinary user, and machines where something is missing or
// forbidden, made by private namespaces, so that nothing of this one changes.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/doctor/finding.ts';
import { columns, copyProgram, isRoot } from '../escape/columns.ts';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { ROOT } from '../fixtures/launcher.ts';

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-doctor-test-')));
let cordon: string;

interface Diagnosis {
  readonly status: number | null;
  readonly findings: readonly Finding[];
  readonly of: (id: string) => Finding | undefined;
  readonly failed: readonly string[];
}

interface Start {
  /** Argv around the command. */
  readonly as?: (command: readonly string[]) => readonly string[];
  readonly home: string;
  readonly env?: Record<string, string>;
}

function start(args: readonly string[], { as = (command) => command, home, env }: Start) {
  const [file = '', ...rest] = as([cordon, 'doctor', ...args]);
  return spawnSync(file, rest, {
    cwd: '/',
    encoding: 'utf8',
    env: { HOME: home, PATH: '/usr/bin:/bin:/usr/sbin:/sbin', ...env },
    timeout: 40_000,
  });
}

function diagnose(options: Start): Diagnosis {
  const child = start(['--json'], options);
  expect(child.stdout, child.stderr).toMatch(/^\{/);
  const { findings } = JSON.parse(child.stdout) as { findings: Finding[] };
  return {
    status: child.status,
    findings,
    of: (id) => findings.find((finding) => finding.id === id),
    failed: findings.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id),
  };
}

/** Runs `script` as root in mount and user namespaces of its own, then the command. */
function inNamespaces(flags: readonly string[], script: string, folder: string) {
  return (command: readonly string[]): readonly string[] => [
    '/usr/bin/unshare',
    ...flags,
    '/bin/sh',
    '-euc',
    `cd "$1"; shift; ${script}; exec "$@"`,
    'sh',
    folder,
    ...command,
  ];
}

function makeHome(name: string, owner: { readonly uid: number; readonly gid: number }): string {
  const home = path.join(scratch, name);
  fs.mkdirSync(home);
  installFixtureProfile({
    home,
    name: 'fixture',
    files: { 'server.mjs': path.join(ROOT, 'test/fixtures/servers/lifecycle-server.mjs') },
    owner,
  });
  if (isRoot) fs.chownSync(home, owner.uid, owner.gid);
  return home;
}

beforeAll(() => {
  fs.chmodSync(scratch, 0o755);
  cordon = copyProgram(scratch).cordon;
});

afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

describe.each(columns())('doctor $name', ({ name, uid, gid, as }) => {
  let home: string;
  beforeAll(() => {
    home = makeHome(`home-${uid}`, { uid, gid });
  });

  it('starts the sandbox and finds every protection in force', () => {
    const { status, findings, failed, of } = diagnose({ as, home });
    expect(failed).toEqual([]);
    expect(status).toBe(0);
    expect(of('sandbox-starts')?.verdict).toBe('ok');
    expect(of('definitions')).toMatchObject({
      verdict: 'weaker',
      detail: expect.stringContaining('fixture') as string,
    });
    expect(
      findings.filter(({ section }) => !['machine', 'installation'].includes(section)).length,
    ).toBeGreaterThan(25);
    expect(of('account')?.verdict).toBe(name === 'as root' ? 'weaker' : 'ok');
    expect(of('runtime')?.detail).toContain(process.versions.node);
  });

  it('lets nothing of the client through: variables, descriptors', () => {
    const leaking = (command: readonly string[]): readonly string[] => [
      '/bin/sh',
      '-c',
      'exec "$@" 5</etc/hostname 9</etc/hostname',
      'sh',
      ...as(command),
    ];
    const env = { API_TOKEN: 'x', NODE_OPTIONS: '--require /nowhere', BUN_OPTIONS: '--preload /nowhere' };
    const { failed, of } = diagnose({ as: leaking, home, env });
    expect(failed).toEqual([]);
    expect(of('descriptors-closed')?.verdict).toBe('ok');
    expect(of('environment-exact')?.verdict).toBe('ok');
  });

  it('leaves nothing behind', async () => {
    const list = (): string[] =>
      fs.readdirSync(os.tmpdir()).filter((entry) => entry.startsWith('cordon-doctor-'));
    const before = list();
    diagnose({ as, home });
    // Another doctor may be at work on this machine; what it made goes away as well.
    await expect
      .poll(() => list().filter((entry) => !before.includes(entry)), { timeout: 20_000 })
      .toEqual([]);
  });

  it('prints plain lines in a pipe, the counts last', () => {
    const { stdout, status } = start([], { as, home });
    expect(status).toBe(0);
    expect(stdout).not.toContain('\u001b');
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^\d+ ok, \d+ weaker, 0 failed$/);
  });

  it('sends people to cordon install when no runtime is recorded', () => {
    const bare = path.join(scratch, `bare-${uid}`);
    fs.mkdirSync(bare);
    if (isRoot) fs.chownSync(bare, uid, gid);
    const { status, failed, of } = diagnose({ as, home: bare });
    expect(status).toBe(1);
    expect(failed).toEqual(['sandbox-starts', 'runtime']);
    expect(of('runtime')?.cure.join()).toContain('cordon install');
  });

  it('names the folder that others can write, and how to close it', () => {
    const open = makeHome(`open-${uid}`, { uid, gid });
    const store = path.join(open, '.local/share/cordon/store');
    fs.chmodSync(store, 0o777);
    const { status, failed, of } = diagnose({ as, home: open });
    expect(status).toBe(1);
    expect(failed).toContain('folder-store');
    expect(of('folder-store')?.cure).toEqual([`chmod o-w ${store}`]);
  });

  it.runIf(isRoot)('refuses a setuid bubblewrap', () => {
    const setuid = 'cp /usr/bin/bwrap setuid; chmod 4755 setuid; mount --bind setuid /usr/bin/bwrap';
    const { status, failed, of } = diagnose({
      as: (command) => inNamespaces(['--mount'], setuid, scratch)(as(command)),
      home,
    });
    expect(status).toBe(1);
    expect(failed).toEqual(['bubblewrap', 'sandbox-starts']);
    expect(of('bubblewrap')).toMatchObject({
      detail: '/usr/bin/bwrap is setuid root',
      cure: ['chmod u-s /usr/bin/bwrap'],
    });
  });

  it.runIf(isRoot)('names the options that an old bubblewrap lacks', () => {
    const old = [
      'printf \'#!/bin/sh\\necho "    --args FD"\\n\' >old',
      'chmod 755 old',
      'mount --bind old /usr/bin/bwrap',
    ].join('; ');
    const { failed, of } = diagnose({
      as: (command) => inNamespaces(['--mount'], old, scratch)(as(command)),
      home,
    });
    expect(failed).toEqual(['bubblewrap', 'sandbox-starts']);
    expect(of('bubblewrap')?.detail).toContain('--disable-userns');
    expect(of('bubblewrap')?.cure).toEqual(['apt-get install --only-upgrade bubblewrap']);
  });

  it.runIf(isRoot)('says how to install bubblewrap when there is none', () => {
    // /usr/bin as links to itself elsewhere, without the one.
    const none = [
      `mkdir -p programs-${uid} links-${uid}`,
      `mount --bind /usr/bin programs-${uid}`,
      `ln -sf "$PWD/programs-${uid}"/* links-${uid}/`,
      `rm links-${uid}/bwrap`,
      `mount --bind links-${uid} /usr/bin`,
    ].join('; ');
    const { status, failed, of } = diagnose({
      as: (command) => inNamespaces(['--mount'], none, scratch)(as(command)),
      home,
    });
    expect(status).toBe(1);
    expect(failed).toContain('bubblewrap');
    expect(of('bubblewrap')?.cure).toEqual(['apt-get install bubblewrap']);
  });
});

describe.runIf(isRoot)('doctor where user namespaces are forbidden', () => {
  it('says which setting it is and how to change it', () => {
    const home = makeHome('forbidden', { uid: 0, gid: 0 });
    const { status, failed, of } = diagnose({
      as: inNamespaces(['--user', '--map-root-user'], 'echo 0 >/proc/sys/user/max_user_namespaces', scratch),
      home,
    });
    expect(status).toBe(1);
    expect(failed).toEqual(['user-namespaces', 'sandbox-starts']);
    expect(of('user-namespaces')?.cure).toEqual(['sudo sysctl -w user.max_user_namespaces=15000']);
    expect(of('sandbox-starts')?.cure).toEqual(['sudo sysctl -w user.max_user_namespaces=15000']);
  });
});

describe('doctor for a user who may not make a log', () => {
  it('says in which folder, and is right', () => {
    const user = columns().find(({ uid }) => uid !== 0);
    if (user === undefined) throw new Error('no ordinary account');
    const home = makeHome('home-without-log', user);
    const state = path.join(home, '.local/state');
    fs.mkdirSync(state, { recursive: true, mode: 0o555 });
    const { status, of } = diagnose({ as: user.as, home });
    fs.chmodSync(state, 0o755);
    expect(status).toBe(1);
    expect(of('folder-audit')).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining(`may not write to ${state}`) as string,
    });
  });
});

describe.runIf(isRoot)('doctor for a member of a powerful group', () => {
  it('says that the sandbox cannot take the group away', () => {
    const user = columns().find(({ uid }) => uid !== 0);
    const gid = /^adm:[^:]*:(\d+):/m.exec(fs.readFileSync('/etc/group', 'utf8'))?.[1];
    if (user === undefined || gid === undefined) throw new Error('no ordinary account or no group adm');
    const { status, of } = diagnose({
      as: (command) => [
        '/usr/bin/setpriv',
        `--reuid=${user.uid}`,
        `--regid=${user.gid}`,
        `--groups=${gid}`,
        '--',
        ...command,
      ],
      home: path.join(scratch, `home-${user.uid}`),
    });
    expect(status).toBe(0);
    expect(of('groups')).toMatchObject({ verdict: 'weaker', cure: ['sudo gpasswd --delete "$USER" adm'] });
  });
});
