// What the relay compares with: the definitions of the pins, when a person approved them as they and the profile are now.
import { definitionsUnapproved } from '../messages/relay.ts';
import type { Reviewed } from '../relay/reviewed.ts';
import { type ApprovedProfile, approvalDigest } from './approval.ts';
import type { Pins } from './schema.ts';

/** @throws CordonError DEFINITIONS_UNAPPROVED */
export function reviewedDefinitions(
  profile: ApprovedProfile & { readonly name: string },
  pins: Pins,
): Reviewed {
  if (profile.definitions === 'unpinned') return { kind: 'unpinned' };
  const { definitions, approval } = pins;
  if (approval === undefined) throw definitionsUnapproved('never', profile.name);
  // Grants, arguments, package and definitions are approved together: whichever was changed since voids it.
  if (approvalDigest({ pins, profile, definitions }) !== approval.digest)
    throw definitionsUnapproved('changed', profile.name);
  return { kind: 'pinned', contexts: definitions };
}
