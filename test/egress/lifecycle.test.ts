// P5: nothing of a server with network outlives the launcher, however and whenever that dies: no process, no network.
// Every process of a sandbox carries a token in its command line, so that "nothing" can be counted.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns } from '../escape/columns.ts';
import { INITIALIZE, processesWith, startLauncher, until, ORDERLY, TIMED } from '../fixtures/launcher.ts';
import { CONNECT, GREET, WAYS } from './connect.ts';
import { type PlainFarEnd, plainFarEnd } from './far-ends.ts';
import { type EgressStage, type Sandboxed, setEgressStage } from './sandboxed.ts';

const [column] = columns().toReversed();

/** What another process of this user, or root, can do to the launcher's listening sockets. Prints how many it shut down. */
const BREAK_LISTENERS = `
import ctypes, os, socket, sys
PIDFD_GETFD = 438
pid = int(sys.argv[1])
libc, pidfd, broken = ctypes.CDLL(None), os.pidfd_open(pid), 0
for name in os.listdir(f'/proc/{pid}/fd'):
    if not os.readlink(f'/proc/{pid}/fd/{name}').startswith('socket:'): continue
    copy = socket.socket(fileno=libc.syscall(PIDFD_GETFD, pidfd, int(name), 0))
    if copy.family == socket.AF_INET and copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        copy.shutdown(socket.SHUT_RDWR)
        broken += 1
print(broken)
`;
let stage: EgressStage;
let far: PlainFarEnd;

beforeAll(async () => {
  stage = setEgressStage();
  far = await plainFarEnd();
});
afterAll(async () => {
  await far.close();
  stage.remove();
});

function networkOf(pid: number): string | undefined {
  try {
    return fs.readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    // Gone, or of another user.
    return undefined;
  }
}

/** The network of every process that can be looked at. */
function networks(): ReadonlySet<string | undefined> {
  const processes = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Set(processes.map((name) => networkOf(Number(name))));
}

describe.each(WAYS)('P5 %s', (mode) => {
  const token = `cordon-token-${randomUUID()}`;
  const startServer = async (): Promise<Sandboxed> => {
    if (column === undefined) throw new Error('no user to start as');
    return stage.sandboxed(column, {
      network: [{ host: 'localhost', port: far.port, protocol: 'tcp' }],
      config: { mode },
      profile: { args: [token] },
    });
  };
  const ofSandbox = (): readonly string[] => {
    const own = networkOf(process.pid);
    const found = processesWith(token).flatMap((pid) => networkOf(pid) ?? []);
    return [...new Set(found)].filter((network) => network !== own);
  };
  const gone = (limitMs: number): Promise<number> =>
    until(() => processesWith(token).length === 0, limitMs, 'the end of all processes');

  test('kill -9 of the launcher: everything is gone within 100 ms, open connections too', TIMED, async () => {
    const server = await startServer();
    const before = far.connections();
    void server
      .evaluate(`${CONNECT[mode]} const socket = await connect('localhost', ${far.port}); socket.write('wait\\n');
        await new Promise(() => {});`)
      .catch(() => {});
    await until(() => far.connections() > before, 2000, 'a connection');
    const [network] = ofSandbox();
    expect(network).toBeDefined();
    server.launcher.child.kill('SIGKILL');
    const isGone = (): boolean => processesWith(token).length === 0 && !networks().has(network);
    expect(await until(isGone, 2000, 'the end of everything')).toBeLessThan(100);
    await until(() => far.seen.length === far.connections(), 500, 'the end of the connection');
  });

  test('killed at any moment of the start: nothing is left', async () => {
    const { options, ...server } = await startServer();
    await server.close();
    for (let afterMs = 0; afterMs <= 180; afterMs += 12) {
      const launcher = startLauncher('egress', options);
      launcher.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params: INITIALIZE });
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      launcher.child.kill('SIGKILL');
      await launcher.exited;
      await gone(1000);
      // A slow child comes to life after that, and has to go as well.
      await new Promise((resolve) => setTimeout(resolve, 60));
      await gone(1000);
    }
  });

  test('50 starts and stops leave no process and no network', async () => {
    const { options, ...server } = await startServer();
    await server.close();
    const seen = new Set<string>();
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        Array.from({ length: 5 }, async () => {
          const launcher = startLauncher('egress', options);
          await launcher.request('initialize', INITIALIZE);
          const code = `${CONNECT[mode]} ${GREET} return greet('localhost', ${far.port})`;
          const greeted = await launcher.request('tools/call', { name: 'run', arguments: { code } });
          expect(JSON.stringify(greeted)).toContain('hello');
          for (const network of ofSandbox()) seen.add(network);
          launcher.child.stdin?.end();
          expect(ORDERLY).toContain((await launcher.exited).code);
        }),
      );
    }
    await gone(1000);
    const left = networks();
    expect(seen.size).toBeGreaterThan(0);
    expect([...seen].filter((network) => left.has(network))).toEqual([]);
    await until(() => far.seen.length === far.connections(), 1000, 'the end of all connections');
  });

  test('a listening socket that breaks ends the session, and the client is told', async () => {
    const server = await startServer();
    const { launcher } = server;
    const broken = spawnSync('python3', ['-c', BREAK_LISTENERS, String(launcher.child.pid)], {
      encoding: 'utf8',
    });
    expect(broken, 'sockets that were shut down').toMatchObject({
      stdout: expect.stringMatching(/^[1-9]/) as string,
    });
    const answer = await launcher.request('tools/call', {
      name: 'run',
      arguments: { code: 'await new Promise(() => {})' },
    });
    expect(answer).toMatchObject({ error: { data: { source: 'cordon', reason: 'EGRESS_FAILED' } } });
    await gone(1000);
    launcher.child.stdin?.end();
    await launcher.exited;
    expect(server.log()).toMatch(/"event":"ended".*"egress"/);
  });
});
