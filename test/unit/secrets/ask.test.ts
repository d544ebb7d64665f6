// Sources that misbehave. Programs are real ones; only the keyring is tested elsewhere, with a real one.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SecretSource } from '../../../src/config/secrets.ts';
import { type Asker, askSource } from '../../../src/secrets/ask.ts';
import { currentAsker } from '../../../src/secrets/asker.ts';
import { variableIn } from '../../../src/secrets/client-environment.ts';
import { fetchSecrets } from '../../../src/secrets/fetch.ts';
import { providerEnvironment, sessionBus } from '../../../src/secrets/provider-environment.ts';
import { mayInstall } from '../../../src/secrets/places.ts';
import { fileFault } from '../../../src/secrets/secret-file.ts';

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-ask-')));
const uid = process.getuid?.() ?? -1;
const asker: Asker = {
  uid,
  gid: process.getgid?.() ?? -1,
  home: scratch,
  name: 'ann',
  bus: undefined,
  client: process.pid,
  isManaged: false,
  trusts: 'all',
};
const started: number[] = [];

beforeAll(() => fs.mkdirSync(path.join(scratch, 'folder')));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

function write(name: string, content: string, mode: number): string {
  const file = path.join(scratch, name);
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, content);
  fs.chmodSync(file, mode);
  return file;
}

function command(script: string, timeoutSeconds = 10, env: Record<string, string> = {}): SecretSource {
  const program = write('program', `#!/bin/sh\n${script}\n`, 0o755);
  return { from: 'command', argv: [program, 'one argument'], env, timeoutSeconds };
}

async function ask(source: SecretSource) {
  const answer = await askSource(source, { profile: 'p', secret: 'S' }, asker);
  return answer.kind === 'value' ? answer.bytes.toString() : `${answer.kind}: ${answer.why}`;
}

describe('command', () => {
  test.each([
    ['prints a line', 'echo token', 'token'],
    ['prints no newline', 'printf token', 'token'],
    ['fails', 'echo token; exit 3', 'unavailable: ended with status 3'],
    ['dies', 'echo token; kill -9 $$', 'unavailable: was ended by a signal'],
    ['prints nothing', ':', 'malformed: gave nothing'],
    [
      'prints a message',
      'echo "please log in"; echo "or else"',
      'malformed: gave several lines, and a secret is one',
    ],
    ['prints NUL', 'printf "a\\\\000b"', 'malformed: gave a NUL character'],
    ['prints junk', 'head -c 4000 /dev/urandom', 'malformed: gave bytes that are not UTF-8'],
    ['never stops printing', 'cat /dev/zero', 'malformed: gave more than a secret has, 32 KiB'],
    ['complains and succeeds', 'echo warning >&2; echo token', 'token'],
    ['asks on the terminal', 'read -r x </dev/tty && echo "$x"', /^unavailable: ended with status [12]$/],
    ['asks on stdin', 'read -r x; echo "[$x]"', '[]'],
    ['leaves a daemon that holds its output', '(sleep 5; echo later) & echo token', 'token'],
    ['waits for all of its children', 'exec perl -e "1 while wait != -1; print qq(token)"', 'token'],
    ['gets its arguments, and no shell reads them', 'echo "$#$1"', '1one argument'],
  ])('%s', async (_, script, expected) => {
    const answer = await ask(command(script));
    if (typeof expected === 'string') expect(answer).toBe(expected);
    else expect(answer).toMatch(expected);
  });

  test('hangs: it is killed, with what it started', async () => {
    const note = path.join(scratch, 'pids');
    const begun = performance.now();
    expect(await ask(command(`sleep 60 & echo $$ $! > ${note}; sleep 60`, 1))).toBe(
      'unavailable: did not answer in time',
    );
    expect(performance.now() - begun).toBeLessThan(5000);
    started.push(...fs.readFileSync(note, 'utf8').trim().split(' ').map(Number));
    expect(started).toHaveLength(2);
    await expect.poll(() => started.filter(isRunning)).toEqual([]);
  });

  test('has an environment of its own', async () => {
    process.env['CANARY'] = 'x';
    const environment = await ask(
      command('env | cut -d= -f1 | sort | tr "\\n" " "', 10, { VAULT_ADDR: 'v' }),
    );
    delete process.env['CANARY'];
    const known = [
      'HOME',
      'LANG',
      'LOGNAME',
      'PATH',
      'PWD',
      'USER',
      'VAULT_ADDR',
      'XDG_RUNTIME_DIR',
      'DBUS_SESSION_BUS_ADDRESS',
      'SHLVL',
      '_',
      'OLDPWD',
    ];
    expect(
      environment
        .trim()
        .split(' ')
        .filter((name) => !known.includes(name)),
    ).toEqual([]);
    expect(environment).toContain('VAULT_ADDR');
  });

  test('lies where those install programs who may', () => {
    const staff = { uid: 0, gid: 50 };
    const homebrew = { uid: 501, gid: 80 };
    expect([mayInstall(staff, 'linux'), mayInstall(homebrew, 'darwin')]).toEqual([true, true]);
    expect([mayInstall(homebrew, 'linux'), mayInstall({ uid: 501, gid: 20 }, 'darwin')]).toEqual([
      false,
      false,
    ]);
  });

  test('is refused when it is not there, or others can change it', async () => {
    expect(await ask({ from: 'command', argv: ['/nowhere/op'], env: {}, timeoutSeconds: 1 })).toBe(
      'unavailable: is not there',
    );
    const open = write('open', '#!/bin/sh\necho token\n', 0o777);
    expect(await ask({ from: 'command', argv: [open], env: {}, timeoutSeconds: 1 })).toBe(
      'malformed: can be changed or replaced by other users',
    );
    // Who can write to its folder can put another one there.
    const folder = path.join(scratch, 'tools');
    fs.mkdirSync(folder);
    fs.chmodSync(folder, 0o777);
    const inside = write('tools/give', '#!/bin/sh\necho token\n', 0o755);
    const give: SecretSource = { from: 'command', argv: [inside], env: {}, timeoutSeconds: 1 };
    expect(await ask(give)).toBe('malformed: can be changed or replaced by other users');
    fs.chmodSync(folder, 0o755);
    expect(await ask(give)).toBe('token');
  });

  test('is refused when others can change what runs it', async () => {
    const runs = write('runs', '#!/bin/sh\necho token\n', 0o777);
    const argv = [write('script', `#!${runs}\n`, 0o755)] as const;
    const give: SecretSource = { from: 'command', argv, env: {}, timeoutSeconds: 1 };
    expect(await ask(give)).toBe('malformed: can be changed or replaced by other users');
    fs.chmodSync(runs, 0o755);
    expect(await ask(give)).toBe('token');
  });
});

describe('file', () => {
  const ask1 = (file: string) => ask({ from: 'file', path: file });

  test('that only its owner reads', async () => {
    expect(await ask1(write('token', 'token\n', 0o600))).toBe('token');
    expect(await ask1(write('token', 'token\n', 0o400))).toBe('token');
    expect(await ask1('${home}/token')).toBe('token');
    fs.symlinkSync('token', path.join(scratch, 'link'));
    expect(await ask1('${home}/link')).toBe('token');
  });

  test.each([0o644, 0o640, 0o604, 0o622, 0o602])('that others may read or change: mode %o', async (mode) => {
    expect(await ask1(write('token', 'token\n', mode))).toBe(
      `malformed: can be read or changed by others (mode 0${mode.toString(8)}); it must be 0400 or 0600`,
    );
  });

  test.runIf(uid === 0)('that really is of another user', async () => {
    const file = write('token', 'token\n', 0o600);
    fs.chownSync(file, 4242, 4242);
    expect(await ask1(file)).toBe('malformed: belongs to user 4242, who is neither this user nor root');
  });

  test('of another user, and what root shares with a group', () => {
    const ann = { uid: 1000, gid: 1000 };
    expect(fileFault({ uid: 1001, mode: 0o400 }, ann)).toBe(
      'belongs to user 1001, who is neither this user nor root',
    );
    expect(fileFault({ uid: 0, mode: 0o440 }, ann)).toBeUndefined();
    expect(fileFault({ uid: 0, mode: 0o444 }, ann)).toContain('mode 0444');
    expect(fileFault({ uid: 0, mode: 0o460 }, ann)).toContain('mode 0460');
    expect(fileFault({ uid: 1000, mode: 0o440 }, ann)).toContain('mode 0440');
  });

  test('below a folder in which others can write', async () => {
    const folder = path.join(scratch, 'folder');
    write('folder/token', 'token\n', 0o600);
    expect(await ask1('${home}/folder/token')).toBe('token');
    fs.chmodSync(folder, 0o777);
    expect(await ask1('${home}/folder/token')).toContain('malformed: lies below');
    fs.chmodSync(folder, 0o1777);
    expect(await ask1('${home}/folder/token')).toBe('token');
  });

  test.runIf(uid === 0)('reached through a link that another user can point elsewhere', async () => {
    write('token', 'token\n', 0o600);
    const folder = path.join(scratch, 'everybodys');
    fs.mkdirSync(folder);
    fs.chmodSync(folder, 0o1777);
    const theirs = path.join(folder, 'link');
    fs.symlinkSync(path.join(scratch, 'token'), theirs);
    fs.lchownSync(theirs, 4242, 4242);
    const ours = path.join(scratch, 'to-link');
    fs.symlinkSync(theirs, ours);
    for (const file of [theirs, ours])
      expect(await ask1(file)).toBe(
        `malformed: is reached through ${JSON.stringify(theirs)}, a link of user 4242`,
      );
    fs.lchownSync(theirs, 0, 0);
    for (const file of [theirs, ours]) expect(await ask1(file)).toBe('token');
  });

  test('that is none', async () => {
    expect(await ask1('${home}/gone')).toBe('absent: does not exist');
    expect(await ask1('${home}/folder')).toBe('malformed: is not a regular file');
    expect(await ask1(write('big', 'x'.repeat(40_000), 0o600))).toContain('malformed: is larger than');
  });
});

describe('environment of the client', () => {
  const text = Buffer.from('A=1\0TOKEN=canary\0TOKEN=second\0EMPTY=\0TOKENS=no\0LAST=end');

  test.each([
    ['TOKEN', 'canary'],
    ['EMPTY', ''],
    ['LAST', 'end'],
    ['OKEN', undefined],
    ['TOKE', undefined],
  ])('%s is %j', (name, value) => expect(variableIn(text, name)?.toString()).toBe(value));

  test('is that of the process that started us, as it was started', async () => {
    expect(await ask({ from: 'environment', name: 'PATH' })).toBe(
      variableIn(fs.readFileSync('/proc/self/environ'), 'PATH')?.toString(),
    );
    expect(await ask({ from: 'environment', name: 'NOBODY_SETS_THIS' })).toBe('absent: not set');
    expect(
      await askSource(
        { from: 'environment', name: 'PATH' },
        { profile: 'p', secret: 'S' },
        { ...asker, client: 2 ** 22 },
      ),
    ).toMatchObject({ kind: 'unavailable' });
  });
});

describe('the session bus that a client names', () => {
  test.each([
    ['unixexec:path=/bin/sh,argv1=-c,argv2=id', 'starts a program'],
    ['tcp:host=evil.example,port=1', 'leads out of the machine'],
    ['unix:abstract=/tmp/bus', 'belongs to nobody in particular'],
    ['unix:path=/etc/passwd', 'is no socket'],
    ['unix:path=/nowhere;unixexec:path=/bin/sh', 'is two'],
    ['', 'is none'],
  ])('%s does not count: it %s', (bus) => {
    expect(sessionBus({ uid: 424242, bus })).toBeUndefined();
    expect(providerEnvironment({ ...asker, uid: 424242, bus })).toEqual({
      HOME: scratch,
      PATH: '/usr/local/bin:/usr/bin:/bin',
      LANG: 'C.UTF-8',
      USER: 'ann',
      LOGNAME: 'ann',
    });
  });
});

describe('EV: where HOME is not the home folder of the account', () => {
  const entry = { profile: 'p', secret: 'S' };
  const token = (): string => write('token', 'token', 0o600);
  const marker = path.join(scratch, 'ran');

  test.each(['none', 'keyring'] as const)(
    'what its configuration names does not count: %s',
    async (trusts) => {
      const strange = { ...asker, trusts };
      const sources: SecretSource[] = [
        command(`touch ${marker}; echo token`),
        { from: 'file', path: token() },
        { from: 'environment', name: 'PATH' },
      ];
      for (const source of sources)
        expect(await askSource(source, entry, strange)).toEqual({
          kind: 'malformed',
          why: 'does not count, because HOME is not the home folder of the account',
        });
      expect(fs.existsSync(marker)).toBe(false);
    },
  );

  test('a profile that is found there gets nothing from the keyring; one that was shipped does', () => {
    const installation = { mode: 'unmanaged', home: '/repository', accountHome: '/home/ann' } as const;
    expect(currentAsker(installation, 'user').trusts).toBe('none');
    expect(currentAsker(installation, 'shipped').trusts).toBe('keyring');
    expect(currentAsker({ ...installation, home: '/home/ann' }, 'user').trusts).toBe('all');
    expect(currentAsker({ ...installation, mode: 'managed' }, 'managed').trusts).toBe('all');
  });

  test('the keyring is not asked for such a profile', async () => {
    expect(await askSource({ from: 'keyring' }, entry, { ...asker, trusts: 'none' })).toMatchObject({
      kind: 'unavailable',
      why: expect.stringContaining('HOME') as string,
    });
  });
});

describe('the order of sources', () => {
  const fetch = (sources: readonly SecretSource[] | undefined, required: boolean) =>
    fetchSecrets({
      profile: 'p',
      secrets: [{ name: 'S', required, deliver: 'environment' }],
      config: sources === undefined ? {} : { p: { S: sources } },
      asker: { ...asker, uid: 424242 },
    });
  const given = async (sources: readonly SecretSource[] | undefined, required = true) => {
    const values = await fetch(sources, required);
    return values.names.has('S') ? values.bytesOf('S').toString() : undefined;
  };
  const gone: SecretSource = { from: 'file', path: '/nowhere/token' };
  const broken: SecretSource = {
    from: 'command',
    argv: ['/nowhere/op', 'op://canary'],
    env: {},
    timeoutSeconds: 1,
  };
  const good: SecretSource = { from: 'command', argv: ['/bin/echo', 'token'], env: {}, timeoutSeconds: 5 };
  const wrong: SecretSource = {
    from: 'command',
    argv: ['/bin/echo', 'canary\nx'],
    env: {},
    timeoutSeconds: 5,
  };

  test('the first that has it; what is absent or does not work here is passed over', async () => {
    expect(await given([gone, broken, { from: 'keyring' }, good, wrong])).toBe('token');
  });

  test('what gives something else is a mistake that no other source covers up', async () => {
    await expect(given([wrong, good])).rejects.toMatchObject({
      code: 'SECRET_UNAVAILABLE',
      message: 'the secret S cannot be used: command echo gave several lines, and a secret is one',
    });
  });

  test('a required one that nobody has refuses, names all that was asked, and shows no argument of a command', async () => {
    await expect(given([gone, broken])).rejects.toMatchObject({
      code: 'SECRET_UNAVAILABLE',
      message: 'the server needs the secret S, which is not there',
      details: ['S: file "/nowhere/token" does not exist; command op is not there'],
      hints: ['cordon secret list p'],
    });
  });

  test('an optional one is left out where nobody has it; a source that was configured and fails is an error', async () => {
    expect(await given([gone], false)).toBeUndefined();
    expect(await given(undefined, false)).toBeUndefined();
    await expect(given([broken], false)).rejects.toMatchObject({ code: 'SECRET_UNAVAILABLE' });
  });

  test('without configuration it is the keyring, and the hint says how to fill it', async () => {
    await expect(given(undefined)).rejects.toMatchObject({
      hints: ['cordon secret set p S', 'cordon secret list p'],
    });
  });
});

function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
