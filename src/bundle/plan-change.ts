// The policy that is there and the one that is wanted -> what would be changed, file by file. Pure.
import type { ArchivedFile } from './archive.ts';

export interface PolicyChange {
  readonly what: 'create' | 'replace' | 'own' | 'remove';
  /** Below the folder of the policy. */
  readonly path: string;
}

/** Something that is there now. */
export interface FoundEntry {
  readonly path: string;
  /** `other`: a link, a socket … */
  readonly kind: 'file' | 'folder' | 'other';
  /** Of files alone. */
  readonly content?: Buffer;
  /** Owner, group and mode are the wanted ones, and a file has no second name. */
  readonly isAs: boolean;
}

/** Sorted by path; nothing when all is as it should be. */
export function planChange(
  found: readonly FoundEntry[],
  wanted: readonly ArchivedFile[],
): readonly PolicyChange[] {
  const before = new Map(found.map((entry) => [entry.path, entry]));
  const folders = new Set(wanted.flatMap(({ path }) => foldersAbove(path)));
  const named = new Set(wanted.map(({ path }) => path));
  const changes: PolicyChange[] = [];
  for (const { path, content } of wanted) {
    const entry = before.get(path);
    if (entry === undefined) changes.push({ what: 'create', path });
    else if (entry.content?.equals(content) !== true) changes.push({ what: 'replace', path });
    else if (!entry.isAs) changes.push({ what: 'own', path });
  }
  for (const { path, kind, isAs } of found) {
    if (kind === 'folder' && folders.has(path)) {
      if (!isAs) changes.push({ what: 'own', path });
    } else if (!named.has(path)) changes.push({ what: 'remove', path });
  }
  return changes.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/** `profiles/memory/profile.json` -> `profiles`, `profiles/memory`. */
function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
