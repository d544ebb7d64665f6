// P5: nothing of the server outlives the launcher, however either dies. Every process of a sandbox carries a token in its
// command line, so that "nothing" can be counted.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import {
  CORDON,
  INITIALIZE,
  type Launcher,
  processesWith,
  ROOT,
  startLauncher,
  until,
  ORDERLY,
  TIMED,
} from '../fixtures/launcher.ts';

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-lifecycle-')));
const home = path.join(scratch, 'home');
const cwd = path.join(scratch, 'workspace');
const source = path.join(ROOT, 'test/fixtures/servers/lifecycle-server.mjs');
const launchers: Launcher[] = [];

/** A profile of its own for each start, so that its token is in no other process. */
function install(
  mode: string,
  extra: Record<string, unknown> = {},
): { readonly name: string; readonly token: string } {
  const token = `cordon-token-${randomUUID()}`;
  const name = `lifecycle-${mode}-${token.slice(-6)}`;
  installFixtureProfile({
    home,
    name,
    package: 'lifecycle-server',
    entry: 'server.mjs',
    files: { 'server.mjs': source },
    profile: { description: 'A way to live and die.', args: [mode, token], ...extra },
  });
  return { name, token };
}

function start(name: string, command?: readonly string[]): Launcher {
  const launcher = startLauncher(name, { home, cwd, ...(command === undefined ? {} : { command }) });
  launchers.push(launcher);
  return launcher;
}

async function running(
  mode: string,
  extra?: Record<string, unknown>,
): Promise<{ readonly launcher: Launcher; readonly token: string; readonly name: string }> {
  const { name, token } = install(mode, extra);
  const launcher = start(name);
  const answer = await launcher.request('initialize', INITIALIZE);
  expect(answer['result'], launcher.stderr()).toMatchObject({ serverInfo: { name: 'lifecycle' } });
  // Launcher, guard turned bubblewrap, its init and the server: the control that counting works.
  expect(processesWith(token).length).toBeGreaterThanOrEqual(3);
  return { launcher, token, name };
}

const gone = (token: string, limitMs: number) =>
  until(() => processesWith(token).length === 0, limitMs, 'the end of all processes');

beforeAll(() => fs.mkdirSync(cwd, { recursive: true }));
afterAll(() => {
  for (const { child } of launchers) child.kill('SIGKILL');
  fs.chmodSync(scratch, 0o700);
  fs.rmSync(scratch, { recursive: true, force: true });
});

describe('the launcher dies', () => {
  it(
    'X02 P5: kill -9 of the launcher ends a server that ignores signals, double-forks and holds stdout',
    TIMED,
    async () => {
      const { launcher, token } = await running('daemons');
      await until(() => processesWith(token).length >= 6, 5000, 'the daemons');
      launcher.child.kill('SIGKILL');
      expect(await gone(token, 2000)).toBeLessThan(400);
    },
  );

  it('X09: end of stdin, as when a wrapper was killed, ends everything within 400 ms', TIMED, async () => {
    const { launcher, token } = await running('daemons');
    const at = performance.now();
    launcher.child.stdin?.end();
    const exit = await launcher.exited;
    expect(exit.at - at).toBeLessThan(400);
    await gone(token, 200);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`IP-14 P5: ${signal} ends a stubborn server within 400 ms`, TIMED, async () => {
      const { launcher, token } = await running('stubborn');
      const at = performance.now();
      launcher.child.kill(signal);
      const exit = await launcher.exited;
      expect(exit.at - at).toBeLessThan(400);
      await gone(token, 200);
    });
  }

  it(
    'P5: a client that reads nothing more does not hold the launcher of a server that ended',
    TIMED,
    async () => {
      const { launcher, token } = await running('flood');
      launcher.child.stdout?.pause();
      launcher.child.stderr?.pause();
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(launcher.child.exitCode).toBeNull();
      const at = performance.now();
      launcher.child.kill('SIGINT');
      const exit = await launcher.exited;
      // A server that is not so polite has 300 of the 400 ms.
      expect(exit.at - at).toBeLessThan(250);
      await gone(token, 200);
    },
  );

  it('the server gets the end of stdin first and a chance to finish', async () => {
    const { launcher, name } = await running('graceful', {
      env: { STATE: '${state}' },
      permissions: { filesystem: [{ path: '${state}', access: 'write' }] },
    });
    launcher.child.kill('SIGTERM');
    const exit = await launcher.exited;
    expect(exit.code).toBe(4);
    expect(fs.readFileSync(path.join(home, '.local/state/cordon/profiles', name, 'ended'), 'utf8')).toContain(
      'saw the end of stdin',
    );
  });

  it('IP-18 P8: a server that closes its stdout and lives is ended, and each call is told', async () => {
    const { launcher, token } = await running('plain');
    void launcher.call('close-output').catch(() => {});
    const answer = await Promise.race([
      launcher.call('no-answer'),
      new Promise((resolve) => setTimeout(resolve, 5000, 'nothing')),
    ]);
    expect(answer).toMatchObject({ error: { data: { source: 'cordon', reason: 'PROTOCOL_VIOLATION' } } });
    await gone(token, 500);
  });

  it('G02: a server that stopped itself is ended all the same', TIMED, async () => {
    const { launcher, token } = await running('plain');
    void launcher.call('stop-self').catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    const at = performance.now();
    launcher.child.kill('SIGINT');
    const exit = await launcher.exited;
    expect(exit.at - at).toBeLessThan(400);
    await gone(token, 200);
  });
});

describe('a client that reads late', () => {
  it('gets the last answer whole, and why the server ended', async () => {
    const { name } = install('plain');
    const launcher = start(name, ['/bin/sh', '-c', '"$0" run "$1" | { sleep 1.6; cat; }', CORDON, name]);
    const unanswered = launcher.call('no-answer');
    const large = launcher.call('large-then-exit');
    expect((await large)['result']).toEqual({ text: 'x'.repeat(4_000_000) });
    expect(await unanswered).toMatchObject({ error: { data: { source: 'cordon', reason: 'SERVER_ENDED' } } });
  });

  it('IP-14 P5: or not at all cannot hold us when it goes', TIMED, async () => {
    const { launcher, token } = await running('stubborn');
    launcher.child.stdout?.pause();
    for (let id = 100; id < 108; id += 1)
      launcher.send({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'large' } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const at = performance.now();
    launcher.child.kill('SIGINT');
    const exit = await launcher.exited;
    expect(exit.at - at).toBeLessThan(400);
    await gone(token, 200);
  });
});

/** Asks a server that has stopped itself for more than the relay keeps, so that nothing more is read of the client. */
const CLIENT_THAT_ASKS_MUCH = `
const [cordon, name] = process.argv.slice(1);
const launcher = require('node:child_process').spawn(cordon, ['run', name], { stdio: ['pipe', 'pipe', 'inherit'] });
const send = (id, method, params) => launcher.stdin.write(JSON.stringify({ jsonrpc: '2.0', id, method, params }) + '\\n');
send(1, 'initialize', ${JSON.stringify(INITIALIZE)});
launcher.stdout.once('data', () => {
  send(2, 'tools/call', { name: 'stop-self', arguments: {} });
  for (let id = 3; id < 20; id += 1)
    send(id, 'tools/call', { name: 'no-answer', arguments: { text: 'x'.repeat(1_000_000) } });
  console.log('asked');
});
setInterval(() => {}, 1000);
`;

it('P5: a client that is killed while its server reads nothing: everything is gone', async () => {
  const { name, token } = install('plain');
  const client = spawn(process.execPath, ['-e', CLIENT_THAT_ASKS_MUCH, CORDON, name], {
    cwd,
    env: { HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(client.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(processesWith(token).length).toBeGreaterThanOrEqual(3);
  client.kill('SIGKILL');
  await gone(token, 2000);
});

describe('X08: the launcher is killed while it starts', () => {
  // Every few milliseconds of the start; a start takes about 150 ms until the server answers.
  for (let afterMs = 0; afterMs <= 180; afterMs += 6) {
    it(`after ${afterMs} ms: nothing is left`, async () => {
      const { name, token } = install('daemons');
      const launcher = start(name);
      launcher.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params: INITIALIZE });
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      launcher.child.kill('SIGKILL');
      await launcher.exited;
      await gone(token, 1000);
      // A slow child comes to life after that, and has to go as well.
      await new Promise((resolve) => setTimeout(resolve, 60));
      await gone(token, 1000);
    });
  }
});

describe('parts of the sandbox die', () => {
  it('kill -9 of bubblewrap ends everything; what waits is answered', async () => {
    const { launcher, token } = await running('daemons');
    const bwrap = sandboxProcesses(token)[0] ?? -1;
    process.kill(bwrap, 'SIGKILL');
    const exit = await launcher.exited;
    expect(exit.code).toBe(137);
    await gone(token, 500);
  });

  it('X08: kill -9 of bubblewrap as soon as it has an init: refused, and nothing is left', async () => {
    let refused = 0;
    for (let round = 0; round < 8; round += 1) {
      const { name, token } = install('daemons');
      const launcher = start(name);
      await until(() => sandboxProcesses(token).length >= 2, 5000, 'the init');
      process.kill(sandboxProcesses(token)[0] ?? -1, 'SIGKILL');
      // On a busy machine the server may run by now, and answer in the moment before it dies as well.
      const { error, result } = await launcher.request('initialize', INITIALIZE);
      if (result === undefined) {
        expect(error).toMatchObject({ data: { source: 'cordon' } });
        refused += 1;
      }
      launcher.child.stdin?.end();
      await launcher.exited;
      await gone(token, 1000);
    }
    expect(refused).toBeGreaterThan(0);
  });

  it('kill -9 of the inner init ends everything', async () => {
    const { launcher, token } = await running('daemons');
    const init = sandboxProcesses(token)[1] ?? -1;
    process.kill(init, 'SIGKILL');
    const exit = await launcher.exited;
    expect(exit.code).toBe(137);
    await gone(token, 500);
  });

  it('X05: a server that exits leaving a daemon takes the daemon with it; its own status comes through', async () => {
    const { launcher, token } = await running('plain');
    const answer = launcher.call('daemon-then-exit');
    const exit = await launcher.exited;
    expect(exit.code).toBe(5);
    await gone(token, 200);
    expect(await answer).toMatchObject({
      error: { code: -32603, data: { source: 'cordon', reason: 'SERVER_ENDED' } },
    });
  });
});

it('R01: a server is never less likely than its launcher to go when memory runs out', async () => {
  const { name, token } = install('plain');
  const launcher = start(name, [
    '/bin/sh',
    '-c',
    'echo 700 > /proc/self/oom_score_adj; exec "$@"',
    'sh',
    CORDON,
    'run',
    name,
  ]);
  await launcher.request('initialize', INITIALIZE);
  const scores = processesWith(token).map((pid) =>
    fs.readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim(),
  );
  expect(new Set(scores)).toEqual(new Set(['700']));
  launcher.child.stdin?.end();
  expect(ORDERLY).toContain((await launcher.exited).code);
});

describe('X07: exit statuses are told apart', () => {
  it('exit 7 is 7', async () => {
    expect((await start(install('exit7').name).exited).code).toBe(7);
  });

  it('SIGSEGV is 139', async () => {
    expect((await start(install('segv').name).exited).code).toBe(139);
  });

  it('an end before the answer is told to the client', async () => {
    const launcher = start(install('exit-before-answer').name);
    expect(await launcher.request('initialize', INITIALIZE)).toMatchObject({
      error: { code: -32603, data: { reason: 'SERVER_ENDED' } },
    });
    expect((await launcher.exited).code).toBe(3);
  });

  // To an ordinary user all of the machine's folders would seem to belong to nobody in such a namespace.
  it.runIf(process.getuid?.() === 0)(
    'a sandbox that cannot be set up is a refusal, not a server that exited 1',
    async () => {
      // A user namespace in which no further ones are allowed: what a hardened kernel looks like.
      const { name } = install('plain');
      const launcher = start(name, [
        '/usr/bin/unshare',
        '--user',
        '--map-root-user',
        '/bin/sh',
        '-c',
        'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"',
        'sh',
        CORDON,
        'run',
        name,
      ]);
      expect(await launcher.request('initialize', INITIALIZE)).toMatchObject({
        error: { code: -32603, data: { source: 'cordon', reason: 'USERNS_UNAVAILABLE' } },
      });
      launcher.child.stdin?.end();
      expect((await launcher.exited).code).toBe(125);
    },
  );
});

describe('many', () => {
  it('X10: 200 starts and stops leave no process, mount, file or control group', async () => {
    const { name, token } = install('plain');
    const before = inventory();
    for (let round = 0; round < 50; round += 1) {
      await Promise.all(
        Array.from({ length: 4 }, async () => {
          const launcher = startLauncher(name, { home, cwd });
          await launcher.request('initialize', INITIALIZE);
          launcher.child.stdin?.end();
          expect(ORDERLY).toContain((await launcher.exited).code);
        }),
      );
    }
    await gone(token, 1000);
    expect(inventory()).toEqual(before);
  }, 240_000);

  it('NC-15: two launches of one profile at once do not disturb each other', async () => {
    const { name } = install('plain');
    const [one, other] = [start(name), start(name)];
    await Promise.all([one.request('initialize', INITIALIZE), other.request('initialize', INITIALIZE)]);
    one.child.kill('SIGKILL');
    await one.exited;
    expect(await other.call('still-there')).toMatchObject({ result: { tool: 'still-there' } });
    other.child.stdin?.end();
    expect(ORDERLY).toContain((await other.exited).code);
  });
});

describe('a quiet launcher', () => {
  it('gives back the memory of its start, and goes on', async () => {
    const { launcher } = await running('plain');
    const resident = (): number =>
      Number(
        /^VmRSS:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${launcher.child.pid}/status`, 'utf8'))?.[1],
      ) / 1024;
    await until(() => resident() < 40, 8000, 'a resident set below 40 MiB');
    expect(await launcher.call('still-there')).toMatchObject({
      result: { tool: 'still-there' },
    });
  });
});

/** bubblewrap's outer process, then its init, by parentage. */
function sandboxProcesses(token: string): number[] {
  return processesWith(token).filter((pid) =>
    fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/usr/bin/bwrap'),
  );
}

/** Everything that a leaking launcher would add to. */
function inventory(): Record<string, unknown> {
  const groups = (folder: string): string[] =>
    fs.existsSync(folder)
      ? fs
          .readdirSync(folder)
          .filter(
            (name) => /^cordon-\d+-\d+$/.test(name) && !fs.existsSync(`/proc/${name.split('-')[1] ?? ''}`),
          )
      : [];
  return {
    mounts: fs.readFileSync('/proc/self/mountinfo', 'utf8').split('\n').length,
    temporary: fs.readdirSync(os.tmpdir()).filter((name) => /^(?:bwrap|bindfile|bubblewrap)/.test(name)),
    home: fs.readdirSync(home, { recursive: true }).length,
    groups: [
      ...groups('/sys/fs/cgroup/pids'),
      ...groups('/sys/fs/cgroup/memory'),
      ...groups('/sys/fs/cgroup'),
    ],
  };
}
