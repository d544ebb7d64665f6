// Processes as /proc shows them: what a launcher started, what it weighs, and whether it is gone.
import fs from 'node:fs';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Clock ticks since boot: with the pid, the name of one process for ever. */
  readonly started: string;
  readonly args: readonly string[];
}

/** `root` and everything below it, zombies left out. */
export function processTree(root: number): ProcessEntry[] {
  const all = fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readEntry(Number(name)) ?? []);
  const tree: ProcessEntry[] = all.filter((entry) => entry.pid === root);
  for (const found of tree) tree.push(...all.filter((entry) => entry.parent === found.pid));
  return tree;
}

/** The innermost process that was given `entry` as an argument of its own: launchers carry it too, but have children. */
export function serverIn(tree: readonly ProcessEntry[], entry: string): ProcessEntry | undefined {
  const parents = new Set(tree.map((process) => process.parent));
  return tree.find(
    (process) => !parents.has(process.pid) && process.args.some((argument) => argument.endsWith(entry)),
  );
}

export function isAlive(process: ProcessEntry): boolean {
  return readEntry(process.pid)?.started === process.started;
}

export interface Memory {
  /** Pages that processes share, the program's own file above all, are counted in each of them. */
  readonly residentMiB: number;
  /** What one more launcher costs when others run already. */
  readonly privateMiB: number;
}

export function memoryOf(pid: number): Memory {
  const rollup = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mebibytes = (name: string): number => {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1];
    if (kibibytes === undefined) throw new Error(`no ${name} of process ${pid}`);
    return Number(kibibytes) / 1024;
  };
  return { residentMiB: mebibytes('Rss'), privateMiB: mebibytes('Private_Dirty') };
}

function readEntry(pid: number): ProcessEntry | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; what follows the last one is fields 3 and up.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, started] = [fields[0], fields[1], fields[19]];
    if (state === 'Z' || state === 'X' || started === undefined) return undefined;
    const args = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    return { pid, parent: Number(parent), started, args };
  } catch {
    return undefined;
  }
}
