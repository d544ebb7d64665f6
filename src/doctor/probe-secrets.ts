import type { Installation } from '../installation.ts';
import { toCordonError } from '../messages.ts';
import { listProfiles } from '../profile/load.ts';
import type { SecretFacts } from './judge-secrets.ts';

export function probeSecrets(installation: Installation): SecretFacts {
  try {
    const inArguments = listProfiles(installation).flatMap(({ name: profile, status }) =>
      status.kind !== 'loaded'
        ? []
        : Object.entries(status.profile.secrets).flatMap(([secret, { deliver }]) =>
            deliver === 'argument' ? [{ profile, secret }] : [],
          ),
    );
    return { kind: 'read', inArguments };
  } catch (error) {
    return { kind: 'refused', error: toCordonError(error) };
  }
}
