// All secrets of a server, each from the first of its sources that has it; or the refusal that names every one which is missing.
import type { SecretsConfig } from '../config/secrets.ts';
import { type MissingSecret, secretMalformed, secretsMissing, sourceName } from '../messages/secrets.ts';
import type { PlannedSecret } from '../plan/plan.ts';
import type { Asker } from './ask.ts';
import { firstAnswer } from './first-answer.ts';
import { SecretValues } from './secret-values.ts';
import { sourcesOf } from './sources.ts';

export interface FetchRequest {
  readonly profile: string;
  readonly secrets: readonly PlannedSecret[];
  readonly config: SecretsConfig;
  readonly asker: Asker;
}

/** One after the other: two vaults that ask a person at once confuse them. @throws CordonError SECRET_UNAVAILABLE */
export async function fetchSecrets({ profile, secrets, config, asker }: FetchRequest): Promise<SecretValues> {
  const values = new Map<string, Buffer>();
  const missing: MissingSecret[] = [];
  for (const { name, required } of secrets) {
    const { list, isConfigured } = sourcesOf(config, profile, name);
    const found = await firstAnswer(list, { profile, secret: name }, asker);
    if (found.kind === 'value') values.set(name, found.bytes);
    else if (found.kind === 'malformed')
      throw secretMalformed(name, sourceName(found.source), found.why, profile);
    // That the keyring does not work here says nothing where nobody chose it.
    else if (required || (found.isBroken && isConfigured))
      missing.push({
        name,
        asked: found.asked,
        usesKeyring: list.some(({ from }) => from === 'keyring'),
      });
  }
  const fetched = SecretValues.of(values);
  if (missing.length === 0) return fetched;
  fetched.drop();
  throw secretsMissing(missing, profile);
}
