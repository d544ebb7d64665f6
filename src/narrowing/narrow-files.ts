// Paths that a user leaves to a server, within those that its managed profile grants.
import { covers, type GrantPath, isSamePlace, parseGrantPath, pathFaults } from '../profile/grant-path.ts';
import type { Report } from '../profile/pieces.ts';
import type { FilesystemGrant } from '../profile/schema.ts';

interface Placed {
  readonly grant: FilesystemGrant;
  readonly path: GrantPath;
}

/**
 * The wanted grants, and with them each path that the managed profile protects inside one of them for writing: to leave it out
 * would be to grant it for writing.
 */
export function narrowFiles(
  granted: readonly FilesystemGrant[],
  wanted: readonly FilesystemGrant[],
  report: Report,
): readonly FilesystemGrant[] {
  const base = granted.map(placed);
  const kept: Placed[] = [];
  for (const [index, grant] of wanted.entries()) {
    const place = ['permissions', 'filesystem', index];
    const faults = pathFaults(grant.path);
    for (const fault of faults) report([...place, 'path'], fault);
    if (faults.length > 0) continue;
    const one = placed(grant);
    const around = nearest(base, one.path);
    if (around === undefined) report([...place, 'path'], 'is not granted by the managed profile');
    else if (grant.access === 'write' && around.grant.access === 'read')
      report([...place, 'access'], `is "read" in the managed profile, by ${around.grant.path}`);
    // What must be there to be protected could be made by the server where it is not.
    else if (grant.optional === true && isRequiredProtection(around, one.path))
      report([...place, 'optional'], 'is not true in the managed profile');
    else kept.push({ grant: { ...grant, ...reasonOf(grant, around.grant) }, path: one.path });
  }
  const protections = base.filter(
    ({ grant, path }) =>
      grant.access === 'read' &&
      kept.some((one) => one.grant.access === 'write' && covers(one.path, path)) &&
      !kept.some((one) => isSamePlace(one.path, path)),
  );
  return [...kept, ...protections].map(({ grant }) => grant);
}

function placed(grant: FilesystemGrant): Placed {
  return { grant, path: parseGrantPath(grant.path) };
}

/** The one that decides about a path: the deepest that it lies in. */
function nearest(base: readonly Placed[], path: GrantPath): Placed | undefined {
  return base
    .filter((outer) => covers(outer.path, path))
    .toSorted((one, other) => other.path.segments.length - one.path.segments.length)[0];
}

function isRequiredProtection({ grant, path }: Placed, wanted: GrantPath): boolean {
  return grant.access === 'read' && grant.optional !== true && isSamePlace(path, wanted);
}

function reasonOf(grant: FilesystemGrant, around: FilesystemGrant): Pick<FilesystemGrant, 'why'> {
  const why = grant.why ?? around.why;
  return why === undefined ? {} : { why };
}
