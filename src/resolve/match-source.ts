// Whether a lockfile is for the package that a profile names, and for nothing beside it.
import { lockfileInvalid } from '../messages/resolve.ts';
import type { Profile } from '../profile/schema.ts';
import type { Lockfile } from './lockfile.ts';

/** @throws CordonError LOCKFILE_INVALID when the root asks for anything else than exactly `source` */
export function requireSource(lockfile: Lockfile, source: Profile['source']): void {
  const faults = [...lockfile.dependencies]
    .filter(([name, version]) => name !== source.package || version !== source.version)
    .map(
      ([name, version]) =>
        `packages[""].dependencies: asks for ${name}@${version}, the profile for ${source.package}@${source.version}`,
    );
  if (!lockfile.dependencies.has(source.package))
    faults.push(`packages[""].dependencies: does not ask for ${source.package}`);
  if (faults.length > 0) throw lockfileInvalid(faults);
}
