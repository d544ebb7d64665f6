// `cordon pin`: a profile's source -> package-lock.json and pins.json. The tree digests of all platforms come from one
// download: each package is unpacked once, and the trees are put together from what was hashed.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../digest.ts';
import { digestFromHex } from '../digest.ts';
import { CordonError } from '../errors.ts';
import {
  caseCollisionFound,
  commandNotInPackage,
  entryNotFound,
  pinImpossible,
  pinUnwritable,
} from '../messages/store.ts';
import { formatPins } from '../pins/format.ts';
import { loadPins, PINS_FILE } from '../pins/load.ts';
import { parsePins } from '../pins/parse.ts';
import type { PackagePins, Pins } from '../pins/schema.ts';
import { PLATFORMS, type Platform } from '../platform.ts';
import type { Profile } from '../profile/schema.ts';
import { type Lockfile, packagesFor } from '../resolve/lockfile.ts';
import { LOCKFILE, lockfileDigest, packageOf } from '../resolve/resolve.ts';
import { sha256Hex } from '../sha256.ts';
import { openFolder } from '../verify/descriptor.ts';
import { caseCollision, type FileEntry, formatManifest } from '../verify/manifest.ts';
import { walkTree } from '../verify/tree-walk.ts';
import { assembleTree } from './assemble.ts';
import { writeTogether } from './atomic-write.ts';
import { fetchTarball } from './fetch-tarball.ts';
import { resolveLockfile } from './ideal-tree.ts';
import type { NpmOptions } from './npm-options.ts';
import { commandsOf, installScriptsOf } from './package-json.ts';
import { AT_ONCE, type OnPlaced } from './place-packages.ts';
import { inPool } from './pool.ts';
import { removeTree } from './staging.ts';
import { isStoreFault } from './store-fault.ts';
import { unpackTarball } from './unpack.ts';
import { type FetchablePackage, fetchable } from './waves.ts';

export interface PinReport {
  readonly pins: PackagePins;
  /** Packages in all platforms' trees together. */
  readonly packages: number;
  /** Packages that npm would have run scripts of; Cordon never does. */
  readonly scripts: ReadonlyArray<{ readonly package: string; readonly scripts: readonly string[] }>;
  readonly trees: Readonly<Record<Platform, { readonly files: number }>>;
}

/**
 * Resolves, hashes, and replaces both files of the profile's folder.
 * @param scratch an empty private folder; the caller removes it
 * @throws CordonError PACKAGE_UNAVAILABLE, INTEGRITY_MISMATCH, TREE_UNSAFE, ENTRY_NOT_FOUND, PLATFORM_UNSUPPORTED,
 * STORE_UNWRITABLE
 */
export async function pinProfile(
  profile: Profile,
  npm: NpmOptions,
  scratch: string,
  onPlaced: OnPlaced,
): Promise<PinReport> {
  checkWritable(profile.folder);
  const ideal = path.join(scratch, 'ideal');
  fs.mkdirSync(ideal);
  const { text, lockfile } = await resolveLockfile(profile, npm, ideal);
  const packages = packagesOf(lockfile);
  const hashed = await hashPackages(packages, npm, path.join(scratch, 'packages'), onPlaced);
  const entry = entryOf(profile, hashed);
  const trees = treesOf(lockfile, hashed, entry);
  const pins: PackagePins = {
    schema: 1,
    package: packageOf(profile),
    lockfile: lockfileDigest(Buffer.from(text)),
    entry,
    trees: mapPlatforms((platform) => trees[platform].digest),
  };
  const written = formatPins({ ...pins, ...lastApproved(profile) });
  // A file with a space in its name can be in a tree and still be no entry: not to be found out at the next start.
  const parsed = parsePins(written);
  if (!parsed.ok) throw pinImpossible(packageOf(profile), `it starts ${entry}`, parsed.faults);
  write(profile.folder, text, written);
  return {
    pins,
    packages: packages.length,
    scripts: [...hashed.values()].flatMap(({ spec, scripts }) =>
      scripts.length === 0 ? [] : [{ package: spec, scripts }],
    ),
    trees,
  };
}

/**
 * Stays as it is: the next review shows what changed since. It approves nothing that is new, for its digest binds the package
 * as well.
 */
function lastApproved(profile: Profile): Pick<Pins, 'definitions' | 'approval'> {
  try {
    const { definitions, approval } = loadPins(profile);
    return { definitions, approval };
  } catch (thrown) {
    // None yet, or none that can be read: pinning is the cure for that.
    if (thrown instanceof CordonError) return { definitions: [], approval: undefined };
    throw thrown;
  }
}

/** Before minutes of work: a shipped profile's folder may belong to root. */
function checkWritable(folder: string): void {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
  } catch (error) {
    throw pinUnwritable(folder, error);
  }
}

/** Of all platforms together, each once. */
function packagesOf(lockfile: Lockfile): FetchablePackage[] {
  const packages = new Map<string, FetchablePackage>();
  for (const platform of PLATFORMS)
    for (const locked of fetchable(packagesFor(lockfile, platform))) packages.set(locked.path, locked);
  return [...packages.values()];
}

interface HashedPackage {
  readonly spec: string;
  readonly entries: readonly FileEntry[];
  readonly commands: ReadonlyMap<string, string>;
  readonly scripts: readonly string[];
}

/** By integrity: one package that stands in several places is fetched once. */
async function hashPackages(
  packages: readonly FetchablePackage[],
  npm: NpmOptions,
  scratch: string,
  onPlaced: OnPlaced,
): Promise<ReadonlyMap<string, HashedPackage>> {
  const distinct = [...new Map(packages.map((locked) => [keyOf(locked), locked])).values()];
  const hashed = new Map<string, HashedPackage>();
  await inPool(distinct, AT_ONCE, async (locked) => {
    const spec = `${locked.name}@${locked.version}`;
    const folder = path.join(scratch, crypto.randomUUID());
    await unpackTarball(await fetchTarball(locked, npm), spec, folder);
    const opened = openFolder(folder);
    try {
      const { entries } = walkTree(opened, '', { owner: 'user' });
      hashed.set(keyOf(locked), {
        spec,
        entries,
        commands: commandsOf(folder),
        scripts: installScriptsOf(folder),
      });
    } finally {
      fs.closeSync(opened.fd);
      removeTree(folder);
    }
    onPlaced(hashed.size, distinct.length);
  });
  return hashed;
}

function keyOf(locked: FetchablePackage): string {
  return `${locked.name}@${locked.version} ${locked.integrity}`;
}

/** From the package's own `bin`: what starts is pinned, and not looked up again at launch (SC-14). */
function entryOf({ source }: Profile, hashed: ReadonlyMap<string, HashedPackage>): string {
  const spec = `${source.package}@${source.version}`;
  const commands =
    [...hashed.values()].find((candidate) => candidate.spec === spec)?.commands ?? new Map<string, string>();
  const names = [...commands.keys()];
  const name = source.bin ?? (names.length === 1 ? names[0] : undefined);
  const file = name === undefined ? undefined : commands.get(name);
  if (file === undefined) throw commandNotInPackage(spec, source.bin, names);
  return `node_modules/${source.package}/${file}`;
}

function treesOf(
  lockfile: Lockfile,
  hashed: ReadonlyMap<string, HashedPackage>,
  entry: string,
): Record<Platform, { readonly digest: Digest; readonly files: number }> {
  return mapPlatforms((platform) => {
    const packages = fetchable(packagesFor(lockfile, platform));
    const tree = assembleTree(packages, (locked) => hashed.get(keyOf(locked))?.entries ?? []);
    if (!tree.some((candidate) => candidate.kind === 'file' && candidate.path === entry))
      throw entryNotFound(entry);
    const collision = caseCollision(tree.map((candidate) => candidate.path));
    if (collision !== undefined) throw caseCollisionFound(...collision);
    return { digest: digestFromHex(sha256Hex(formatManifest(tree))), files: tree.length };
  });
}

function mapPlatforms<T>(value: (platform: Platform) => T): Record<Platform, T> {
  return Object.fromEntries(PLATFORMS.map((platform) => [platform, value(platform)])) as Record<Platform, T>;
}

function write(folder: string, lockfile: string, pins: string): void {
  try {
    writeTogether([
      [path.join(folder, LOCKFILE), lockfile],
      [path.join(folder, PINS_FILE), pins],
    ]);
  } catch (error) {
    throw isStoreFault(error) ? pinUnwritable(folder, error) : error;
  }
}
