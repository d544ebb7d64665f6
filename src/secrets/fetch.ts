// All secrets of a server, each from the first of its sources that has it; or the refusal that names every one which is missing.
import type { SecretsConfig } from '../config/secrets.ts';
import { type MissingSecret, secretMalformed, secretsMissing, sourceName } from '../messages/secrets.ts';
import type { PlannedSecret } from '../plan/plan.ts';
import type { Asker } from './ask.ts';
import { firstAnswer, refuses } from './first-answer.ts';
import { SecretValues } from './secret-values.ts';
import { sourcesOf } from './sources.ts';

export interface FetchRequest {
  readonly profile: string;
  readonly secrets: readonly PlannedSecret[];
  readonly config: SecretsConfig;
  readonly asker: Asker;
}

/** One after the other: two vaults that ask a person at once confuse them. @throws CordonError SECRET_UNAVAILABLE */
export async function fetchSecrets(request: FetchRequest): Promise<SecretValues> {
  const values = new Map<string, Buffer>();
  try {
    await fetchInto(values, request);
  } catch (error) {
    SecretValues.of(values).drop();
    throw error;
  }
  return SecretValues.of(values);
}

async function fetchInto(
  values: Map<string, Buffer>,
  { profile, secrets, config, asker }: FetchRequest,
): Promise<void> {
  const missing: MissingSecret[] = [];
  for (const { name, required } of secrets) {
    const { list, isConfigured } = sourcesOf(config, profile, name);
    const found = await firstAnswer(list, { profile, secret: name }, asker);
    if (found.kind === 'value') values.set(name, found.bytes);
    else if (found.kind === 'malformed')
      throw secretMalformed(name, sourceName(found.source), found.why, profile);
    else if (refuses(found, { required, isConfigured }))
      missing.push({
        name,
        asked: found.asked,
        usesKeyring: list.some(({ from }) => from === 'keyring'),
      });
  }
  if (missing.length > 0) throw secretsMissing(missing, profile);
}
