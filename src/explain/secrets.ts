// Which secrets the server gets, in which way, and where they would come from. No source is asked.
import type { SecretsConfig } from '../config/secrets.ts';
import { sourceName } from '../messages/secrets.ts';
import type { PlannedSecret } from '../plan/plan.ts';
import type { Profile } from '../profile/schema.ts';
import { sourcesOf } from '../secrets/sources.ts';

export interface ExplainedSecret extends PlannedSecret {
  /** In the order in which they are asked. */
  readonly sources: readonly string[];
  readonly why: string;
}

export function explainSecrets(
  profile: Pick<Profile, 'name' | 'secrets'>,
  planned: readonly PlannedSecret[],
  config: SecretsConfig,
): ExplainedSecret[] {
  return planned.map((secret) => ({
    ...secret,
    sources: sourcesOf(config, profile.name, secret.name).list.map(sourceName),
    why: profile.secrets[secret.name]?.why ?? '',
  }));
}
