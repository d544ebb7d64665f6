import fs from 'node:fs';
import type { Digest } from '../digest.ts';
import { packageLayout } from '../store/layout.ts';

/** `damaged`: something stands at its place that no install leaves behind. */
export type PackageState = 'installed' | 'not-installed' | 'damaged';

/** By looking, not by hashing: `cordon verify` and every launch hash. */
export function packageState(store: string, digest: Digest): PackageState {
  const layout = packageLayout(store, digest);
  const folder = fs.lstatSync(layout.folder, { throwIfNoEntry: false });
  if (folder === undefined) return 'not-installed';
  const tree = fs.lstatSync(layout.tree, { throwIfNoEntry: false });
  const manifest = fs.lstatSync(layout.manifest, { throwIfNoEntry: false });
  return folder.isDirectory() && tree?.isDirectory() === true && manifest?.isFile() === true
    ? 'installed'
    : 'damaged';
}
