// A value from the person or program that sets it: typed without being shown, or through a pipe. Never from the command line,
// which every user can read and shells write down.
import fs from 'node:fs';
import { isatty as isTerminal } from 'node:tty';
import { secretInputInvalid, secretWords } from '../messages/secrets.ts';
import { MAX_VALUE_BYTES, readValue } from '../secrets/value.ts';

const MAX_INPUT_BYTES = MAX_VALUE_BYTES + 2;
const CTRL_C = 0x03;
const CTRL_D = 0x04;
const LF = 0x0a;
const CR = 0x0d;
const BACKSPACES = [0x08, 0x7f];

/** @throws CordonError USAGE_INVALID when what came cannot be a secret; undefined when the person gave up */
export async function readSecretInput(
  prompt: string,
  say: (text: string) => void,
): Promise<Buffer | undefined> {
  const typed = isTerminal(0) ? await readTyped(prompt, say) : readPiped();
  if (typed === undefined) return undefined;
  const value = readValue(typed);
  if (value.kind !== 'value') throw secretInputInvalid(value.why);
  return value.bytes;
}

function readPiped(): Buffer {
  const memory = Buffer.alloc(MAX_INPUT_BYTES + 1);
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
function readTyped(prompt: string, say: (text: string) => void): Promise<Buffer | undefined> {
  say(prompt);
  const { stdin } = process;
  stdin.setRawMode(true);
  stdin.resume();
  const bytes: number[] = [];
  return new Promise((resolve) => {
    const finish = (value: Buffer | undefined): void => {
      stdin.off('data', take);
      stdin.setRawMode(false);
      stdin.pause();
      say('\n');
      resolve(value);
    };
    const take = (chunk: Buffer): void => {
      for (const byte of chunk) {
        if (byte === CR || byte === LF) return finish(Buffer.from(bytes));
        if (byte === CTRL_C || (byte === CTRL_D && bytes.length === 0)) return finish(undefined);
        if (BACKSPACES.includes(byte)) removeCharacter(bytes);
        else if (bytes.length <= MAX_INPUT_BYTES) bytes.push(byte);
      }
    };
    stdin.on('data', take);
  });
}

/** One character of UTF-8: its following bytes, and the first one. */
function removeCharacter(bytes: number[]): void {
  while (((bytes.pop() ?? 0) & 0xc0) === 0x80);
}
