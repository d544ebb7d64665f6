// Whether only root can change a file: policy that the user can edit is no policy (design 2.8).
import fs from 'node:fs';
import path from 'node:path';
import { installationUnsafe } from '../messages.ts';

const WRITABLE_BY_OTHERS = 0o022;

/** Why this owner and mode are not safe, as the end of a sentence; undefined when they are. */
export function ownershipFault(stat: { readonly uid: number; readonly mode: number }): string | undefined {
  if (stat.uid !== 0) return `must belong to root, but belongs to user ${stat.uid}`;
  if ((stat.mode & WRITABLE_BY_OTHERS) !== 0)
    return `must not be writable by group or others, but has mode ${(stat.mode & 0o7777).toString(8).padStart(4, '0')}`;
  return undefined;
}

/**
 * Checks the file and every folder above it, as named and as links resolve: who can write to a folder can replace what
 * is in it.
 * @throws CordonError INSTALLATION_UNSAFE naming the first that is not root's alone
 */
export function requireRootOwned(file: string): void {
  for (const start of new Set([path.resolve(file), realPath(file)])) {
    for (let current = start; ; current = path.dirname(current)) {
      const stat = fs.lstatSync(current);
      // The mode of a link means nothing; its folder and its target are checked.
      const fault = ownershipFault(stat.isSymbolicLink() ? { uid: stat.uid, mode: 0 } : stat);
      if (fault !== undefined) throw installationUnsafe(current, fault);
      if (current === path.dirname(current)) break;
    }
  }
}

function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    throw installationUnsafe(file, 'cannot be looked at by this user');
  }
}
