// Who can change what a path leads to. A file is as safe as the folders and links on the way to it.
import fs from 'node:fs';
import path from 'node:path';
import { secretWords } from '../messages/secrets.ts';

export interface FileUser {
  readonly uid: number;
  readonly gid: number;
}

const GROUP_WRITE = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;
/** As many as Linux follows. */
const MAX_LINKS = 40;

/**
 * How somebody else could put another file in its place, as the end of a sentence.
 * @param groups `trusted`: those that may install programs, as the staff of Debian may in /usr/local
 * @throws what lstat does
 */
export function placeFault(
  file: string,
  { uid, gid }: FileUser,
  groups: 'trusted' | 'others' = 'others',
): string | undefined {
  for (const { place, stat } of placesOf(file)) {
    if (stat.uid !== 0 && stat.uid !== uid)
      return stat.isSymbolicLink()
        ? secretWords.linkOfAnother(place, stat.uid)
        : secretWords.folderOfAnother(place, stat.uid);
    // The mode of a link means nothing. In a sticky folder (/tmp) others may add, but not replace what is there. A group
    // that is the user's own is the user.
    const isOwnGroup = stat.gid === gid || (groups === 'trusted' && mayInstall(stat, process.platform));
    const isOpen =
      !stat.isSymbolicLink() &&
      (stat.mode & STICKY) === 0 &&
      ((stat.mode & OTHERS_WRITE) !== 0 || ((stat.mode & GROUP_WRITE) !== 0 && !isOwnGroup));
    if (isOpen) return secretWords.folderOpen(place);
  }
  return undefined;
}

/**
 * Whether who shares this folder may install programs for everybody: a folder that root shares, and on macOS the group of its
 * administrators (admin, 80), to which the folders of Homebrew belong.
 */
export function mayInstall(
  { uid, gid }: { readonly uid: number; readonly gid: number },
  platform: NodeJS.Platform,
): boolean {
  return uid === 0 || (platform === 'darwin' && gid === 80);
}

interface Place {
  readonly place: string;
  readonly stat: fs.Stats;
}

/** Every folder and every link that the kernel passes on its way, in that order. */
function placesOf(file: string): readonly Place[] {
  const passed: Place[] = [];
  let rest = namesOf(file);
  let folder = '/';
  for (let links = 0; links <= MAX_LINKS; ) {
    passed.push({ place: folder, stat: fs.lstatSync(folder) });
    const [name, ...more] = rest;
    if (name === undefined) return passed.slice(0, -1);
    const next = path.join(folder, name);
    const stat = fs.lstatSync(next);
    if (!stat.isSymbolicLink()) {
      [folder, rest] = [next, more];
      continue;
    }
    links += 1;
    passed.push({ place: next, stat });
    // What was passed so far is no link: `..` means what it says.
    [folder, rest] = ['/', [...namesOf(path.resolve(folder, fs.readlinkSync(next))), ...more]];
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
}

function namesOf(absolute: string): readonly string[] {
  return absolute.split('/').filter((name) => name !== '');
}
