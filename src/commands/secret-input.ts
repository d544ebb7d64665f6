// A value from the person or program that sets it: typed without being shown, or through a pipe. Never from the command line,
// which every user can read and shells write down.
import fs from 'node:fs';
import { isatty as isTerminal } from 'node:tty';
import { secretInputInvalid, secretWords } from '../messages/secrets.ts';
import { secretMemory } from '../secrets/memory.ts';
import { MAX_VALUE_BYTES, readValue } from '../secrets/value.ts';
import { TypedLine } from './typed-line.ts';

const MAX_INPUT_BYTES = MAX_VALUE_BYTES + 2;
/** Of silence after the line: what comes sooner was pasted with it, and must not be left for the shell to run. */
const QUIET_MS = 100;
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const;

/** @throws CordonError USAGE_INVALID when what came cannot be a secret; undefined when the person gave up */
export async function readSecretInput(
  prompt: string,
  say: (text: string) => void,
): Promise<Buffer | undefined> {
  const given = isTerminal(0) ? await readTyped(prompt, say) : readPiped();
  if (given === undefined) return undefined;
  const value = readValue(given);
  if (value.kind !== 'value') throw secretInputInvalid(value.why);
  return value.bytes;
}

function readPiped(): Buffer {
  const memory = secretMemory(MAX_INPUT_BYTES + 1);
  let length = 0;
  while (length < memory.length) {
    const count = readSome(memory, length);
    if (count === 0) break;
    length += count;
  }
  if (length > MAX_INPUT_BYTES) throw secretInputInvalid(secretWords.tooLong);
  return memory.subarray(0, length);
}

function readSome(memory: Buffer, offset: number): number {
  for (;;) {
    try {
      return fs.readSync(0, memory, offset, memory.length - offset, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** The terminal shows nothing meanwhile, not even stars: they would tell how long it is. */
async function readTyped(prompt: string, say: (text: string) => void): Promise<Buffer | undefined> {
  const { stdin } = process;
  const marksPastes = isTerminal(2) && !['', 'dumb'].includes(process.env['TERM'] ?? '');
  const line = new TypedLine();
  let signal: NodeJS.Signals | undefined;
  // All before the prompt: who sees it types.
  stdin.setRawMode(true);
  try {
    const done = typed(line);
    say(`${marksPastes ? '\u001b[?2004h' : ''}${prompt}`);
    signal = await done;
  } finally {
    stdin.setRawMode(false);
    say(`${marksPastes ? '\u001b[?2004l' : ''}\n`);
  }
  if (line.end === 'line') return line.bytes;
  line.bytes.fill(0);
  if (signal !== undefined) process.kill(process.pid, signal);
  if (line.end === 'several-lines') throw secretInputInvalid(secretWords.severalLines);
  return undefined;
}

/**
 * Resolves when the person is done, the terminal is gone or we are told to end, and in any case nothing more comes: what is left
 * in the terminal would be shown, and run, by the shell.
 */
function typed(line: TypedLine): Promise<NodeJS.Signals | undefined> {
  const { stdin } = process;
  return new Promise((resolve) => {
    let quiet: NodeJS.Timeout | undefined;
    let told: NodeJS.Signals | undefined;
    const finish = (): void => {
      clearTimeout(quiet);
      stdin.off('data', take).off('end', finish).off('error', finish);
      for (const signal of SIGNALS) process.off(signal, stop);
      stdin.pause();
      resolve(told);
    };
    const wait = (): void => {
      clearTimeout(quiet);
      if (line.end === 'given-up' || (line.end !== undefined && !line.isPasting))
        quiet = setTimeout(finish, QUIET_MS);
    };
    const take = (chunk: Buffer): void => {
      for (const byte of chunk) line.take(byte);
      chunk.fill(0);
      wait();
    };
    const stop = (signal: NodeJS.Signals): void => {
      told = signal;
      line.giveUp();
      wait();
    };
    stdin.on('data', take).on('end', finish).on('error', finish);
    for (const signal of SIGNALS) process.on(signal, stop);
    stdin.resume();
  });
}
