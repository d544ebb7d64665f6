import { type Config, loadConfig } from '../config/config.ts';
import type { Installation } from '../installation.ts';
import { unusedSources } from '../secrets/unused-sources.ts';
import type { SecretFacts } from './judge-secrets.ts';
import type { ProfileFacts } from './probe-profiles.ts';

export function probeSecrets(installation: Installation, facts: ProfileFacts): SecretFacts {
  if (facts.kind === 'refused') return facts;
  const inArguments = facts.profiles.flatMap(({ name: profile, secrets }) =>
    Object.entries(secrets).flatMap(([secret, { deliver }]) =>
      deliver === 'argument' ? [{ profile, secret }] : [],
    ),
  );
  const unused = unusedSources(readSources(installation), facts.listings);
  return { kind: 'read', inArguments, unused };
}

/** A configuration that cannot be read is a finding of its own. */
function readSources(installation: Installation): Config['secrets'] {
  try {
    return loadConfig(installation).secrets;
  } catch {
    return {};
  }
}
