// A grant must never reach what decides about grants: the program, its profiles, its store, its audit log (FS-05, SC-30).
import { grantPathUnsafe, grantReachesCordon } from '../messages.ts';
import { contains } from '../profile/paths.ts';
import { INSIDE } from './inside.ts';

export interface OwnFolders {
  /** Absolute paths of everything that Cordon trusts or writes, the state folders of all profiles included. */
  readonly folders: readonly string[];
  /** This profile's own `${state}`, which lies below one of them. */
  readonly state: string;
}

/**
 * Throws GRANT_PATH_UNSAFE for a writable grant that contains, equals or lies below one of them (`${state}` excepted), and
 * for any that would be mounted where Cordon's own folders lie inside.
 */
export function refuseOwnFolders(
  grants: ReadonlyArray<{
    readonly source: string;
    readonly target: string;
    readonly access: 'read' | 'write';
  }>,
  own: OwnFolders,
): void {
  for (const grant of grants) {
    // Package and runtime lie there inside: what is mounted over them would run instead, unverified.
    if (
      grant.target === grant.source &&
      (contains(INSIDE.root, grant.source) || contains(grant.source, INSIDE.root))
    )
      throw grantPathUnsafe(grant.source, `hides cordon's own ${INSIDE.root} in the sandbox`);
    if (grant.access === 'read' || grant.source === own.state || contains(own.state, grant.source)) continue;
    const folder = own.folders.find(
      (candidate) => contains(grant.source, candidate) || contains(candidate, grant.source),
    );
    if (folder !== undefined) throw grantReachesCordon(grant.source, folder);
  }
}
