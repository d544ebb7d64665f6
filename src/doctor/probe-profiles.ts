// All profiles of the machine, read once for everything that is said of them.
import type { CordonError } from '../errors.ts';
import type { Installation } from '../installation.ts';
import { toCordonError } from '../messages/render-error.ts';
import { listProfiles, type ProfileListing } from '../profile/load.ts';
import type { Profile } from '../profile/schema.ts';
import { resolvePackage } from '../resolve/resolve.ts';

export type ProfileFacts =
  | {
      readonly kind: 'read';
      /** Also those that cannot be used. */
      readonly listings: readonly ProfileListing[];
      readonly profiles: readonly Profile[];
      /** Those that have pins: `cordon export` leaves the others out, because they do not start. */
      readonly pinned: () => readonly Profile[];
    }
  | { readonly kind: 'refused'; readonly error: CordonError };

export function probeProfiles(installation: Installation): ProfileFacts {
  try {
    const listings = listProfiles(installation);
    const profiles = listings.flatMap(({ status }) => (status.kind === 'loaded' ? [status.profile] : []));
    return { kind: 'read', listings, profiles, pinned: () => profiles.filter(isPinned) };
  } catch (error) {
    return { kind: 'refused', error: toCordonError(error) };
  }
}

function isPinned(profile: Profile): boolean {
  try {
    resolvePackage(profile);
    return true;
  } catch {
    return false;
  }
}
