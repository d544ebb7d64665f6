// Where things are in the store. Pure: names only.
import path from 'node:path';
import { type Digest, digestHex } from '../digest.ts';

export interface PackageLayout {
  /** `<store>/<64 hex>`, named by the tree digest. */
  readonly folder: string;
  /** What gets hashed and mounted. */
  readonly tree: string;
  /** The tree manifest, for naming what changed. Needs no trust: its sha256 is the folder's name. */
  readonly manifest: string;
  /** Which folders a second process hashes (verify/shares.ts). Needs no trust: it changes who hashes, not what. */
  readonly shares: string;
}

export function packageLayout(store: string, digest: Digest): PackageLayout {
  return layoutIn(path.join(store, digestHex(digest)));
}

/** The same layout in a folder of any name: how a package is staged. */
export function layoutIn(folder: string): PackageLayout {
  return {
    folder,
    tree: path.join(folder, 'tree'),
    manifest: path.join(folder, 'MANIFEST'),
    shares: path.join(folder, 'SHARES'),
  };
}

/** The record of the interpreter that servers run on. */
export function runtimeRecordFile(store: string): string {
  return path.join(store, 'runtimes', 'node.json');
}
