// Limits on the whole tree of a server, where the machine lets us make a control group: directly in the file system, below
// the nearest group that is ours to divide (a user's part of systemd's tree, or any when root). Talking to systemd over
// D-Bus would cost more time than the rest of the start. Matters most as root: the kernel does not count processes of
// uid 0 (RLIMIT_NPROC), so there only a group stops a fork bomb.
import fs from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LimitsPlan } from '../plan/plan.ts';

export interface ControlGroup {
  readonly kind: 'v2' | 'v1';
  /** Takes this process in too, unless it is there already; false when the kernel refuses. */
  include(pid: number): Promise<boolean>;
  /** Removes the group; to be called when everything in it has ended. Waits some milliseconds for the last to leave. */
  remove(): Promise<void>;
}

interface Hierarchy {
  /** Where the controllers' files lie, and the group this process is in. */
  readonly mount: string;
  readonly group: string;
}

/**
 * Puts `pid`, and so all that it starts from then on, into a new group with the plan's limits; undefined when that cannot be
 * had. Of the processes in it `ours` are not the server's.
 */
export async function confine(
  pid: number,
  limits: LimitsPlan,
  ours: number,
): Promise<ControlGroup | undefined> {
  const processes = limits.processes + ours;
  const unified = hierarchy('cgroup2', '');
  if (unified !== undefined) {
    const parent = nearest(unified, (folder) =>
      readWords(path.join(folder, 'cgroup.subtree_control')).includes('pids'),
    );
    const made =
      parent === undefined
        ? undefined
        : await enter(
            parent,
            pid,
            { 'pids.max': processes },
            { 'memory.max': limits.memoryBytes, 'memory.swap.max': 0, 'memory.oom.group': 1 },
          );
    if (made !== undefined) return controlGroup('v2', [made]);
  }
  const controllers = [
    { name: 'pids', limit: { 'pids.max': processes } },
    { name: 'memory', limit: { 'memory.limit_in_bytes': limits.memoryBytes } },
  ];
  const entered = controllers.flatMap(({ name, limit }) => {
    const where = hierarchy('cgroup', name);
    return where === undefined ? [] : [enter(path.join(where.mount, where.group), pid, limit, {})];
  });
  const made = (await Promise.all(entered)).filter((group) => group !== undefined);
  return made.length === 0 ? undefined : controlGroup('v1', made);
}

function controlGroup(kind: ControlGroup['kind'], folders: readonly string[]): ControlGroup {
  return {
    kind,
    include: async (pid) => {
      try {
        // Each folder is asked: in the first version a process forked meanwhile may be in one of two that are named alike.
        const outside = folders.filter(
          (folder) => !readWords(path.join(folder, 'cgroup.procs')).includes(String(pid)),
        );
        await Promise.all(outside.map((folder) => move(pid, folder)));
        return true;
      } catch {
        return false;
      }
    },
    remove: () => removeLater(folders),
  };
}

function hierarchy(type: 'cgroup' | 'cgroup2', controller: string): Hierarchy | undefined {
  const mount = fs
    .readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find((fields) => {
      const rest = fields.slice(fields.indexOf('-') + 1);
      return rest[0] === type && (controller === '' || (rest[2] ?? '').split(',').includes(controller));
    })?.[4];
  const group = fs
    .readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([number, controllers]) =>
      controller === '' ? number === '0' && controllers === '' : controllers?.split(',').includes(controller),
    )?.[2];
  return mount === undefined || group === undefined ? undefined : { mount, group };
}

/** The innermost group at or above ours that fits and that we may write to. */
function nearest(where: Hierarchy, fits: (folder: string) => boolean): string | undefined {
  for (let group = path.normalize(where.group); ; group = path.dirname(group)) {
    const folder = path.join(where.mount, group);
    if (fits(folder) && isWritable(folder)) return folder;
    if (group === '/' || group === '.') return undefined;
  }
}

function isWritable(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** All of `required` must be accepted by the kernel, or there is no group. */
async function enter(
  parent: string,
  pid: number,
  required: Record<string, number>,
  wanted: Record<string, number>,
): Promise<string | undefined> {
  const folder = path.join(parent, `cordon-${process.pid}-${pid}`);
  try {
    sweep(parent);
    fs.mkdirSync(folder);
    for (const [name, value] of Object.entries(required))
      fs.writeFileSync(path.join(folder, name), String(value));
    for (const [name, value] of Object.entries(wanted)) {
      if (fs.existsSync(path.join(folder, name))) fs.writeFileSync(path.join(folder, name), String(value));
    }
    await move(pid, folder);
    return folder;
  } catch {
    removeGroups([folder]);
    return undefined;
  }
}

/** The kernel waits for all processors, 5 to 15 ms against 0.1 ms for all else here: not on this thread. */
function move(pid: number, folder: string): Promise<void> {
  return writeFile(path.join(folder, 'cgroup.procs'), String(pid));
}

/** Groups of launchers that were killed and could not remove theirs. */
function sweep(parent: string): void {
  for (const name of fs.readdirSync(parent)) {
    const owner = /^cordon-(\d+)-\d+$/.exec(name)?.[1];
    if (owner !== undefined && !fs.existsSync(`/proc/${owner}`)) removeGroups([path.join(parent, name)]);
  }
}

function removeGroups(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      fs.rmdirSync(folder);
    } catch {
      // Not there, or a process is still leaving it: the next launch sweeps it.
    }
  }
}

async function removeLater(folders: readonly string[]): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    removeGroups(folders);
    if (!folders.some((folder) => fs.existsSync(folder))) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function readWords(file: string): string[] {
  try {
    return fs.readFileSync(file, 'utf8').trim().split(/\s+/);
  } catch {
    return [];
  }
}
