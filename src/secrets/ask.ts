// One source of a secret, asked once.
import { interpretersOf } from '../config/interpreters.ts';
import { expandSecretPath, type SecretSource } from '../config/secrets.ts';
import { secretWords } from '../messages/secrets.ts';
import { requireRootOwned } from '../profile/ownership.ts';
import type { Answer } from './answer.ts';
import { askProgram, programFault } from './ask-program.ts';
import { readClientVariable } from './client-environment.ts';
import { type KeyringEntry, KEYRING_MS, keyringOf, readLookup } from './keyring.ts';
import { providerEnvironment, type ProviderUser, sessionBus } from './provider-environment.ts';
import { readSecretFile } from './secret-file.ts';
import { readValue } from './value.ts';

export interface Asker extends ProviderUser {
  readonly gid: number;
  /** Process id of the program that started us. */
  readonly client: number;
  readonly isManaged: boolean;
  /** Which sources count for the profile. */
  readonly trusts: 'all' | 'keyring' | 'none';
}

/** What belongs to the system belongs to nobody else. */
const ROOT = { uid: 0, gid: 0 };

/** Throws only INSTALLATION_UNSAFE. */
export function askSource(source: SecretSource, entry: KeyringEntry, asker: Asker): Answer | Promise<Answer> {
  // The keyring is what everybody has: where nobody chose it, it is passed over.
  if (asker.trusts === 'none' || (asker.trusts === 'keyring' && source.from !== 'keyring'))
    return { kind: source.from === 'keyring' ? 'unavailable' : 'malformed', why: secretWords.strangeHome };
  switch (source.from) {
    case 'keyring':
      return askKeyring(entry, asker);
    case 'command':
      return askCommand(source, asker);
    case 'file':
      return readSecretFile(expandSecretPath(source.path, asker.home), asker);
    case 'environment':
      return readClientVariable(source.name, asker.client);
  }
}

/** Why the keyring cannot be asked here, as the end of a sentence; found out without starting anything. */
export function keyringFault(asker: Pick<Asker, 'uid' | 'bus'>): string | undefined {
  const keyring = keyringOf(process.platform);
  if (programFault(keyring.program, ROOT) !== undefined) return `${keyring.program} ${secretWords.noProgram}`;
  return keyring.needsBus && sessionBus(asker) === undefined ? secretWords.noBus : undefined;
}

async function askKeyring(entry: KeyringEntry, asker: Asker): Promise<Answer> {
  const fault = keyringFault(asker);
  if (fault !== undefined) return { kind: 'unavailable', why: fault };
  const keyring = keyringOf(process.platform);
  const request = { argv: keyring.lookup(entry), env: providerEnvironment(asker), timeoutMs: KEYRING_MS };
  return readLookup(keyring, await askProgram(request));
}

async function askCommand(
  { argv, env, timeoutSeconds }: Extract<SecretSource, { from: 'command' }>,
  asker: Asker,
): Promise<Answer> {
  const fault = programFault(argv[0], asker);
  if (fault === 'missing') return { kind: 'unavailable', why: secretWords.noProgram };
  if (fault === 'unsafe') return { kind: 'malformed', why: secretWords.unsafeProgram };
  // What the administrator names must be the administrator's.
  if (asker.isManaged) for (const path of [argv[0], ...interpretersOf(argv[0])]) requireRootOwned(path);
  const end = await askProgram({
    argv,
    env: { ...providerEnvironment(asker), ...env },
    timeoutMs: timeoutSeconds * 1000,
  });
  if (end.kind === 'exited' && end.status === 0) return readValue(end.output);
  return { kind: end.kind === 'too-much' ? 'malformed' : 'unavailable', why: secretWords.ended(end) };
}
