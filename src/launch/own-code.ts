// Which of our memory is code of our own executable as it stands in the file.

export interface MemoryRange {
  readonly start: number;
  readonly bytes: number;
}

/**
 * Ranges that hold pages of `program` and nothing of our own: read-only, and not one page of them was ever changed
 * (relocated data that was write-protected later, and breakpoints of a debugger, were).
 * @param smaps proc_pid_smaps(5) of this process
 */
export function unchangedCode(smaps: string, program: string): MemoryRange[] {
  const ranges: MemoryRange[] = [];
  for (const [, from = '', to = '', file, facts = ''] of smaps.matchAll(MAPPING)) {
    if (file !== program || !/^Anonymous: +0 kB$/m.test(facts)) continue;
    const start = Number.parseInt(from, 16);
    ranges.push({ start, bytes: Number.parseInt(to, 16) - start });
  }
  return ranges;
}

/** A private mapping of a file that cannot be written to: its line, and the lines of facts below it. */
const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ \d+ +(\/.*)\n((?:[A-Z].*\n)*)/gm;
