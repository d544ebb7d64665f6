// The folders above an installed package. Who can rename one of them can put another tree in its place, so each must
// belong to root or the user and be closed to everybody else (as sshd's StrictModes).
import fs from 'node:fs';
import path from 'node:path';
import type { Installation } from '../installation.ts';
import { installationUnsafe } from '../messages/usage.ts';

const STICKY = 0o1000;

/**
 * Checks every folder from `/` down to `folder`, as far as there are any.
 * @throws CordonError INSTALLATION_UNSAFE
 */
export function checkParents(folder: string, mode: Installation['mode']): void {
  let deepest = '/';
  for (const component of componentsOf(folder)) {
    const stat = look(component);
    // Something else in the place of the store: whoever needs a folder there says so.
    if (stat === undefined || !(stat.isDirectory() || stat.isSymbolicLink() || component === folder)) break;
    // Some systems have /home as a link to /var/home, made by root. Nobody else's link is followed.
    if (stat.isSymbolicLink() && (mode === 'managed' || stat.uid !== 0 || component === folder))
      throw installationUnsafe(component, 'is a symbolic link');
    deepest = component;
  }
  for (const component of componentsOf(fs.realpathSync(deepest)))
    checkFolder(component, mode, component === folder);
}

/** Undefined when nothing is there. */
function look(file: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return undefined;
    if (code !== 'EACCES') throw error;
    throw installationUnsafe(path.dirname(file), 'cannot be entered by this user');
  }
}

function checkFolder(folder: string, mode: Installation['mode'], strict: boolean): void {
  const stat = fs.lstatSync(folder);
  const user = process.getuid?.() ?? 0;
  if (!stat.isDirectory()) throw installationUnsafe(folder, 'is not a folder');
  if (stat.uid !== 0 && (mode === 'managed' || stat.uid !== user))
    throw installationUnsafe(folder, `belongs to another user (uid ${stat.uid})`);
  // In a sticky folder (/tmp) nobody can rename what belongs to another.
  if ((stat.mode & STICKY) !== 0 && !strict) return;
  const mine = mode === 'unmanaged' && !strict && stat.gid === process.getgid?.();
  // Many systems give each user a group of their own and create folders as group-writable: that group is the user.
  if ((stat.mode & 0o002) !== 0 || ((stat.mode & 0o020) !== 0 && !mine))
    throw installationUnsafe(folder, 'can be written by other users');
}

/** `/a/b` -> `/`, `/a`, `/a/b`. */
function componentsOf(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [...componentsOf(parent), folder];
}
