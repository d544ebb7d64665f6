import fs from 'node:fs';
import type { Digest } from '../digest.ts';
import type { Installation } from '../installation.ts';
import { installationUnsafe } from '../messages/usage.ts';
import { requireRootOwned } from '../profile/ownership.ts';
import { type PackageLayout, packageLayout } from '../store/layout.ts';

/** `damaged`: something stands at its place that no install leaves behind. */
export type PackageState = 'installed' | 'not-installed' | 'damaged';

/**
 * By looking, not by hashing: `cordon verify` and every launch hash.
 * @throws CordonError INSTALLATION_UNSAFE when this user may not enter the store, or where a start would refuse its owners
 */
export function packageState(
  { store, mode }: Pick<Installation, 'store' | 'mode'>,
  digest: Digest,
): PackageState {
  try {
    const layout = packageLayout(store, digest);
    const state = stateOf(layout);
    if (state === 'installed' && mode === 'managed') requireRootOwned(layout.tree);
    return state;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    throw installationUnsafe(store, 'cannot be entered by this user');
  }
}

function stateOf(layout: PackageLayout): PackageState {
  const folder = fs.lstatSync(layout.folder, { throwIfNoEntry: false });
  if (folder === undefined) return 'not-installed';
  const tree = fs.lstatSync(layout.tree, { throwIfNoEntry: false });
  const manifest = fs.lstatSync(layout.manifest, { throwIfNoEntry: false });
  return folder.isDirectory() && tree?.isDirectory() === true && manifest?.isFile() === true
    ? 'installed'
    : 'damaged';
}
