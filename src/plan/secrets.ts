// How the server gets each secret. Names and ways only: a plan is shown to people, so no value is ever part of one.
import type { SecretArgument } from '../profile/secret-arguments.ts';
import type { ProfileSecret } from '../profile/schema.ts';
import { INSIDE } from './inside.ts';
import type { Mount, PlannedSecret, PlannedSecretArgument } from './plan.ts';

export interface SecretsRequest {
  readonly secrets: Readonly<Record<string, ProfileSecret>>;
  /** By position among the profile's arguments, templates filled in. */
  readonly secretArguments: ReadonlyMap<number, SecretArgument>;
}

export const NO_SECRETS: SecretsRequest = { secrets: {}, secretArguments: new Map() };

export function planSecrets({ secrets }: SecretsRequest): PlannedSecret[] {
  return Object.entries(secrets).map(([name, { required, deliver = 'environment' }]) => ({
    name,
    required,
    deliver,
  }));
}

/** @param offset how many arguments Cordon puts before the profile's */
export function planSecretArguments(
  { secretArguments }: SecretsRequest,
  offset: number,
): PlannedSecretArgument[] {
  return [...secretArguments].map(([index, { before, secret }]) => ({
    index: index + offset,
    before,
    secret,
  }));
}

/** The folder and the files; what is not delivered is left out when the plan is rendered. */
export function secretMounts(secrets: readonly PlannedSecret[]): Mount[] {
  const files = secrets.filter(({ deliver }) => deliver === 'file');
  if (files.length === 0) return [];
  return [
    { kind: 'folder', target: INSIDE.secrets, mode: 0o755 },
    ...files.map(
      ({ name }): Mount => ({
        kind: 'secret-file',
        target: `${INSIDE.secrets}/${name}`,
        secret: name,
        mode: 0o400,
      }),
    ),
  ];
}
