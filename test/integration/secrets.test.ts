// Secrets, from where they are kept into the server and nowhere else.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columns, copyProgram, hasOwnMachine } from '../escape/columns.ts';
import { whereHomeIs } from '../fixtures/account.ts';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import {
  CORDON,
  INITIALIZE,
  type Launcher,
  ROOT,
  startLauncher,
  until,
  ORDERLY,
} from '../fixtures/launcher.ts';
import { runtimeRecordFile } from '../../src/store/layout.ts';
import { textsInMemory } from '../fixtures/memory-of.ts';

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-secrets-')));
const home = path.join(folder, 'home');
const workspace = path.join(folder, 'project');
const server = path.join(ROOT, 'test/fixtures/servers/egress-server.mjs');
const why = 'calls the API';

beforeAll(() => {
  for (const place of [home, workspace]) fs.mkdirSync(place, { mode: 0o755 });
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function install(name: string, profile: Readonly<Record<string, unknown>>, sources?: unknown): void {
  installFixtureProfile({ home, name, files: { 'server.mjs': server }, profile });
  write(
    '.config/cordon/config.json',
    JSON.stringify({ secrets: sources === undefined ? {} : { [name]: sources } }),
  );
}

function write(name: string, content: string, mode = 0o600): string {
  const file = path.join(home, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, content, { mode });
  return file;
}

function start(name: string): Launcher {
  return startLauncher(name, { home, cwd: workspace, command: whereHomeIs(home, [CORDON, 'run', name]) });
}

async function run<T>(name: string, use: (launcher: Launcher) => Promise<T>): Promise<T> {
  const launcher = start(name);
  try {
    await launcher.request('initialize', INITIALIZE);
    launcher.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return await use(launcher);
  } finally {
    launcher.child.stdin?.end();
    await launcher.exited;
  }
}

async function evaluate(launcher: Launcher, code: string): Promise<unknown> {
  const { result, error } = (await launcher.call('run', { code })) as {
    result?: { content: [{ text: string }] };
    error?: unknown;
  };
  if (result === undefined) throw new Error(JSON.stringify(error));
  return (JSON.parse(result.content[0].text) as { ok: unknown }).ok;
}

describe.runIf(hasOwnMachine)('P4: the three ways into the server', () => {
  it('a variable, a file that it alone can read, the end of an argument', async () => {
    const print = write('bin/print', '#!/bin/sh\nprintf "%s\\n" "$1"\n', 0o755);
    install(
      'ways',
      {
        args: ['--plain', '--password=${secret:PASSWORD}', '${secret:PASSWORD}'],
        env: { KEY: '/run/secrets/KEY' },
        secrets: {
          TOKEN: { why },
          KEY: { deliver: 'file', why },
          PASSWORD: { deliver: 'argument', why },
          OPTIONAL: { required: false, why },
          OPTIONAL_FILE: { required: false, deliver: 'file', why },
        },
      },
      {
        TOKEN: [{ file: write('token', 'token canary "\'$(id)\n') }],
        KEY: [{ command: [print, 'key-canary'] }],
        PASSWORD: [{ command: [print, 'password $HOME `id` canary'] }],
      },
    );
    const seen = await run('ways', (launcher) =>
      evaluate(
        launcher,
        `const fs = await load('node:fs');
         const stat = fs.statSync('/run/secrets/KEY');
         return { env: process.env, argv: process.argv.slice(2), key: fs.readFileSync(process.env.KEY, 'utf8'),
           mode: stat.mode & 0o7777, files: fs.readdirSync('/run/secrets'), disk: fs.statfsSync('/run/secrets/KEY').type };`,
      ),
    );
    expect(seen).toMatchObject({
      env: { TOKEN: 'token canary "\'$(id)', KEY: '/run/secrets/KEY' },
      argv: ['--plain', '--password=password $HOME `id` canary', 'password $HOME `id` canary'],
      key: 'key-canary',
      mode: 0o400,
      files: ['KEY'],
      disk: 0x01021994,
    });
    const { env } = seen as { env: Record<string, string> };
    expect(Object.keys(env).filter((name) => /^CORDON|OPTIONAL|PASSWORD|^_$/.test(name))).toEqual([]);
  });
});

describe.runIf(hasOwnMachine)('P4: for an ordinary user', () => {
  it('as for root, and no other program of this user looks into the launcher', async () => {
    const [, user] = columns();
    if (user === undefined) throw new Error('root has both');
    const { uid, gid, as } = user;
    const theirs = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-secrets-user-')));
    fs.chmodSync(theirs, 0o755);
    const give = (name: string, content: string, mode: number): string => {
      const file = path.join(theirs, name);
      fs.writeFileSync(file, content, { mode });
      fs.chownSync(file, uid, gid);
      return file;
    };
    try {
      const { cordon } = copyProgram(theirs);
      const own = path.join(theirs, 'home');
      fs.mkdirSync(own);
      fs.chownSync(own, uid, gid);
      installFixtureProfile({
        home: own,
        name: 'user',
        files: { 'server.mjs': server },
        owner: { uid, gid },
        profile: { secrets: { TOKEN: { why }, KEY: { deliver: 'file', why }, SEEN: { why } } },
      });
      const look = give(
        'look',
        '#!/bin/sh\nid -u; ls /proc/self/fd | wc -l; ls -l /proc/self/fd/[3-9]*\n',
        0o755,
      );
      const secrets = {
        TOKEN: [{ file: give('token', 'canary-token', 0o600) }],
        KEY: [{ command: [give('key', '#!/bin/sh\necho canary-key\n', 0o755)] }],
        SEEN: [{ command: ['/bin/sh', '-c', `${look} | tr '\\n' ' '`] }],
      };
      fs.writeFileSync(
        path.join(own, '.config/cordon/config.json'),
        JSON.stringify({ secrets: { user: secrets } }),
      );
      const launcher = startLauncher('user', {
        home: own,
        cwd: theirs,
        command: whereHomeIs(own, as([cordon, 'run', 'user']), uid),
      });
      await launcher.request('initialize', INITIALIZE);
      launcher.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
      const pid = launcher.child.pid ?? 0;
      // What is not to be looked into belongs to root.
      expect(fs.statSync(`/proc/${pid}/environ`).uid).toBe(0);
      expect(textsInMemory(pid, ['canary-token', 'canary-key'])).toEqual([]);
      expect(
        await evaluate(
          launcher,
          `const { readFileSync } = await load('node:fs');
           return [process.env.TOKEN, readFileSync('/run/secrets/KEY', 'utf8'), process.env.SEEN];`,
        ),
      ).toEqual(['canary-token', 'canary-key', expect.stringMatching(new RegExp(`^${uid} 4 `))]);
      launcher.child.stdin?.end();
      expect(ORDERLY).toContain((await launcher.exited).code);
    } finally {
      fs.rmSync(theirs, { recursive: true, force: true });
    }
  });
});

describe.runIf(hasOwnMachine)('P4: the canary is in the server and nowhere else', () => {
  const words = {
    TOKEN: 'canary-a7f31e',
    KEY: 'canary-b90c2d',
    PASSWORD: 'canary-c5518a',
    PIPED: 'canary-d2e6f4',
  };
  const finder = path.join(ROOT, 'test/fixtures/find-canary.mjs');
  const sources = path.join(folder, 'sources');
  /** What shows that the program was asked. */
  const asked = path.join(sources, 'asked');
  const begun = Date.now();
  type Place = readonly [where: number | string, kind: 'cmdline' | 'environ' | 'file', word: number];

  const nobody = ['/usr/bin/setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

  /** In the order of `words`. @param user starts the search as another user */
  function search(rounds: number, user: readonly string[] = []): Promise<readonly Place[]> {
    const [program, ...args] = [...user, process.execPath, finder];
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
    // The sources themselves are no place of ours.
    const folders = [home, workspace, '/dev/shm'];
    const places = [os.tmpdir(), '/tmp', '/var/tmp', '/run', '/'];
    child.stdin.end(JSON.stringify({ texts: Object.values(words), folders, places, since: begun, rounds }));
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', () => resolve(JSON.parse(text.split('\n')[1] ?? '') as readonly Place[]));
    });
  }

  const keep = (name: string, content: string, mode: number): string => {
    fs.mkdirSync(sources, { recursive: true, mode: 0o700 });
    const file = path.join(sources, name);
    fs.writeFileSync(file, content, { mode });
    return file;
  };

  it('while it starts, while it runs and afterwards; for its user and for another one', async () => {
    const value = keep('piped', words.PIPED, 0o600);
    const slow = keep('slow', `#!/bin/sh\ntouch ${asked}\nsleep 0.3\ncat ${value}\n`, 0o755);
    install(
      'canary',
      {
        args: ['--password=${secret:PASSWORD}'],
        permissions: { network: [{ host: 'api.example.test', port: 443 }] },
        secrets: {
          TOKEN: { why },
          KEY: { deliver: 'file', why },
          PASSWORD: { deliver: 'argument', why },
          PIPED: { why },
        },
      },
      {
        TOKEN: [{ file: keep('token', words.TOKEN, 0o600) }],
        KEY: [{ file: keep('key', words.KEY, 0o600) }],
        PASSWORD: [{ file: keep('password', words.PASSWORD, 0o600) }],
        PIPED: [{ command: [slow] }],
      },
    );
    const starting = search(60);
    const [during, others, said] = await run('canary', async (launcher) => {
      // Before anything that the server says of them comes through.
      const kept = textsInMemory(launcher.child.pid ?? 0, Object.values(words));
      const bubblewrap = textsInMemory(childrenOf(launcher.child.pid ?? 0).at(-1) ?? 0, Object.values(words));
      expect({ kept, bubblewrap }).toEqual({
        kept: [],
        bubblewrap: [words.TOKEN, words.PASSWORD, words.PIPED],
      });
      expect(coreLimits(launcher.child.pid ?? 0)).toEqual(['1', '1', '1', '1']);
      const inside = await evaluate(
        launcher,
        `console.error(JSON.stringify(process.env), (await load('node:fs')).readFileSync('/run/secrets/KEY', 'utf8'), process.argv);
         await (await load('node:dns/promises')).lookup(process.env.TOKEN.toUpperCase() + '.example.test').catch(() => {});
         return process.env.TOKEN + process.env.PIPED;`,
      );
      expect(inside).toBe(words.TOKEN + words.PIPED);
      const failed = await launcher.call('run', { code: 'throw new Error(process.env.TOKEN)' });
      expect(failed).toBeDefined();
      return [
        await search(3),
        await search(3, nobody),
        { stderr: launcher.stderr(), server: serverOf(launcher.child.pid ?? 0) },
      ] as const;
    });
    // The server has its variables and its argument; the gate, which became the server, had them before it.
    const own = (places: readonly Place[]) => places.filter(([where]) => where === said.server);
    expect(
      own(during)
        .map(([, kind, word]) => `${kind} ${word}`)
        .toSorted(),
    ).toEqual(['cmdline 2', 'environ 0', 'environ 3']);
    expect(during.filter(([where]) => where !== said.server)).toEqual([]);
    expect((await starting).filter(([where]) => where !== said.server)).toEqual([]);
    // What an argument is, and why profiles have to ask for it by name.
    expect(others.filter(([, kind, word]) => kind !== 'cmdline' || word !== 2)).toEqual([]);
    expect([await search(1), await search(1, nobody)]).toEqual([[], []]);
    for (const word of Object.values(words)) expect(said.stderr).not.toContain(word);
    for (const name of Object.keys(words)) expect(said.stderr).toContain(`[secret ${name}]`);
    const audit = fs.readFileSync(path.join(home, '.local/state/cordon/audit.jsonl'), 'utf8');
    expect(audit).toContain('"canary"');
    expect(audit).toContain('"host":"[secret TOKEN].example.test"');
  });

  it('not in what other verbs say, and only list asks for it', () => {
    for (const args of [
      ['explain', 'canary'],
      ['explain', '--json', 'canary'],
      ['doctor', '--json'],
      ['secret', 'list', '--json', 'canary'],
    ]) {
      fs.rmSync(asked, { force: true });
      const [program, ...rest] = whereHomeIs(home, [CORDON, ...args]);
      const { stdout, stderr, status } = spawnSync(program, rest, {
        cwd: workspace,
        env: { HOME: home },
        encoding: 'utf8',
      });
      expect(status, stderr).toBeLessThan(125);
      expect(stdout).not.toBe('');
      for (const word of Object.values(words)) expect(stdout + stderr).not.toContain(word);
      expect([args[0], fs.existsSync(asked)]).toEqual([args[0], args[0] === 'secret']);
    }
  });
});

/** The process of the sandbox that has no children: the launcher's bubblewrap, its init, the server. */
function serverOf(launcher: number): number {
  return [...generationsOf(launcher)].at(-1) ?? 0;
}

function* generationsOf(launcher: number): Generator<number> {
  for (
    let current: number | undefined = launcher;
    current !== undefined;
    current = childrenOf(current).at(-1)
  )
    yield current;
}

function childrenOf(pid: number): number[] {
  return fs
    .readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((text) => text.trim() !== '')
    .map(Number);
}

/** In bytes, of the launcher, bubblewrap, its init and the server: one is no dump, and no handler of crashes is started. */
function coreLimits(launcher: number): Array<string | undefined> {
  return [...generationsOf(launcher)].map(
    (pid) => /^Max core file size +(\S+)/m.exec(fs.readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1],
  );
}

describe.runIf(hasOwnMachine)(
  'P8: a secret that is missing or wrong refuses the start, in the client too',
  () => {
    const refusal = async (sources?: unknown) => {
      install('refused', { secrets: { TOKEN: { why } } }, sources);
      const launcher = start('refused');
      const { error } = (await launcher.request('initialize', INITIALIZE)) as {
        error: { message: string; data: unknown };
      };
      launcher.child.stdin?.end();
      expect(await launcher.exited).toMatchObject({ code: 125 });
      expect(error.data).toMatchObject({ source: 'cordon' });
      return error.message;
    };

    it('says which, where it was looked for, and how to set it', async () => {
      expect(await refusal()).toMatch(
        /^SECRET_UNAVAILABLE: the server needs the secret TOKEN, which is not there \(TOKEN: keyring .*\); fix: cordon secret set <profile> TOKEN$/,
      );
      expect(await refusal({ TOKEN: [{ file: '/nowhere/token' }] })).toBe(
        'SECRET_UNAVAILABLE: the server needs the secret TOKEN, which is not there (TOKEN: file "/nowhere/token" does not exist); fix: cordon secret list <profile>',
      );
    });

    it('never an empty text, never a part of what was given', async () => {
      const given = write('bin/several', '#!/bin/sh\necho canary-one; echo canary-two\n', 0o755);
      const message = await refusal({ TOKEN: [{ command: [given] }] });
      expect(message).toBe(
        'SECRET_UNAVAILABLE: the secret TOKEN cannot be used: command several gave several lines, and a secret is one; fix: cordon secret list <profile>',
      );
    });

    it('and the launcher, which stays to say so, keeps none', async () => {
      const word = 'canary-e19b04';
      const file = write('first', word);
      const kept = async (code: string): Promise<readonly string[]> => {
        const launcher = start('refused');
        const { error } = await launcher.request('initialize', INITIALIZE);
        expect(error).toMatchObject({ data: { reason: code } });
        const pid = launcher.child.pid ?? 0;
        // What is asked for may still be on its way when something else refuses.
        await until(() => childrenOf(pid).length === 0);
        await new Promise((resolve) => setTimeout(resolve, 200));
        const found = textsInMemory(pid, [word]);
        launcher.child.stdin?.end();
        await launcher.exited;
        return found;
      };
      const profile = { secrets: { FIRST: { why }, SECOND: { why } } };
      install('refused', profile, { FIRST: [{ file }], SECOND: [{ command: ['/bin/true'] }] });
      expect(await kept('SECRET_UNAVAILABLE')).toEqual([]);
      const give = write('bin/give', `#!/bin/sh\nprintf %30000s x\ncat ${file}\n`, 0o755);
      // So long that what the client says does not come to lie over it.
      install('refused', profile, { FIRST: [{ command: [give] }], SECOND: [{ file }] });
      const record = runtimeRecordFile(path.join(home, '.local/share/cordon/store'));
      const { size, ...rest } = JSON.parse(fs.readFileSync(record, 'utf8')) as { size: number };
      fs.writeFileSync(record, JSON.stringify({ ...rest, size: size + 1 }));
      expect(await kept('RUNTIME_CHANGED')).toEqual([]);
    });

    it('nor a fault of ours, when what the configuration names is no program', async () => {
      const junk = write('bin/junk', '\u007fELF and nothing more', 0o755);
      const noInterpreter = write('bin/lost', '#!/nowhere/sh\necho token\n', 0o755);
      for (const program of [junk, noInterpreter])
        expect(await refusal({ TOKEN: [{ command: [program] }] })).toMatch(
          /^SECRET_UNAVAILABLE: .*\(TOKEN: command (?:junk|lost) could not be started\)/,
        );
    });

    it('a grant that reaches the file of a secret, or a program that gives one', async () => {
      const permissions = (access: string) => ({
        permissions: { filesystem: [{ path: '${workspace}', access }] },
        secrets: { TOKEN: { why } },
      });
      const file = path.join(workspace, 'token');
      fs.writeFileSync(file, 'canary', { mode: 0o600 });
      const program = path.join(workspace, 'give');
      fs.writeFileSync(program, '#!/bin/sh\necho token\n', { mode: 0o755 });
      const tried = async (access: string, source: unknown) => {
        install('reaches', permissions(access), { TOKEN: [source] });
        const launcher = start('reaches');
        const answer = await launcher.request('initialize', INITIALIZE);
        launcher.child.stdin?.end();
        await launcher.exited;
        return (answer['error'] as { message: string } | undefined)?.message ?? 'started';
      };
      expect(await tried('read', { file })).toMatch(/^GRANT_PATH_UNSAFE: .*which holds a secret/);
      expect(await tried('write', { command: [program] })).toMatch(/^GRANT_PATH_UNSAFE: /);
      expect(await tried('write', { command: ['/bin/sh', program] })).toMatch(/^GRANT_PATH_UNSAFE: /);
      expect(await tried('read', { command: [program] })).toBe('started');
      const script = write('bin/script', `#!/usr/bin/env -S ${program} -x\n`, 0o755);
      expect(await tried('write', { command: [script] })).toMatch(/^GRANT_PATH_UNSAFE: .*give/);
      // By a link to a link: neither what is named nor what it leads to lies there, and the server could turn it elsewhere.
      for (const [name, source] of [
        ['give', (link: string) => ({ command: [link] })],
        ['token', (link: string) => ({ file: link })],
      ] as const) {
        const place = path.join(workspace, `link-${name}`);
        const content = name === 'give' ? '#!/bin/sh\necho token\n' : 'token';
        fs.symlinkSync(write(`real/${name}`, content, name === 'give' ? 0o755 : 0o600), place);
        const link = path.join(home, `link-${name}`);
        fs.symlinkSync(place, link);
        expect(await tried('write', source(link))).toMatch(/^GRANT_PATH_UNSAFE: .*link-/);
      }
    });
  },
);

it.runIf(hasOwnMachine)(
  'a source for which nobody asks is told of, and neither asked nor a reason to refuse',
  async () => {
    const marker = path.join(folder, 'asked');
    const program = write('bin/mark', `#!/bin/sh\ntouch ${marker}\necho token\n`, 0o755);
    install('asks', { secrets: { TOKEN: { why } } }, { TOKEN: [{ file: write('token', 'token') }] });
    const file = path.join(home, '.config/cordon/config.json');
    const config = JSON.parse(fs.readFileSync(file, 'utf8')) as { secrets: Record<string, object> };
    const source = [{ command: [program] }];
    Object.assign(config.secrets['asks'] ?? {}, { TOKN: source });
    Object.assign(config.secrets, { ask: { TOKEN: source } });
    fs.writeFileSync(file, JSON.stringify(config));

    await run('asks', () => Promise.resolve());
    const cordon = (...args: string[]) => {
      const [name, ...rest] = whereHomeIs(home, [CORDON, ...args]);
      return spawnSync(name, rest, { cwd: workspace, env: { HOME: home }, encoding: 'utf8' });
    };
    const listed = cordon('secret', 'list', 'asks');
    expect(listed.status, listed.stderr).toBe(0);
    expect(listed.stderr).toBe(
      'warning: the configuration has a source for "TOKN", for which the profile "asks" does not ask; did you mean "TOKEN"?\n',
    );
    const { unused } = JSON.parse(cordon('secret', 'list', '--json').stdout) as { unused: unknown[] };
    expect(unused).toMatchObject([{ profile: 'asks', secret: 'TOKN' }, { profile: 'ask' }]);
    expect(cordon('doctor').stdout).toMatch(/weaker.*secrets.*"TOKN".*the profile "ask", which is not there/);
    expect(fs.existsSync(marker)).toBe(false);
  },
);

it.runIf(hasOwnMachine).each(['SIGKILL', 'SIGTERM', 'SIGSEGV'] as const)(
  'P5: a program that hangs instead of giving a secret ends with the launcher: %s',
  async (signal) => {
    const note = path.join(folder, `started-${signal}`);
    const hang = write('bin/hang', `#!/bin/sh\nsleep 60 &\necho $$ $! > ${note}\nsleep 60\n`, 0o755);
    install('hanging', { secrets: { TOKEN: { why } } }, { TOKEN: [{ command: [hang] }] });
    const launcher = start('hanging');
    const pids = (): number[] =>
      fs.existsSync(note) ? fs.readFileSync(note, 'utf8').split(/\s/).filter(Boolean).map(Number) : [];
    await until(() => pids().length === 2);
    expect(pids().filter(isRunning)).toHaveLength(2);
    launcher.child.kill(signal);
    await launcher.exited;
    await until(() => pids().filter(isRunning).length === 0, 1000, 'the end of the program');
  },
);

it.runIf(hasOwnMachine)(
  'P4: a variable of the client reaches the server that was granted it, and no other',
  async () => {
    const profile = { secrets: { GITHUB_TOKEN: { why } } };
    const asked = (sources: unknown) => {
      install('variable', profile, { GITHUB_TOKEN: sources });
      // The client is the shell, in whose environment the variable is; cordon itself is not given it.
      const command = whereHomeIs(home, ['/bin/sh', '-c', '"$0" run variable; exit $?', CORDON]);
      return startLauncher('variable', {
        home,
        cwd: workspace,
        command,
        env: { GITHUB_TOKEN: 'canary', OTHER: 'x' },
      });
    };
    const launcher = asked([{ environment: 'GITHUB_TOKEN' }]);
    await launcher.request('initialize', INITIALIZE);
    launcher.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    expect(await evaluate(launcher, 'return [process.env.GITHUB_TOKEN, process.env.OTHER]')).toEqual([
      'canary',
      null,
    ]);
    launcher.child.stdin?.end();
    await launcher.exited;
  },
);

it.runIf(hasOwnMachine)('EV: a HOME that a repository made the client set starts no program', async () => {
  const marker = path.join(folder, 'ran');
  const program = write('bin/evil', `#!/bin/sh\ntouch ${marker}\necho token\n`, 0o755);
  install('strange', { secrets: { TOKEN: { why } } }, { TOKEN: [{ command: [program] }] });
  const launcher = startLauncher('strange', { home, cwd: workspace });
  const answer = await launcher.request('initialize', INITIALIZE);
  launcher.child.stdin?.end();
  await launcher.exited;
  expect(answer['error']).toMatchObject({
    message: expect.stringMatching(/HOME is not the home folder of the account/) as string,
  });
  expect(fs.existsSync(marker)).toBe(false);
  // The same program, where it may.
  await run('strange', () => Promise.resolve());
  expect(fs.existsSync(marker)).toBe(true);
});

/** Zombies wait for their parent and do nothing more. */
function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
