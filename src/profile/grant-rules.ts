// The filesystem grants of a profile, each by itself and against one another.
import { jsonPath } from '../json/json-path.ts';
import { type GrantPath, isSamePlace, parseGrantPath, pathFaults, placeFault } from './grant-path.ts';
import type { Report } from './pieces.ts';
import type { FilesystemGrant } from './schema.ts';

/** A read grant below a write grant is a protection and a write grant below a read grant an opening: both are meant. */
export function grantFaults(grants: ReadonlyArray<FilesystemGrant | undefined>, report: Report): void {
  const seen: Array<{ readonly index: number; readonly grant: FilesystemGrant; readonly path: GrantPath }> =
    [];
  for (const [index, grant] of grants.entries()) {
    if (grant === undefined) continue;
    const place = ['permissions', 'filesystem', index, 'path'];
    const faults = pathFaults(grant.path);
    for (const fault of faults) report(place, fault);
    const path = parseGrantPath(grant.path);
    const fault = faults.length === 0 || grant.path === '/' ? placeFault(path, grant.access) : undefined;
    if (fault !== undefined) report(place, fault);
    if (faults.length > 0) continue;
    const same = seen.find((other) => isSamePlace(other.path, path));
    if (same !== undefined) {
      const other = jsonPath(['permissions', 'filesystem', same.index]);
      report(
        place,
        same.grant.access === grant.access
          ? `is granted already by ${other}`
          : `is granted for ${grant.access} here and for ${same.grant.access} by ${other}`,
      );
    }
    seen.push({ index, grant, path });
  }
}
