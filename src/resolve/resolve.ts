// Profile + lockfile + pins -> what exactly is to be run on this platform. Nothing is fetched or installed here.
import path from 'node:path';
import { type Digest, digestFromHex, shortDigest } from '../digest.ts';
import { quote } from '../escape.ts';
import { lockfileInvalid, lockfileMissing, lockfileUnreadable, pinStale } from '../messages/resolve.ts';
import { platformUnsupported } from '../messages/sandbox.ts';
import { loadPackagePins, loadPins } from '../pins/load.ts';
import type { PackagePins, Pins } from '../pins/schema.ts';
import { type Platform, platformOf } from '../platform.ts';
import { requireRootOwned } from '../profile/ownership.ts';
import { decodeUtf8, readSmallFile } from '../profile/read-file.ts';
import type { Profile } from '../profile/schema.ts';
import { sha256Hex } from '../sha256.ts';

export const LOCKFILE = 'package-lock.json';
const MAX_BYTES = 16 * 1024 * 1024;

export interface ResolvedServer {
  readonly profile: Profile;
  readonly pins: Pins;
  /** Bytes of package-lock.json, whose digest equals `pins.lockfile`. Only `install` parses them. */
  readonly lockfile: Uint8Array;
  readonly platform: Platform;
  /** Digest of the tree manifest that the installed package must have. */
  readonly digest: Digest;
  /** The server's entry file, relative to the tree, forward slashes. */
  readonly entry: string;
}

/**
 * Reads pins.json and package-lock.json of the profile's folder. The lockfile is hashed here and not parsed: `run` needs
 * only that it is the pinned one.
 * @throws CordonError PINS_MISSING, PINS_INVALID, LOCKFILE_MISSING, PIN_STALE, PLATFORM_UNSUPPORTED; INSTALLATION_UNSAFE
 * for a managed profile
 */
export function resolveServer(profile: Profile, platform: Platform = currentPlatform()): ResolvedServer {
  const pins = loadPins(profile);
  const lockfile = loadLockfile(profile);
  refuseStale(profile, pins, lockfile);
  return { profile, pins, lockfile, platform, digest: pins.trees[platform], entry: pins.entry };
}

/** As `resolveServer`, of the package alone: what the pins say of definitions is not looked at. */
export function resolvePackage(
  profile: Profile,
  platform: Platform = currentPlatform(),
): { readonly pins: PackagePins; readonly digest: Digest } {
  const pins = loadPackagePins(profile);
  refuseStale(profile, pins, loadLockfile(profile));
  return { pins, digest: pins.trees[platform] };
}

function currentPlatform(): Platform {
  const platform = platformOf(process.platform, process.arch);
  if (platform === undefined) throw platformUnsupported(`${process.platform}-${process.arch}`);
  return platform;
}

/** @throws CordonError PIN_STALE when the profile or the lockfile is not the one that was pinned */
function refuseStale(profile: Profile, pins: PackagePins, lockfile: Uint8Array): void {
  const stale: string[] = [];
  const source = packageOf(profile);
  if (pins.package !== source)
    stale.push(`the profile names ${source}, the pins are for ${quote(pins.package)}`);
  const digest = lockfileDigest(lockfile);
  if (pins.lockfile !== digest)
    stale.push(`package-lock.json is ${shortDigest(digest)}, the pins are for ${shortDigest(pins.lockfile)}`);
  if (stale.length > 0) throw pinStale(stale, profile.name);
}

/** `name@version`, as pins.json has it. */
export function packageOf(profile: Pick<Profile, 'source'>): string {
  return `${profile.source.package}@${profile.source.version}`;
}

export function lockfileDigest(lockfile: Uint8Array): Digest {
  return digestFromHex(sha256Hex(lockfile));
}

/** @throws CordonError LOCKFILE_MISSING, LOCKFILE_INVALID; INSTALLATION_UNSAFE for a managed profile */
function loadLockfile(profile: Pick<Profile, 'name' | 'folder' | 'origin'>): Uint8Array {
  const file = path.join(profile.folder, LOCKFILE);
  const read = readSmallFile(file, MAX_BYTES);
  if (read.kind === 'missing') throw lockfileMissing(profile.name);
  if (read.kind === 'unreadable') throw lockfileUnreadable(file, read.why);
  if (profile.origin === 'managed') requireRootOwned(file);
  return read.bytes;
}

/** Its text, for `parseLockfile`. */
export function lockfileText(lockfile: Uint8Array): string {
  const text = decodeUtf8(lockfile);
  if (text === undefined) throw lockfileInvalid(['(top level): is not UTF-8']);
  return text;
}
