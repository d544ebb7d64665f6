// A program that gives or takes a secret: started by its absolute path, without a shell, outside the sandbox, with an
// environment that was made for it, no terminal to ask on, a time limit and a cap on what it prints.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import type { Writable } from 'node:stream';
import { interpretersOf } from '../config/interpreters.ts';
import { secretCopy } from './memory.ts';
import { type FileUser, placeFault } from './places.ts';
import { MAX_VALUE_BYTES } from './value.ts';

export interface ProgramRequest {
  readonly argv: readonly [program: string, ...args: string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Its stdin; nothing when left out. */
  readonly input?: Buffer;
}

export type ProgramEnd =
  /** `complained`: it wrote to stderr. What it wrote is not kept: nobody knows what is in it. */
  | {
      readonly kind: 'exited';
      readonly status: number;
      readonly output: Buffer;
      readonly complained: boolean;
    }
  | { readonly kind: 'signalled' }
  | { readonly kind: 'too-slow' }
  | { readonly kind: 'too-much' }
  | { readonly kind: 'not-started' };

const MAX_OUTPUT_BYTES = MAX_VALUE_BYTES + 2;
/** For what was printed to arrive; a daemon that a program left behind may hold its output open for ever. */
const LAST_OUTPUT_MS = 200;
/**
 * A shell that becomes the program, and leaves a watcher behind that reads a pipe of ours: a word says that all is over, and
 * end of file without one is our death, however sudden. Then the watcher kills its process group, which is the program's. It
 * stands before the program does. Forked twice, because a program that waits for all of its children must not wait for it.
 */
const BECOME = `({ read -r over <&3 || kill -9 0; } </dev/null >/dev/null 2>&1 &)
unset PWD OLDPWD SHLVL
exec "$@" 3<&-`;
const LIFE_FD = 3;
/** What a shell ends with when it cannot become the program (exec in POSIX). */
const NOT_STARTED = [126, 127];

export async function askProgram(request: ProgramRequest): Promise<ProgramEnd> {
  const end = await ask(request);
  await ask(ZEROS);
  return end;
}

/**
 * The runtime reads all pipes into one place of its own, and what came last stays there until as much comes again. So after a
 * value come zeros, more than a value has and few enough to come at once.
 */
const ZEROS: ProgramRequest = {
  argv: ['/bin/dd', 'if=/dev/zero', 'bs=40k', 'count=1'],
  env: {},
  timeoutMs: 1000,
};

async function ask(request: ProgramRequest): Promise<ProgramEnd> {
  const { timeoutMs, input } = request;
  const child = start(request);
  if (child === undefined) return { kind: 'not-started' };
  // None where the process could not be made.
  const life = child.stdio[LIFE_FD] as Writable | null | undefined;
  life?.on('error', () => {});
  const output = new Output();
  let complained = false;
  const tooMuch = new Promise<ProgramEnd>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (!output.add(chunk)) resolve({ kind: 'too-much' });
    });
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    complained = true;
    chunk.fill(0);
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<ProgramEnd>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'too-slow' }), timeoutMs);
  });
  try {
    const end = await Promise.race([
      ended(child, () => ({ output: output.take(), complained })),
      tooMuch,
      tooSlow,
    ]);
    if (end.kind === 'too-much' || end.kind === 'too-slow') killGroup(child);
    return end;
  } finally {
    clearTimeout(timer);
    life?.end('\n');
    child.stdout?.destroy();
    child.stderr?.destroy();
    output.drop();
  }
}

/** undefined where no process can be made: Bun throws where Node reports. */
function start({ argv, env, input }: ProgramRequest): ChildProcess | undefined {
  try {
    return spawn('/bin/sh', ['-c', BECOME, 'sh', ...argv], {
      env,
      cwd: '/',
      // A session of its own: /dev/tty, on which it could ask the user of the client, does not open; and a group to kill.
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', 'pipe'],
    });
  } catch {
    return undefined;
  }
}

function ended(
  child: ChildProcess,
  printed: () => { readonly output: Buffer; readonly complained: boolean },
): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const finish = (status: number | null): void => {
      if (status === null) resolve({ kind: 'signalled' });
      else if (NOT_STARTED.includes(status)) resolve({ kind: 'not-started' });
      else resolve({ kind: 'exited', status, ...printed() });
    };
    child.once('error', () => resolve({ kind: 'not-started' }));
    child.once('close', finish);
    child.once('exit', (status) => setTimeout(() => finish(status), LAST_OUTPUT_MS).unref());
  });
}

/** What it prints, up to the cap, in memory that is overwritten. */
class Output {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  /** Whether it is still within the cap. */
  add(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes <= MAX_OUTPUT_BYTES) this.#chunks.push(chunk);
    else chunk.fill(0);
    return this.#bytes <= MAX_OUTPUT_BYTES;
  }

  take(): Buffer {
    return secretCopy(...this.#chunks);
  }

  drop(): void {
    for (const chunk of this.#chunks) chunk.fill(0);
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/**
 * Why a program is not to be started; undefined when it is there and nobody else can change it, or put another in its place, and the
 * same holds for what runs it when it is a script.
 */
export function programFault(program: string, user: FileUser): 'missing' | 'unsafe' | undefined {
  try {
    const stat = fs.statSync(program);
    if (!stat.isFile() || (stat.mode & 0o111) === 0) return 'missing';
    return [program, ...interpretersOf(program)].every((path) => isSafe(path, user)) ? undefined : 'unsafe';
  } catch {
    return 'missing';
  }
}

function isSafe(program: string, user: FileUser): boolean {
  const { uid, mode } = fs.statSync(program);
  const isOurs = uid === 0 || uid === user.uid;
  return isOurs && (mode & 0o022) === 0 && placeFault(program, user, 'trusted') === undefined;
}
