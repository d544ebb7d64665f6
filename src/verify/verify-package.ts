// ResolvedServer + store -> VerifiedPackage: the only place where one is made.
import fs from 'node:fs';
import type { Installation } from '../installation.ts';
import { entryNotFound, packageNotInstalled, treeUnsafe } from '../messages/store.ts';
import type { ResolvedServer } from '../resolve/resolve.ts';
import { type PackageLayout, packageLayout } from '../store/layout.ts';
import { FILE_FLAGS, type OpenFolder, openFolder, openSubfolder } from './descriptor.ts';
import { diagnoseTree } from './diagnose.ts';
import { hashHere, hashTree } from './hash-tree.ts';
import { checkParents } from './store-folder.ts';
import type { VerifiedPackage } from './verified.ts';

/**
 * Hashes every file of the installed package and compares the tree digest with the pin. The caller owns `treeFd`.
 * @throws CordonError PACKAGE_NOT_INSTALLED, TREE_CHANGED, TREE_UNSAFE, ENTRY_NOT_FOUND or INSTALLATION_UNSAFE
 */
export async function verifyPackage(
  server: ResolvedServer,
  installation: Installation,
  tree: OpenFolder = openPackage(server, installation),
): Promise<VerifiedPackage> {
  const layout = packageLayout(installation.store, server.digest);
  const owner = installation.mode === 'managed' ? 'root' : 'user';
  const sharesFd = openShares(layout.shares);
  try {
    const request = { tree, path: layout.tree, owner, sharesFd } as const;
    const hash = isSmall(layout) ? hashHere(request) : await hashTree(request);
    if (hash.digest !== server.digest) throw diagnoseTree(server, layout, owner);
    // The digest says that no link is on the way; the pin says which file.
    const entry = fs.lstatSync(tree.prefix + server.entry, { throwIfNoEntry: false });
    if (entry?.isFile() !== true) throw entryNotFound(server.entry, server.profile.name);
    return {
      digest: hash.digest,
      treeFd: tree.fd,
      path: layout.tree,
      entry: server.entry,
      files: hash.files,
      bytes: hash.bytes,
      milliseconds: hash.milliseconds,
    } as VerifiedPackage;
  } catch (error) {
    fs.closeSync(tree.fd);
    throw error;
  } finally {
    if (sharesFd !== undefined) fs.closeSync(sharesFd);
  }
}

/** About a hundred files: hashed sooner than a process starts. By a file that needs no trust: it decides only who hashes. */
const SMALL_MANIFEST_BYTES = 12 * 1024;

function isSmall(layout: PackageLayout): boolean {
  const stat = fs.lstatSync(layout.manifest, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size < SMALL_MANIFEST_BYTES;
}

/**
 * Opens the top folder of the installed tree, nothing verified yet: so that the sandbox can be set up around it while
 * it is hashed. verifyPackage() owns it from then on.
 * @throws CordonError PACKAGE_NOT_INSTALLED or INSTALLATION_UNSAFE
 */
export function openPackage(server: ResolvedServer, installation: Installation): OpenFolder {
  const { profile, pins } = server;
  const { folder } = packageLayout(installation.store, server.digest);
  checkParents(folder, installation.mode);
  if (!fs.existsSync(folder)) throw packageNotInstalled(pins.package, profile.name);
  const outer = openFolder(folder);
  try {
    return openSubfolder(outer, 'tree');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw packageNotInstalled(pins.package, profile.name);
    if (code === 'ENOTDIR' || code === 'ELOOP') throw treeUnsafe('.', 'is a symbolic link or not a folder');
    throw error;
  } finally {
    fs.closeSync(outer.fd);
  }
}

/** A hint (shares.ts): without it one process does all the hashing. */
function openShares(file: string): number | undefined {
  try {
    const fd = fs.openSync(file, FILE_FLAGS);
    if (fs.fstatSync(fd).isFile()) return fd;
    fs.closeSync(fd);
  } catch {
    // Missing, a link, or not readable: never a reason to refuse what is whole.
  }
  return undefined;
}
