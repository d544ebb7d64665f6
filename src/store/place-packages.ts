// The packages of a lockfile -> a tree of files, as npm would place them, with no script run and no link made.
import fs from 'node:fs';
import path from 'node:path';
import { packageTooLarge } from '../messages/store.ts';
import type { LockedPackage } from '../resolve/lockfile.ts';
import { fetchTarball } from './fetch-tarball.ts';
import { LIMITS } from './limits.ts';
import type { NpmOptions } from './npm-options.ts';
import { inPool } from './pool.ts';
import { removeTree } from './staging.ts';
import { unpackTarball } from './unpack.ts';
import { fetchable, wavesOf } from './waves.ts';

/** Packages fetched and unpacked at once. */
export const AT_ONCE = 12;

/** Called after each package. */
export type OnPlaced = (done: number, total: number) => void;

/**
 * @param tree empty folder
 * @throws CordonError INTEGRITY_MISMATCH, PACKAGE_UNAVAILABLE, TREE_UNSAFE
 */
export async function placePackages(
  packages: readonly LockedPackage[],
  npm: NpmOptions,
  tree: string,
  onPlaced: OnPlaced,
): Promise<void> {
  const wanted = fetchable(packages);
  const total = { packages: 0, files: 0, bytes: 0 };
  for (const wave of wavesOf(wanted)) {
    await inPool(wave, AT_ONCE, async (locked) => {
      const tarball = await fetchTarball(locked, npm);
      const folder = path.join(tree, locked.path);
      if (fs.existsSync(folder)) removeTree(folder);
      const unpacked = await unpackTarball(tarball, `${locked.name}@${locked.version}`, folder);
      total.packages += 1;
      total.files += unpacked.files;
      total.bytes += unpacked.bytes;
      if (total.files > LIMITS.treeFiles || total.bytes > LIMITS.treeBytes)
        throw packageTooLarge('the lockfile', 'all of it', LIMITS.treeBytes);
      onPlaced(total.packages, wanted.length);
    });
  }
}
