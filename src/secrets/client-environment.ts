// A variable of the program that started us, the MCP client, as it was when that program was started. Read from the kernel's
// record of the client and not from our own environment: bin/cordon hands on none of it, because every copy of it would show
// in one process more, and what a repository makes a client set for its servers does not count.
import fs from 'node:fs';
import { secretWords } from '../messages/secrets.ts';
import type { Answer } from './answer.ts';
import { secretCopy, secretMemory } from './memory.ts';
import { readValue } from './value.ts';

const FIRST_BYTES = 64 * 1024;

export function readClientVariable(name: string, client: number): Answer {
  let environment: Buffer;
  try {
    environment = readWhole(`/proc/${client}/environ`);
  } catch {
    return { kind: 'unavailable', why: secretWords.environmentUnreadable };
  }
  const found = variableIn(environment, name);
  const answer: Answer =
    found === undefined ? { kind: 'absent', why: secretWords.noVariable } : readValue(found);
  environment.fill(0);
  return answer;
}

/** Not by one call of the runtime: that leaves what it read on the way in memory that nobody overwrites. */
function readWhole(file: string): Buffer {
  const fd = fs.openSync(file, 'r');
  let memory = secretMemory(FIRST_BYTES);
  try {
    for (let length = 0; ; ) {
      const count = fs.readSync(fd, memory, length, memory.length - length, null);
      length += count;
      if (count === 0) return memory.subarray(0, length);
      if (length < memory.length) continue;
      const larger = secretCopy(memory, new Uint8Array(memory.length));
      memory.fill(0);
      memory = larger;
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** A view of the value in the text of proc_pid_environ(5), the first of that name as getenv(3) has it. */
export function variableIn(environment: Buffer, name: string): Buffer | undefined {
  const start = Buffer.from(`${name}=`);
  for (let from = 0; from < environment.length; ) {
    const nul = environment.indexOf(0, from);
    const end = nul < 0 ? environment.length : nul;
    const entry = environment.subarray(from, end);
    if (entry.subarray(0, start.length).equals(start)) return entry.subarray(start.length);
    from = end + 1;
  }
  return undefined;
}
