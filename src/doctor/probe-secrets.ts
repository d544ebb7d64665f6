import { type Config, loadConfig } from '../config/config.ts';
import type { Installation } from '../installation.ts';
import { toCordonError } from '../messages.ts';
import { listProfiles } from '../profile/load.ts';
import { unusedSources } from '../secrets/unused-sources.ts';
import type { SecretFacts } from './judge-secrets.ts';

export function probeSecrets(installation: Installation): SecretFacts {
  try {
    const listings = listProfiles(installation);
    const inArguments = listings.flatMap(({ name: profile, status }) =>
      status.kind !== 'loaded'
        ? []
        : Object.entries(status.profile.secrets).flatMap(([secret, { deliver }]) =>
            deliver === 'argument' ? [{ profile, secret }] : [],
          ),
    );
    const unused = unusedSources(readSources(installation), listings);
    return { kind: 'read', inArguments, unused };
  } catch (error) {
    return { kind: 'refused', error: toCordonError(error) };
  }
}

/** A configuration that cannot be read is a finding of its own. */
function readSources(installation: Installation): Config['secrets'] {
  try {
    return loadConfig(installation).secrets;
  } catch {
    return {};
  }
}
