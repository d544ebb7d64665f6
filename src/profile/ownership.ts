// Whether only root can change a file: policy that the user can edit is no policy (design 2.8).
import fs from 'node:fs';
import path from 'node:path';
import { installationUnsafe } from '../messages/usage.ts';

const WRITABLE_BY_OTHERS = 0o022;

/** Why this owner and mode are not safe, as the end of a sentence; undefined when they are. */
export function ownershipFault(stat: { readonly uid: number; readonly mode: number }): string | undefined {
  if (stat.uid !== 0) return `must belong to root, but belongs to user ${stat.uid}`;
  if ((stat.mode & WRITABLE_BY_OTHERS) !== 0)
    return `must not be writable by group or others, but has mode ${(stat.mode & 0o7777).toString(8).padStart(4, '0')}`;
  return undefined;
}

/**
 * Checks the file, every folder above it, and each link on the way with the folders above what it says: who can write to a
 * folder can replace what is in it, and where a link leads that another link names.
 * @throws CordonError INSTALLATION_UNSAFE naming the last on the way that is not root's alone
 */
export function requireRootOwned(file: string): void {
  requireRoots(wayTo(path.resolve(file), 'must-exist'));
}

/**
 * The same for what need not be there: who can write to the last folder on the way that is, can make it or has taken it away.
 * @throws CordonError INSTALLATION_UNSAFE
 */
export function requireRootDecides(file: string): void {
  requireRoots(wayTo(path.resolve(file), 'may-be-missing'));
}

function requireRoots(steps: Iterable<Step>): void {
  for (const { place, stat } of [...steps].toReversed()) {
    const fault = stepFault(stat);
    if (fault !== undefined) throw installationUnsafe(place, fault);
  }
}

/** As `ownershipFault`. The mode of a link means nothing; its folder and its target are checked. */
export function stepFault(stat: fs.Stats): string | undefined {
  return ownershipFault(stat.isSymbolicLink() ? { uid: stat.uid, mode: 0 } : stat);
}

interface Step {
  readonly place: string;
  readonly stat: fs.Stats;
}

/** As many links as the kernel follows. */
const MAX_LINKS = 40;

type Presence = 'must-exist' | 'may-be-missing';

/** Everything that the kernel looks at to find the file, in its order, as far as this user may look. @param file absolute */
export function* wayTo(file: string, presence: Presence): Generator<Step, void> {
  yield { place: '/', stat: fs.lstatSync('/') };
  const ahead = file.split('/');
  let folder = '/';
  let links = 0;
  for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      folder = path.dirname(folder);
      continue;
    }
    const place = path.join(folder, name);
    const stat = lookAt(place, file, presence);
    if (stat === undefined) break;
    yield { place, stat };
    if (!stat.isSymbolicLink()) {
      folder = place;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) throw installationUnsafe(file, 'leads through too many links');
    const target = fs.readlinkSync(place);
    ahead.unshift(...target.split('/'));
    if (target.startsWith('/')) folder = '/';
  }
}

/**
 * The links on the way to a file, each by where it stands and not by where it leads: who can write there can turn it elsewhere, and
 * neither the name of the file nor its real path says so where one link leads to another. What this user may not look at, no
 * server of this user can change.
 */
export function linksTo(file: string): readonly string[] {
  const links: string[] = [];
  try {
    for (const { place, stat } of wayTo(file, 'may-be-missing')) if (stat.isSymbolicLink()) links.push(place);
  } catch {
    // As far as it can be followed.
  }
  return links;
}

function lookAt(place: string, file: string, presence: Presence): fs.Stats | undefined {
  try {
    return fs.lstatSync(place, { throwIfNoEntry: presence === 'must-exist' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    throw installationUnsafe(file, 'cannot be looked at by this user');
  }
}
