// Which processes belong to a server, from one look at all of them. macOS has no process namespace: a program leaves its group
// with setsid, and its parents when these end. Three marks are looked for, each of which a program may lose: the group, the
// ancestry, and the private home folder in its environment. Pure.

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly isZombie: boolean;
  /** Arguments, and the environment after them where it may be seen. */
  readonly text: string;
}

// One word for each: on macOS, as in POSIX, all that follows the first `=` of a word is a heading, further columns included.
const COLUMNS = ['pid=', 'ppid=', 'pgid=', 'stat=', 'command='].flatMap((column) => ['-o', column]);

/** For ps: all that this user runs, with its environment. */
export const PS_ARGUMENTS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['-axww', '-E', ...COLUMNS],
  linux: ['axeww', ...COLUMNS],
};

/** From what ps writes with these arguments, on macOS and Linux the same. */
export function readProcessTable(text: string): readonly ProcessRow[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, parent, group, state = '', words = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined) return [];
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        isZombie: state.startsWith('Z'),
        text: words,
      },
    ];
  });
}

export interface Marks {
  /** Process group of the server; 0 when it is not known. */
  readonly group: number;
  /**
   * HOME of this start and of no other: in the environment of the server, and before that a parameter of its policy, because
   * macOS shows the arguments of its own programs and not their environment.
   */
  readonly home: string;
}

/** Those to end. Never the first process of the machine, nor the one that looks or what it descends from. */
export function processesOf(marks: Marks, rows: readonly ProcessRow[], self: number): readonly number[] {
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const spared = new Set([0, 1]);
  for (
    let pid: number | undefined = self;
    pid !== undefined && !spared.has(pid);
    pid = byPid.get(pid)?.parent
  )
    spared.add(pid);
  const found = new Set<number>();
  const add = (pid: number): void => {
    if (found.has(pid) || spared.has(pid)) return;
    found.add(pid);
    for (const row of rows) if (row.parent === pid) add(row.pid);
  };
  for (const { pid, group, text } of rows)
    if ((marks.group > 1 && group === marks.group) || `${text} `.includes(`=${marks.home} `)) add(pid);
  return rows.filter(({ pid, isZombie }) => found.has(pid) && !isZombie).map(({ pid }) => pid);
}
