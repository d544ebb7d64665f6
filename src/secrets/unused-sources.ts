// What the configuration says of secrets for which nobody asks: mostly a typing error, and then the source that a person believes
// to have named is never asked. No start looks at it. Pure.
import type { SecretsConfig } from '../config/secrets.ts';
import type { ProfileListing } from '../profile/load.ts';

export interface UnusedSources {
  readonly profile: string;
  /** undefined when there is no such profile. */
  readonly secret: string | undefined;
  /** The names that there are. */
  readonly known: readonly string[];
}

/** @param profiles all that there are */
export function unusedSources(
  config: SecretsConfig,
  profiles: ReadonlyArray<Pick<ProfileListing, 'name' | 'status'>>,
): UnusedSources[] {
  return Object.entries(config).flatMap(([name, sources]): UnusedSources[] => {
    const listed = profiles.filter((one) => one.name === name);
    if (listed.length === 0)
      return [{ profile: name, secret: undefined, known: profiles.map((one) => one.name) }];
    // Of one that cannot be read nobody knows what it asks for.
    return listed
      .flatMap(({ status }) => (status.kind === 'loaded' ? [Object.keys(status.profile.secrets)] : []))
      .flatMap((known) =>
        Object.keys(sources)
          .filter((secret) => !known.includes(secret))
          .map((secret) => ({ profile: name, secret, known })),
      );
  });
}
