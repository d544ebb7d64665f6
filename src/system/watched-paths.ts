import fs from 'node:fs';
import type { SandboxPlan } from '../plan/plan.ts';

/** Those of the watched paths that are not what they were when the server started: there now, or another link. */
export function changedPaths(watched: SandboxPlan['watched']): string[] {
  return watched
    .filter(({ path, link }) => current(path) !== (link === undefined ? 'absent' : `-> ${link}`))
    .map(({ path }) => path);
}

function current(path: string): string {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'absent';
  return stat.isSymbolicLink() ? `-> ${fs.readlinkSync(path)}` : 'present';
}
