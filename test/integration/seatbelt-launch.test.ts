// Starts as on macOS, run for real but for one program: sandbox-exec is a stand-in that applies no sandbox. What is shown is what
// the launcher does around it: what a server is given (P4). How it ends is in seatbelt-end.test.ts.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { launchCommand } from '../../src/launch/seatbelt/launch-command.ts';
import { until } from '../fixtures/launcher.ts';
import type { SeatbeltStart } from '../fixtures/seatbelt-launcher.ts';
import { SANDBOX_EXEC, seatbeltWorld, type StartedServer } from '../fixtures/seatbelt-start.ts';

const world = seatbeltWorld();
const { scratch, launches, start, isGone } = world;

afterEach(() => world.stop());
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

interface Described {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly fds: ReadonlyArray<readonly [number, string]>;
  readonly stat: string;
  readonly modes: readonly number[];
}

const describeServer = async (server: StartedServer): Promise<Described> =>
  (await server.ask('describe')) as Described;

/** Of the one start that runs. */
function launchFolder(): string {
  const [name = '', ...more] = fs.readdirSync(launches);
  expect(more).toEqual([]);
  return path.join(launches, name);
}

describe('what a server is given', () => {
  it('its environment and nothing of anybody else, private folders, a session, its limits (P4)', async () => {
    const server = start();
    const said = await describeServer(server);
    const folder = launchFolder();
    const node = path.dirname(fs.realpathSync(process.execPath));
    expect(said.env).toEqual({
      PATH: `${node}:/usr/bin:/bin`,
      HOME: `${folder}/home`,
      TMPDIR: `${folder}/tmp`,
      LANG: 'C.UTF-8',
      NODE_DISABLE_COMPILE_CACHE: '1',
      GRANTED: 'yes',
    });
    expect(said.cwd).toBe(`${folder}/home`);
    expect(said.modes).toEqual([0o700, 0o700]);
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    expect(said.argv).toEqual([server.token, 'a b']);
    // proc_pid_stat(5): behind the name state, parent, group, session.
    const [, , group, session] = said.stat.slice(said.stat.lastIndexOf(')') + 2).split(' ');
    expect([Number(group), Number(session)]).toEqual([said.pid, said.pid]);
    expect(await server.ask('write', `${folder}/tmp/a`)).toBe(null);
    server.child.stdin?.end();
    expect(await server.exited).toBe(0);
    await until(() => isGone(server), 1000, 'the end of everything');
  });

  it('secrets in each way, which no other argument shows (E02)', async () => {
    const server = start({ secrets: { ONE: 'environment', TWO: 'file', THREE: 'argument' } });
    const said = await describeServer(server);
    expect(said.env['ONE']).toBe('value of ONE');
    expect(Object.keys(said.env).filter((name) => /TWO|THREE|CORDON/.test(name))).toEqual([]);
    expect(said.argv).toEqual([server.token, 'a bvalue of THREE']);
    const file = path.join(launchFolder(), 'files/TWO');
    expect(await server.ask('read', file)).toBe('value of TWO');
    expect(fs.statSync(file).mode & 0o777).toBe(0o400);
    server.child.kill('SIGKILL');
    await until(() => isGone(server), 5000, 'the end of everything');
  });

  it('no descriptor that was leaked to the launcher (H01, A07)', async () => {
    const leaked = fs.openSync('/etc/hostname', 'r');
    try {
      const server = start({}, [leaked, leaked, 'ignore', leaked]);
      const { fds } = await describeServer(server);
      expect(fds.filter(([, target]) => target === '/etc/hostname')).toEqual([]);
    } finally {
      fs.closeSync(leaked);
    }
  });

  it('nor one that reached the shell before it; without the shell it would', () => {
    const leaked = fs.openSync('/etc/hostname', 'r');
    const list = ['/bin/ls', '-l', '/proc/self/fd'];
    const [program = '', ...args] = launchCommand({
      sandboxExec: SANDBOX_EXEC,
      rendering: { policy: '(version 1)', parameters: { PATH_0: '/a (b) "c"=d' } },
      command: list,
      secretArguments: [],
      limits: { memoryBytes: 0, processes: 0, files: 64, fileSizeBytes: 1, tmpBytes: 0, messageBytes: 0 },
    });
    const stdio = ['ignore', 'pipe', 'pipe', leaked, ...Array<'ignore'>(8).fill('ignore'), leaked] as const;
    const run = (file: string, words: readonly string[]): string => {
      const { stdout, stderr } = spawnSync(file, words, { stdio: [...stdio], env: {}, encoding: 'utf8' });
      expect(stderr.toString()).toBe('');
      return stdout.toString();
    };
    expect(run(list[0] ?? '', list.slice(1)).match(/hostname/g)).toHaveLength(2);
    expect(run(program, args)).not.toMatch(/hostname/);
    fs.closeSync(leaked);
  });
});

describe('what does not start', () => {
  const refused = async (more: Partial<SeatbeltStart>): Promise<string> => {
    const server = start(more);
    await server.exited;
    await until(() => isGone(server), 1000, 'the end of everything');
    return server.stderr();
  };

  it('in a sandbox within a sandbox, and without sandbox-exec', async () => {
    const nested = path.join(scratch, 'nested');
    fs.copyFileSync(SANDBOX_EXEC, nested);
    expect(await refused({ sandboxExec: nested })).toContain('"kind":"setup-failed"');
    expect(await refused({ sandboxExec: '/nonexistent' })).toContain('"kind":"setup-failed"');
  });
});
