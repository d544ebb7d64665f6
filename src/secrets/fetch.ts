// All secrets of a server, each from the first of its sources that has it; or the refusal that names every one which is missing.
import type { SecretsConfig } from '../config/secrets.ts';
import { type MissingSecret, secretMalformed, secretsMissing, sourceName } from '../messages/secrets.ts';
import type { PlannedSecret } from '../plan/plan.ts';
import type { Answer } from './answer.ts';
import { type Asker, askSource } from './ask.ts';
import { SecretValues } from './secret-values.ts';
import { type Sources, sourcesOf } from './sources.ts';

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
    const sources = sourcesOf(config, profile, name);
    const found = await firstAnswer({ profile, name, sources, asker });
    if (found.kind === 'value') values.set(name, found.bytes);
    else if (required || (found.isBroken && sources.isConfigured))
      missing.push({
        name,
        asked: found.asked,
        usesKeyring: sources.list.some(({ from }) => from === 'keyring'),
      });
  }
  const fetched = SecretValues.of(values);
  if (missing.length === 0) return fetched;
  fetched.drop();
  throw secretsMissing(missing, profile);
}

type Found =
  | Extract<Answer, { kind: 'value' }>
  /** `isBroken`: a source did not work, so that nobody knows whether it has the secret. */
  | { readonly kind: 'none'; readonly asked: readonly string[]; readonly isBroken: boolean };

interface Question {
  readonly profile: string;
  readonly name: string;
  readonly sources: Sources;
  readonly asker: Asker;
}

async function firstAnswer({ profile, name, sources, asker }: Question): Promise<Found> {
  const asked: string[] = [];
  let isBroken = false;
  for (const source of sources.list) {
    const answer = await askSource(source, { profile, secret: name }, asker);
    if (answer.kind === 'value') return answer;
    // What is kept wrongly is not passed over: the next source would hide the mistake, with another credential.
    if (answer.kind === 'malformed') throw secretMalformed(name, sourceName(source), answer.why, profile);
    if (answer.kind === 'unavailable') isBroken = true;
    asked.push(`${sourceName(source)} ${answer.why}`);
  }
  return { kind: 'none', asked, isBroken };
}
