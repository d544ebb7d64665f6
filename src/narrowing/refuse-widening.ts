// What only the machine shows of a narrowing: the text takes templates to be different places (narrow-files.ts), and here
// `${workspace}` may lie in `${home}/…` or around an absolute path. To leave out a protection by its other name, or to ask for
// what lies in it, would be to write where the managed profile does not.
import { profileInvalid } from '../messages/profile.ts';
import { grantSource, type TemplateValues } from '../profile/expand.ts';
import { contains } from '../profile/paths.ts';
import type { FilesystemGrant } from '../profile/schema.ts';

interface Placed {
  readonly grant: FilesystemGrant;
  readonly source: string;
}

export interface WideningRequest {
  /** Of the managed profile. */
  readonly granted: readonly FilesystemGrant[];
  /** What the user's leaves of them. */
  readonly left: readonly FilesystemGrant[];
  readonly values: TemplateValues;
  readonly file: string;
}

/** @throws CordonError PROFILE_INVALID with each place that could be written and may not */
export function refuseWidening({ granted, left, values, file }: WideningRequest): void {
  const placed = (grant: FilesystemGrant): Placed => ({ grant, source: grantSource(grant, values) });
  const base = granted.map(placed);
  const kept = left.map(placed);
  const opened = kept.flatMap(({ grant, source }, index) => {
    const around = grant.access === 'write' ? deciding(base, source) : undefined;
    if (around?.grant.access !== 'read') return [];
    return [
      `permissions.filesystem[${index}].access: here ${grant.path} lies in ${around.grant.path}, which is "read" in the managed profile`,
    ];
  });
  const uncovered = base.flatMap(({ grant, source }) => {
    if (grant.access !== 'read') return [];
    // What must be there to be protected could be made by the server where what takes its place need not be there.
    const counting = grant.optional === true ? kept : kept.filter((one) => !needNotProtect(one));
    const around = deciding(counting, source);
    if (around?.grant.access !== 'write' || around.source === source) return [];
    return [
      `permissions.filesystem: must have ${grant.path} for "read" too: here it lies in ${around.grant.path}, and the managed profile protects it`,
    ];
  });
  const faults = [...opened, ...uncovered];
  if (faults.length > 0) throw profileInvalid(faults, file);
}

function needNotProtect({ grant }: Placed): boolean {
  return grant.access === 'read' && grant.optional === true;
}

/** The deepest that holds the path; of two in the same place the one that allows less. */
function deciding(grants: readonly Placed[], path: string): Placed | undefined {
  return grants
    .filter(({ source }) => contains(source, path))
    .toSorted(
      (one, other) =>
        other.source.length - one.source.length ||
        Number(one.grant.access === 'write') - Number(other.grant.access === 'write'),
    )[0];
}
