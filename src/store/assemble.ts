// Entries of single packages -> entries of a whole tree, without writing it. Pure. Equal to what `place-packages.ts`
// leaves on the disk (tested against it), so that four platforms' digests cost one download.
import type { TreeEntry } from '../verify/manifest.ts';
import { type FetchablePackage, wavesOf } from './waves.ts';

/** @param entriesOf of one package, paths relative to its own folder */
export function assembleTree(
  packages: readonly FetchablePackage[],
  entriesOf: (locked: FetchablePackage) => readonly TreeEntry[],
): TreeEntry[] {
  const tree = new Map<string, TreeEntry>();
  for (const wave of wavesOf(packages)) {
    // As on the disk: a package takes the place of whatever an outer tarball put there.
    const places = wave.map((locked) => `${locked.path}/`);
    for (const path of tree.keys()) if (places.some((place) => path.startsWith(place))) tree.delete(path);
    for (const locked of wave) {
      for (const entry of entriesOf(locked)) {
        const path = `${locked.path}/${entry.path}`;
        tree.set(path, { ...entry, path });
      }
    }
  }
  return [...tree.values()];
}
