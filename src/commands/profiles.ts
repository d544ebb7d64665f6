// Which profiles a verb with `[profile...]` is about.
import type { CordonError } from '../errors.ts';
import { toCordonError } from '../messages/render-error.ts';
import { listProfiles, loadProfile } from '../profile/load.ts';
import type { Profile } from '../profile/schema.ts';
import { type ResolvedServer, resolveServer } from '../resolve/resolve.ts';
import type { CommandContext } from './context.ts';

export type Requested<Resolved = ResolvedServer> =
  | { readonly name: string; readonly server: Resolved }
  | { readonly name: string; readonly error: CordonError };

/** The named profiles, or all there are. Broken ones come with their error, so that the others still get done. */
export function requestedProfiles(context: CommandContext, names: readonly string[]): Requested[] {
  return requested(context, names, (profile) => resolveServer(profile));
}

/** As `requestedProfiles`, with what `resolve` makes of each. */
export function requested<Resolved>(
  { installation }: CommandContext,
  names: readonly string[],
  resolve: (profile: Profile) => Resolved,
): Requested<Resolved>[] {
  const resolved = (name: string, load: () => Profile): Requested<Resolved> => {
    try {
      return { name, server: resolve(load()) };
    } catch (thrown) {
      return { name, error: toCordonError(thrown) };
    }
  };
  if (names.length > 0)
    return [...new Set(names)].map((name) => resolved(name, () => loadProfile(name, installation)));
  return listProfiles(installation).flatMap(({ name, status }): Requested<Resolved>[] => {
    switch (status.kind) {
      case 'loaded':
        return [resolved(name, () => status.profile)];
      case 'failed':
        return [{ name, error: status.error }];
      // The one in front of it is in the list.
      case 'shadowed':
        return [];
    }
  });
}
