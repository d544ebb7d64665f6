// What a start does about secrets: they are fetched while the package is hashed, and from then on everything that is said of
// the server is searched for them. Loaded only for profiles that have any.
import type { Installation } from '../installation.ts';
import { CordonError } from '../errors.ts';
import type { Prepared } from '../prepare.ts';
import { currentAsker } from './asker.ts';
import { type Concealer, concealer } from './conceal.ts';
import { fetchSecrets } from './fetch.ts';
import { keepMemoryPrivate } from './private-memory.ts';
import type { SecretValues } from './secret-values.ts';

export interface FetchedSecrets {
  readonly values: SecretValues;
  readonly concealer: Concealer | undefined;
}

/** @throws CordonError SECRET_UNAVAILABLE */
export async function secretsFor(
  { profile, plan, config }: Prepared,
  installation: Installation,
): Promise<FetchedSecrets> {
  // Before there is a value to keep.
  await keepMemoryPrivate();
  const values = await fetchSecrets({
    profile: plan.profile,
    secrets: plan.secrets,
    config: config.secrets,
    asker: currentAsker(installation, profile.origin),
  });
  return { values, concealer: concealer(values.all) };
}

export function concealedError(error: CordonError, { conceal }: Concealer): CordonError {
  return new CordonError(error.code, conceal(error.message), {
    hints: error.hints.map((hint) => conceal(hint)),
    details: error.details.map((detail) => conceal(detail)),
    cause: error.cause,
  });
}
