import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DENIALS } from '../../../src/sandbox/seccomp/policy.ts';
import { HIGHEST_JUDGED_SYSCALL, SYSCALLS } from '../../../src/sandbox/seccomp/syscalls.ts';

const HEADERS = {
  x64: [
    '/usr/include/x86_64-linux-gnu/asm/unistd_64.h',
    '/usr/include/asm/unistd_64.h',
    '/usr/x86_64-linux-gnu/include/asm/unistd_64.h',
  ],
  arm64: ['/usr/include/asm-generic/unistd.h'],
} as const;

/** Name -> number as the kernel's header defines it. */
function readHeader(candidates: readonly string[]): ReadonlyMap<string, number> | undefined {
  const file = candidates.find((path) => fs.existsSync(path));
  if (file === undefined) return undefined;
  const lines = fs.readFileSync(file, 'utf8').matchAll(/^#define __NR(?:3264)?_(\w+)\s+(\d+)$/gm);
  return new Map([...lines].map(([, name = '', number = '']) => [name, Number(number)]));
}

describe.each([
  ['x64', 0],
  ['arm64', 1],
] as const)('%s', (architecture, column) => {
  const header = readHeader(HEADERS[architecture]);

  // The headers come with the C compiler that the escape suite needs; a machine without them is told so by name.
  test.skipIf(header === undefined)('numbers are those of the kernel headers', () => {
    const differing = Object.entries(SYSCALLS).flatMap(([name, numbers]) => {
      const ours = numbers[column];
      const theirs = header?.get(name);
      // Calls that are newer than the headers of an older distribution.
      if (theirs === undefined && ours !== null && ours > 440) return [];
      return theirs === (ours ?? undefined) ? [] : [`${name}: ours ${ours}, theirs ${theirs}`];
    });
    expect(differing).toEqual([]);
  });

  test('gives no number to two names', () => {
    const numbers = Object.values(SYSCALLS).flatMap((pair) => pair[column] ?? []);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.max(...numbers)).toBeLessThanOrEqual(HIGHEST_JUDGED_SYSCALL);
  });
});

test('every denial says why', () => {
  for (const group of DENIALS) {
    expect(group.why.length).toBeGreaterThan(10);
    expect(group.syscalls.length).toBeGreaterThan(0);
  }
});
