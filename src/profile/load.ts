// Name -> profile. A broken profile is an error and never a reason to look for another one.
import fs from 'node:fs';
import path from 'node:path';
import { CordonError } from '../errors.ts';
import type { Installation } from '../installation.ts';
import { profileInvalid, profileNotFound, profileUnreadable } from '../messages/profile.ts';
import { closest } from '../json/closest.ts';
import { requireRootDecides, requireRootOwned } from './ownership.ts';
import { parseProfile } from './parse.ts';
import { decodeUtf8, readSmallFile } from './read-file.ts';
import { PROFILE_NAME, type Profile, type ProfileDocument } from './schema.ts';

const PROFILE_FILE = 'profile.json';
const MAX_BYTES = 1024 * 1024;

export type ProfileOrigin = Profile['origin'];

export interface ProfileListing {
  readonly name: string;
  readonly origin: ProfileOrigin;
  readonly folder: string;
  readonly status:
    | { readonly kind: 'loaded'; readonly profile: Profile }
    | { readonly kind: 'failed'; readonly error: CordonError }
    /** An earlier folder has the same name; this one is never used. */
    | { readonly kind: 'shadowed'; readonly by: ProfileOrigin };
}

/**
 * The profile of that name from the first folder that has it.
 * @throws CordonError PROFILE_NOT_FOUND, PROFILE_UNREADABLE, PROFILE_INVALID; INSTALLATION_UNSAFE when managed
 */
export function loadProfile(name: string, installation: Installation): Profile {
  const isManaged = installation.mode === 'managed';
  // Before any path is built from it.
  const place = PROFILE_NAME.test(name)
    ? installation.profileFolders.find((folder) => isThere(path.join(folder.path, name), isManaged))
    : undefined;
  if (place === undefined) {
    const known = [...new Set(folders(installation).map((folder) => folder.name))];
    throw profileNotFound(known, closest(name.slice(0, 64), known));
  }
  return loadFrom(path.join(place.path, name), name, place.origin, isManaged);
}

/** Every profile folder there is, by name; also those that cannot be used, with the reason. */
export function listProfiles(installation: Installation): readonly ProfileListing[] {
  const first = new Map<string, ProfileOrigin>();
  return folders(installation).map(({ name, origin, folder }): ProfileListing => {
    const by = first.get(name);
    if (by !== undefined) return { name, origin, folder, status: { kind: 'shadowed', by } };
    first.set(name, origin);
    try {
      const profile = loadFrom(folder, name, origin, installation.mode === 'managed');
      return { name, origin, folder, status: { kind: 'loaded', profile } };
    } catch (thrown) {
      if (thrown instanceof CordonError)
        return { name, origin, folder, status: { kind: 'failed', error: thrown } };
      throw thrown;
    }
  });
}

function loadFrom(folder: string, name: string, origin: ProfileOrigin, isManaged: boolean): Profile {
  const stat = fs.lstatSync(folder);
  // A link may lead out of the folder that the administrator looks after.
  if (!stat.isDirectory())
    throw profileUnreadable(folder, stat.isSymbolicLink() ? 'is a symbolic link' : 'is not a folder');
  const file = path.join(folder, PROFILE_FILE);
  return { ...readProfile(file, isManaged), name, folder, origin };
}

function readProfile(file: string, isManaged: boolean): ProfileDocument {
  const read = readSmallFile(file, MAX_BYTES);
  switch (read.kind) {
    case 'missing':
      throw profileUnreadable(file, 'does not exist');
    case 'unreadable':
      throw profileUnreadable(file, read.why, read.cause);
    case 'ok':
      break;
  }
  if (isManaged) requireRootOwned(file);
  const text = decodeUtf8(read.bytes);
  if (text === undefined) throw profileInvalid(['(top level): is not UTF-8'], file);
  const parsed = parseProfile(text);
  if (!parsed.ok) throw profileInvalid(parsed.faults, file);
  return parsed.document;
}

/** Folders with a profile's name, sorted by name, those of earlier profile folders first. */
function folders(
  installation: Installation,
): ReadonlyArray<{ readonly name: string; readonly origin: ProfileOrigin; readonly folder: string }> {
  return installation.profileFolders
    .flatMap((place) =>
      entriesOf(place.path)
        .filter((entry) => PROFILE_NAME.test(entry.name) && (entry.isDirectory() || entry.isSymbolicLink()))
        .map((entry) => ({
          name: entry.name,
          origin: place.origin,
          folder: path.join(place.path, entry.name),
        })),
    )
    .toSorted((one, other) => (one.name === other.name ? 0 : one.name < other.name ? -1 : 1));
}

/** None when there is no such folder. */
function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw profileUnreadable(folder, `cannot be read (${String(code)})`, thrown);
  }
}

/** A managed profile that somebody else than root could have taken away is not passed over for another one of its name. */
function isThere(folder: string, isManaged: boolean): boolean {
  if (exists(folder)) return true;
  if (isManaged) requireRootDecides(folder);
  return false;
}

/** By lstat: a dangling link is there too, and is refused rather than passed over. */
function exists(file: string): boolean {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return false;
    // A folder that may not be entered: to go on would be to pass over a profile that nobody has seen.
    throw profileUnreadable(file, `cannot be read (${String(code)})`, thrown);
  }
}
