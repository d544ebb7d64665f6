// A grant must never reach what decides about grants: the program, its profiles, its store, its audit log (FS-05, SC-30).
import { grantReachesCordon } from '../messages.ts';

export interface OwnFolders {
  /** Absolute paths of everything that Cordon trusts or writes, the state folders of all profiles included. */
  readonly folders: readonly string[];
  /** This profile's own `${state}`, which lies below one of them. */
  readonly state: string;
}

/** Throws GRANT_PATH_UNSAFE for a writable grant that contains, equals or lies below one of them; `${state}` excepted. */
export function refuseOwnFolders(
  grants: ReadonlyArray<{ readonly source: string; readonly access: 'read' | 'write' }>,
  own: OwnFolders,
): void {
  for (const grant of grants) {
    if (grant.access === 'read' || grant.source === own.state || contains(own.state, grant.source)) continue;
    const folder = own.folders.find(
      (candidate) => contains(grant.source, candidate) || contains(candidate, grant.source),
    );
    if (folder !== undefined) throw grantReachesCordon(grant.source, folder);
  }
}

function contains(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}
