// Readers of the kernel's text files under /proc. Pure.
import path from 'node:path';

/** `Name: value` lines of /proc/self/status. */
export function parseStatus(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^(\w+):\s*(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value.trim()] as const];
    }),
  );
}

/** Hard limits of /proc/self/limits: `Max open files` -> 1024; `unlimited` is Infinity. */
export function parseLimits(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, name, hard] = /^(Max [a-z ]+?)\s{2,}\S+\s+(\d+|unlimited)/.exec(line) ?? [];
      if (name === undefined || hard === undefined) return [];
      return [[name, hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard)] as const];
    }),
  );
}

export interface MountLine {
  readonly options: readonly string[];
  readonly type: string;
}

/** Mount point -> what lies there now, from proc_pid_mountinfo(5): later lines lie over earlier ones. */
export function parseMounts(text: string): ReadonlyMap<string, MountLine> {
  const mounts = new Map<string, MountLine>();
  for (const line of text.split('\n')) {
    const fields = line.split(' ');
    const point = fields[4]?.replace(/\\([0-7]{3})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    );
    if (point === undefined) continue;
    mounts.set(point, {
      options: (fields[5] ?? '').split(','),
      type: fields[fields.indexOf('-') + 1] ?? '',
    });
  }
  return mounts;
}

/** What the path lies on: the mount there, or the nearest above it. */
export function mountOf(mounts: ReadonlyMap<string, MountLine>, absolute: string): MountLine | undefined {
  for (let place = absolute; ; place = path.posix.dirname(place)) {
    const mount = mounts.get(place);
    if (mount !== undefined || place === '/') return mount;
  }
}

/** Names of /proc/net/dev. */
export function parseInterfaces(text: string): readonly string[] {
  return [...text.matchAll(/^\s*([^\s:|]+):/gm)].map((match) => match[1] ?? '');
}
