import type { SecretsConfig, SecretSource } from '../config/secrets.ts';

export interface Sources {
  readonly list: readonly SecretSource[];
  /** Whether the configuration names them; else it is what everybody has, whether it works here or not. */
  readonly isConfigured: boolean;
}

const EVERYBODYS: readonly SecretSource[] = [{ from: 'keyring' }];

/** In the order in which they are asked. */
export function sourcesOf(config: SecretsConfig, profile: string, secret: string): Sources {
  // The names come from files: `constructor` is one like any other.
  const named = Object.hasOwn(config, profile) ? config[profile] : undefined;
  const list = named !== undefined && Object.hasOwn(named, secret) ? named[secret] : undefined;
  return { list: list ?? EVERYBODYS, isConfigured: list !== undefined };
}
