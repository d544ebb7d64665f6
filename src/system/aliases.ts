// A bind mount gives a folder a second name of which its text says nothing: `/sysroot/home/me` may be the home folder, and
// `/mnt/root` all there is. So granted folders are compared with what must not be granted by identity as well.
import fs from 'node:fs';
import path from 'node:path';
import { grantIsAlias } from '../messages/sandbox.ts';
import type { ProbedGrant } from './facts.ts';

export interface Guarded {
  /** Nothing that is or contains one of these may be granted: home folders, and files of secrets. */
  readonly hidden: readonly string[];
  /** Nor may it be for writing: the folders of cordon itself. */
  readonly own: readonly string[];
}

/** @throws CordonError GRANT_PATH_UNSAFE for a granted folder that is, by another name, one of them or above one */
export function refuseAliases(grants: readonly ProbedGrant[], guarded: Guarded): void {
  const hidden = identitiesAbove(guarded.hidden);
  const own = identitiesAbove(guarded.own);
  for (const grant of grants) {
    if (grant.kind === 'missing' || grant.type === 'file') continue;
    const identity = identityOf(fs.fstatSync(grant.fd, { bigint: true }));
    const known = hidden.get(identity) ?? (grant.access === 'write' ? own.get(identity) : undefined);
    // By its own name it was judged already: what lies between a grant and a protected path in it is no grant.
    if (known !== undefined && known !== grant.source) throw grantIsAlias(grant.source, known);
  }
}

/** Of these folders and all above them, with the name of each. */
function identitiesAbove(folders: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const seen = new Set<string>();
  for (const folder of folders) {
    for (let current = folder; !seen.has(current); current = path.dirname(current)) {
      seen.add(current);
      const stat = fs.statSync(current, { bigint: true, throwIfNoEntry: false });
      if (stat !== undefined) found.set(identityOf(stat), current);
    }
  }
  return found;
}

function identityOf(stat: fs.BigIntStats): string {
  return `${stat.dev}:${stat.ino}`;
}
