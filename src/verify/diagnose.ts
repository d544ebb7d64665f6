// Names what changed in a tree whose digest is not the pin. Only here is MANIFEST read; it may be changed as well,
// but it says whether it is: its sha256 is the pin.
import fs from 'node:fs';
import { digestHex, type Digest } from '../digest.ts';
import type { CordonError } from '../errors.ts';
import { changeLine, treeChanged } from '../messages/store.ts';
import { readSmallFile } from '../profile/read-file.ts';
import { sha256Hex } from '../sha256.ts';
import type { PackageLayout } from '../store/layout.ts';
import { type Change, compareTrees } from './compare.ts';
import { openFolder } from './descriptor.ts';
import { parseManifest, type TreeEntry } from './manifest.ts';
import { type TreeOwner, walkTree } from './tree-walk.ts';

export function diagnoseTree(
  server: { readonly digest: Digest; readonly profile: { readonly name: string } },
  layout: PackageLayout,
  owner: TreeOwner,
): CordonError {
  const changes = treeChanges(server.digest, layout, owner) ?? [];
  return treeChanged(server.profile.name, changes.map(changeLine));
}

/**
 * What differs from the pinned tree, hashing everything again in this process. Undefined when MANIFEST is missing or
 * changed, so that nobody can say which file it is.
 * @throws CordonError TREE_UNSAFE
 */
export function treeChanges(digest: Digest, layout: PackageLayout, owner: TreeOwner): Change[] | undefined {
  const expected = pinnedEntries(digest, layout.manifest);
  if (expected === undefined) return undefined;
  const tree = openFolder(layout.tree);
  try {
    return compareTrees(expected, walkTree(tree, '', { owner }).entries);
  } finally {
    fs.closeSync(tree.fd);
  }
}

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

function pinnedEntries(digest: Digest, file: string): TreeEntry[] | undefined {
  try {
    const read = readSmallFile(file, MAX_MANIFEST_BYTES);
    if (read.kind !== 'ok') return undefined;
    const text = read.bytes;
    return sha256Hex(text) === digestHex(digest) ? parseManifest(text.toString()) : undefined;
  } catch {
    return undefined;
  }
}
