// A profile's source -> package-lock.json, resolved by npm's own Arborist. The only place where a range is ever
// looked up; from here on everything has an exact version and a sha512.
import fs from 'node:fs';
import path from 'node:path';
import { CordonError } from '../errors.ts';
import { packageUnavailable, pinImpossible } from '../messages/store.ts';
import type { Profile } from '../profile/schema.ts';
import { type Lockfile, parseLockfile } from '../resolve/lockfile.ts';
import { packageOf } from '../resolve/resolve.ts';
import { type NpmOptions, SAFE_OPTIONS } from './npm-options.ts';
import { withRetries } from './retry.ts';
import { isStoreFault } from './store-fault.ts';

/**
 * Among the versions that a range allows npm prefers those whose `engines` fit. The oldest Node.js that Cordon runs
 * servers on, and not the one at hand: two people's pins must be equal.
 */
const NODE_VERSION = 'v20.19.0';

export interface ResolvedLockfile {
  /** Bytes of package-lock.json as UTF-8: lockfileVersion 3, no URLs, sha512 on every package. */
  readonly text: string;
  readonly lockfile: Lockfile;
}

/**
 * @param scratch an empty folder
 * @throws CordonError PACKAGE_UNAVAILABLE
 */
export async function resolveLockfile(
  profile: Profile,
  npm: NpmOptions,
  scratch: string,
): Promise<ResolvedLockfile> {
  const { source, name } = profile;
  const spec = packageOf(profile);
  const root = { name, dependencies: { [source.package]: source.version } };
  fs.writeFileSync(path.join(scratch, 'package.json'), JSON.stringify(root));
  const text = await buildLockfile(spec, npm, scratch);
  try {
    return { text, lockfile: parseLockfile(text) };
  } catch (error) {
    if (!(error instanceof CordonError)) throw error;
    throw pinImpossible(spec, 'its dependencies cannot all be pinned by sha512', error.details);
  }
}

async function buildLockfile(spec: string, npm: NpmOptions, scratch: string): Promise<string> {
  const { default: Arborist } = await import('@npmcli/arborist');
  const options = {
    ...npm,
    ...SAFE_OPTIONS,
    path: scratch,
    audit: false,
    binLinks: false,
    nodeVersion: NODE_VERSION,
    // Where a package comes from is the installer's business; what it is stands in its sha512.
    omitLockfileRegistryResolved: true,
    lockfileVersion: 3,
  };
  try {
    let tree = await withRetries(npm, () => new Arborist(options).buildIdealTree());
    // What comes inside a tarball shows only when it is opened. Arborist fetches those by URL; that there is no URL
    // among the dependencies themselves the first pass has shown.
    const isHidden = [...tree.inventory.values()].some(
      (node) => node.hasShrinkwrap || node.package.bundleDependencies !== undefined,
    );
    if (isHidden)
      tree = await withRetries(npm, () =>
        new Arborist({ ...options, allowRemote: 'all', complete: true }).buildIdealTree(),
      );
    if (tree.meta === undefined || tree.meta === null) throw new TypeError('an ideal tree without metadata');
    return withoutFunding(tree.meta.toString());
  } catch (error) {
    if (isStoreFault(error)) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code.startsWith('EALLOW'))
      throw pinImpossible(spec, 'a dependency does not come from a registry', [message]);
    if (code === 'ERESOLVE') throw pinImpossible(spec, 'its dependencies contradict each other', [message]);
    throw packageUnavailable(spec, error);
  }
}

/** npm copies each package's donation links; nothing else in the file is a URL, and nobody reviews these. */
function withoutFunding(text: string): string {
  const lockfile = JSON.parse(text) as { packages: Record<string, { funding?: unknown }> };
  for (const entry of Object.values(lockfile.packages)) delete entry.funding;
  return `${JSON.stringify(lockfile, undefined, 2)}\n`;
}
