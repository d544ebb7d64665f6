// package-lock.json (v3) as npm writes it, read strictly: what Arborist forgives (integrity.md 1.2) is an error here.
import type { Platform } from '../platform.ts';

/** One package of the lockfile that belongs into the tree. */
export type LockedPackage = {
  /** Where it is placed: `node_modules/a` or `node_modules/a/node_modules/b`, forward slashes, never escaping. */
  readonly path: string;
  /** Its name in the registry; differs from the end of `path` when the lockfile holds an alias. */
  readonly name: string;
  readonly version: string;
  /** The tree may do without it (an optional dependency). */
  readonly optional: boolean;
} & (
  | { readonly bundled: false; /** npm's SRI, `sha512-…`. */ readonly integrity: string }
  /** Comes inside the tarball of the package above it: nothing to fetch. */
  | { readonly bundled: true; readonly integrity: undefined }
);

export interface Lockfile {
  /** Packages that the root asks for: exactly what `cordon pin` wrote, name to exact version. */
  readonly dependencies: ReadonlyMap<string, string>;
  /** Every package, sorted by path. */
  readonly packages: readonly LockedPackage[];
}

/** @throws CordonError LOCKFILE_INVALID with all faults as details */
export function parseLockfile(text: string): Lockfile {
  throw new Error(`not yet: ${text.length}`);
}

/**
 * The packages to place for one platform, sorted by path (parents before children). Bundled ones are listed so that
 * they can be told from extra files; they need no fetching.
 * @throws CordonError PLATFORM_UNSUPPORTED when a package that is not optional does not support it
 */
export function packagesFor(lockfile: Lockfile, platform: Platform): LockedPackage[] {
  throw new Error(`not yet: ${platform} ${lockfile.packages.length}`);
}
