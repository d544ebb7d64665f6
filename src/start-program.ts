// Starting a program with the descriptors that it is to have and nothing else. By Bun's own call: node:child_process loads
// streams and sockets before it starts anything, which takes 3 ms of a launch that needs neither yet.

interface ProgramExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A number of ours; /dev/null for `ignore`. */
type Descriptor = 'ignore' | number;

export interface StartedProgram {
  /** undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Of one that could not be started: status 127, as a shell says it. */
  readonly exit: Promise<ProgramExit>;
  /** SIGKILL. */
  kill(): void;
}

/**
 * Resolves with the whole stdout of a program that ended, and how. In our process group, with an empty environment, in `/`.
 * Only inside the built executable.
 * @param descriptors without stdout: `descriptors[0]` is stdin, the others follow from 2
 * @throws what posix_spawn(3) refuses
 */
export async function outputOf(
  command: readonly string[],
  [stdin, ...more]: readonly [Descriptor, ...Descriptor[]],
): Promise<ProgramExit & { readonly output: string }> {
  const child = Bun.spawn({
    cmd: command,
    env: {},
    cwd: '/',
    detached: false,
    stdio: [stdin, 'pipe', ...more],
  });
  const [output] = await Promise.all([Bun.readableStreamToText(child.stdout), child.exited]);
  return { output, code: child.exitCode, signal: child.signalCode };
}

/**
 * In a session of its own, so that signals which a client sends to our process group do not reach it; with an empty
 * environment, in `/`. Only inside the built executable.
 * @param descriptors `descriptors[i]` is descriptor `i` of the program; they stay open here
 */
export function startProgram(command: readonly string[], descriptors: readonly Descriptor[]): StartedProgram {
  try {
    const child = Bun.spawn({ cmd: command, env: {}, cwd: '/', detached: true, stdio: descriptors });
    return {
      pid: child.pid,
      exit: child.exited.then(() => ({ code: child.exitCode, signal: child.signalCode })),
      kill: () => child.kill('SIGKILL'),
    };
  } catch {
    return { pid: undefined, exit: Promise.resolve({ code: 127, signal: null }), kill: () => {} };
  }
}
