// A grant must never reach what decides about grants: the program, its profiles, its store, its audit log (FS-05, SC-30).
import { grantPathUnsafe, grantReachesCordon } from '../messages/sandbox.ts';
import { secretFileGranted } from '../messages/secrets.ts';
import { contains, overlaps } from '../profile/paths.ts';
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
    if (grant.access === 'read') continue;
    // State lies in a folder of ours and is the server's. What of ours lies in it, where a configuration puts the log, is not.
    const guarded = contains(own.state, grant.source)
      ? own.folders.filter((candidate) => contains(own.state, candidate))
      : own.folders;
    const folder = guarded.find((candidate) => overlaps(grant.source, candidate));
    if (folder !== undefined) throw grantReachesCordon(grant.source, folder);
  }
}

/**
 * Throws GRANT_PATH_UNSAFE for a grant, also for reading, that shows the server a file in which a secret is kept: it gets
 * those of its own in the way that its profile says, and those of others not at all.
 */
export function refuseSecretFiles(
  grants: ReadonlyArray<{ readonly source: string }>,
  files: readonly string[],
): void {
  for (const { source } of grants) {
    const file = files.find((candidate) => contains(source, candidate));
    if (file !== undefined) throw secretFileGranted(source, file);
  }
}
