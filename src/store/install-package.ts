// One pinned package -> the store. Put together in a private folder, hashed, compared with the pin, and only then
// renamed to its place: whatever ends this early leaves nothing that looks installed.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type Digest, shortDigest } from '../digest.ts';
import { CordonError } from '../errors.ts';
import type { Installation } from '../installation.ts';
import { caseCollisionFound, installedTreeDiffers } from '../messages/store.ts';
import { packagesFor, parseLockfile } from '../resolve/lockfile.ts';
import { requireSource } from '../resolve/match-source.ts';
import { lockfileText, type ResolvedServer } from '../resolve/resolve.ts';
import { sha256Hex } from '../sha256.ts';
import { openFolder } from '../verify/descriptor.ts';
import { caseCollision, formatManifest } from '../verify/manifest.ts';
import { chooseShares, formatShares } from '../verify/shares.ts';
import { walkTree } from '../verify/tree-walk.ts';
import { verifyPackage } from '../verify/verify-package.ts';
import { flushToDisk } from './flush.ts';
import { layoutIn, type PackageLayout, packageLayout } from './layout.ts';
import type { NpmOptions } from './npm-options.ts';
import { type OnPlaced, placePackages } from './place-packages.ts';
import { createStaging, removeTree, sweepStaging } from './staging.ts';
import { onStore } from './store-fault.ts';

export interface InstalledPackage {
  readonly status: 'installed' | 'present' | 'repaired';
  readonly digest: Digest;
  readonly files: number;
  readonly bytes: number;
}

/**
 * @throws CordonError INTEGRITY_MISMATCH, PACKAGE_UNAVAILABLE, TREE_CHANGED (the lockfile does not make the pinned
 * tree), TREE_UNSAFE, STORE_UNWRITABLE, LOCKFILE_INVALID, PLATFORM_UNSUPPORTED, INSTALLATION_UNSAFE
 */
export async function installPackage(
  server: ResolvedServer,
  installation: Installation,
  npm: () => Promise<NpmOptions>,
  onPlaced: OnPlaced,
): Promise<InstalledPackage> {
  const before = await inspect(server, installation);
  if (before.state === 'valid') return { status: 'present', digest: server.digest, ...before.size };
  // Before anything is fetched: a lockfile that cannot be used needs no network to be refused.
  const lockfile = parseLockfile(lockfileText(server.lockfile));
  requireSource(lockfile, server.profile.source);
  const packages = packagesFor(lockfile, server.platform);
  return onStore(installation.store, async () => {
    sweepStaging(installation.store);
    const staging = createStaging(installation.store);
    try {
      const staged = layoutIn(staging);
      fs.mkdirSync(staged.tree, { mode: 0o755 });
      await placePackages(packages, await npm(), staged.tree, onPlaced);
      const size = seal(staged, server);
      await flushToDisk(staging);
      const status = await moveIntoPlace(staging, server, installation);
      return {
        status: before.state === 'damaged' && status === 'installed' ? 'repaired' : status,
        digest: server.digest,
        ...size,
      };
    } finally {
      removeTree(staging);
    }
  });
}

type Inspection =
  | { readonly state: 'valid'; readonly size: { readonly files: number; readonly bytes: number } }
  | { readonly state: 'absent' | 'damaged' };

async function inspect(server: ResolvedServer, installation: Installation): Promise<Inspection> {
  try {
    const { treeFd, files, bytes } = await verifyPackage(server, installation);
    fs.closeSync(treeFd);
    return { state: 'valid', size: { files, bytes } };
  } catch (error) {
    if (!(error instanceof CordonError)) throw error;
    if (error.code === 'PACKAGE_NOT_INSTALLED') return { state: 'absent' };
    if (error.code === 'TREE_CHANGED' || error.code === 'TREE_UNSAFE') return { state: 'damaged' };
    // A pin whose entry is not in its own tree, a store that others can write: installing again cures neither.
    throw error;
  }
}

/** Makes the staged tree read-only, compares it with the pin, and writes what lies beside it. */
function seal(
  staged: PackageLayout,
  server: ResolvedServer,
): { readonly files: number; readonly bytes: number } {
  makeReadOnly(staged.tree);
  const tree = openFolder(staged.tree);
  try {
    const { entries, bytes } = walkTree(tree, '', { owner: 'user' });
    const collision = caseCollision(entries.map((entry) => entry.path));
    if (collision !== undefined) throw caseCollisionFound(...collision);
    const manifest = formatManifest(entries);
    const found = `sha256:${sha256Hex(manifest)}`;
    if (found !== server.digest)
      throw installedTreeDiffers(server.profile.name, shortDigest(server.digest), found.slice(0, 19));
    const sizes = entries.map((entry) => ({
      path: entry.path,
      bytes: fs.statSync(path.join(staged.tree, entry.path)).size,
    }));
    fs.writeFileSync(staged.manifest, manifest, { mode: 0o444, flag: 'wx' });
    fs.writeFileSync(staged.shares, formatShares(chooseShares(sizes)), { mode: 0o444, flag: 'wx' });
    return { files: entries.length, bytes };
  } finally {
    fs.closeSync(tree.fd);
  }
}

function makeReadOnly(folder: string): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) makeReadOnly(place);
    else fs.chmodSync(place, (fs.lstatSync(place).mode & 0o100) === 0 ? 0o444 : 0o555);
  }
  fs.chmodSync(folder, 0o555);
}

/** Others may be installing the same package: whoever comes first wins, and all trees of one digest are equal. */
async function moveIntoPlace(
  staging: string,
  server: ResolvedServer,
  installation: Installation,
): Promise<'installed' | 'present'> {
  const { folder } = packageLayout(installation.store, server.digest);
  fs.chmodSync(staging, 0o755);
  for (let attempt = 0; ; attempt += 1) {
    try {
      fs.renameSync(staging, folder);
      return 'installed';
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (attempt === 3 || (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR')) throw error;
    }
    const there = await inspect(server, installation);
    if (there.state === 'valid') return 'present';
    setAside(folder, installation.store);
  }
}

/** Out of the way in one step, then removed; a server that still runs from it keeps its open files. */
function setAside(folder: string, store: string): void {
  const aside = createStaging(store);
  try {
    fs.renameSync(folder, path.join(aside, crypto.randomUUID()));
  } catch (error) {
    // Another install was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    removeTree(aside);
  }
}
