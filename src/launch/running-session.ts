import fs from 'node:fs';
import type { Readable } from 'node:stream';
import { readableFromFd, writableToFd } from '../relay/pipe-streams.ts';
import type { StartedProgram } from '../start-program.ts';
import type { ControlGroup } from './cgroup.ts';
import type { Session, SessionEnd } from './session.ts';
import type { SandboxStatus } from './status.ts';
import { stopLadder } from './stop.ts';

export interface Running {
  readonly child: StartedProgram;
  /** Process id, outside, of the sandbox's init: killing it ends everything inside. */
  readonly init: number;
  readonly status: SandboxStatus;
  /** Our ends of the server's stdin and stdout. */
  readonly input: number;
  readonly output: number;
  readonly errors: Readable;
  readonly group: ControlGroup | undefined;
  readonly setupStderr: () => string;
}

/** The life of a server that was let go. */
export function runningSession(running: Running): Session {
  const input = writableToFd(running.input);
  let over = false;
  const ended = (async (): Promise<SessionEnd> => {
    const exit = await running.child.exit;
    over = true;
    await running.group?.remove();
    const code = await running.status.exitCode;
    if (code !== undefined) return { kind: 'exited', code };
    if (exit.signal !== null) return { kind: 'signalled', signal: exit.signal };
    return { kind: 'setup-failed', message: running.setupStderr() };
  })();
  const kill = (): void => {
    if (over) return;
    killQuietly(running.init, 'SIGKILL');
    running.child.kill();
  };
  return {
    confinement: running.group?.kind ?? 'none',
    input,
    output: readableFromFd(running.output),
    errors: running.errors,
    ended,
    kill,
    stop: () =>
      stopLadder({
        endInput: () => input.end(),
        terminate: () => over || terminateServer(running.init),
        kill,
        ended,
      }),
  };
}

/** SIGTERM to the server itself: its init, as first process of a pid namespace, ignores signals from outside. */
function terminateServer(init: number): void {
  try {
    const server = fs.readFileSync(`/proc/${init}/task/${init}/children`, 'utf8').split(' ')[0];
    if (server !== undefined && server !== '') killQuietly(Number(server), 'SIGTERM');
  } catch {
    // Gone already.
  }
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
