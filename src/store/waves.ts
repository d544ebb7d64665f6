import type { LockedPackage } from '../resolve/lockfile.ts';

/** A package that has a tarball of its own; bundled ones come inside their parent's. */
export type FetchablePackage = Extract<LockedPackage, { readonly bundled: false }>;

export function fetchable(packages: readonly LockedPackage[]): FetchablePackage[] {
  return packages.filter((locked): locked is FetchablePackage => !locked.bundled);
}

/**
 * Outer packages before inner ones: a tarball may hold a `node_modules` of its own, which the lockfile's package of
 * that place replaces.
 */
export function wavesOf(packages: readonly FetchablePackage[]): FetchablePackage[][] {
  const waves: FetchablePackage[][] = [];
  for (const locked of packages) {
    const depth = locked.path.split('/node_modules/').length - 1;
    while (waves.length <= depth) waves.push([]);
    waves[depth]?.push(locked);
  }
  return waves;
}
