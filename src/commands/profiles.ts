// Which profiles a verb with `[profile...]` is about.
import type { CordonError } from '../errors.ts';
import { toCordonError } from '../messages.ts';
import { listProfiles, loadProfile } from '../profile/load.ts';
import type { Profile } from '../profile/schema.ts';
import { type ResolvedServer, resolveServer } from '../resolve/resolve.ts';
import type { CommandContext } from './context.ts';

export type Requested =
  | { readonly name: string; readonly server: ResolvedServer }
  | { readonly name: string; readonly error: CordonError };

/** The named profiles, or all there are. Broken ones come with their error, so that the others still get done. */
export function requestedProfiles(context: CommandContext, names: readonly string[]): Requested[] {
  const { installation } = context;
  if (names.length > 0)
    return [...new Set(names)].map((name) => resolved(name, () => loadProfile(name, installation)));
  return listProfiles(installation).flatMap(({ name, status }): Requested[] => {
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

function resolved(name: string, load: () => Profile): Requested {
  try {
    return { name, server: resolveServer(load()) };
  } catch (thrown) {
    return { name, error: toCordonError(thrown) };
  }
}
