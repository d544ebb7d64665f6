// Putting a secret into the keyring and taking it out again, for `cordon secret`.
import { keyringFailed, secretWords } from '../messages/secrets.ts';
import { type Asker, keyringFault } from './ask.ts';
import { askProgram, type ProgramEnd } from './ask-program.ts';
import { type KeyringEntry, KEYRING_MS, keyringOf, readLookup } from './keyring.ts';
import { providerEnvironment } from './provider-environment.ts';

/** Where there is none that could be asked. @throws CordonError SECRET_UNAVAILABLE */
export function requireKeyring(asker: Asker): void {
  const fault = keyringFault(asker);
  if (fault !== undefined) throw keyringFailed(fault);
}

/**
 * Puts the value in, and looks whether the keyring gives it back: secret-tool cuts off what is longer than 8 KiB, and security
 * gives what is not plain ASCII in another form. `value` is overwritten. @throws CordonError SECRET_UNAVAILABLE
 */
export async function storeInKeyring(entry: KeyringEntry, value: Buffer, asker: Asker): Promise<void> {
  requireKeyring(asker);
  const keyring = keyringOf(process.platform);
  const { argv, input } = keyring.store(entry, value);
  try {
    expectSuccess(await ask(argv, asker, input));
    const kept = readLookup(keyring, await ask(keyring.lookup(entry), asker));
    const isSame = kept.kind === 'value' && kept.bytes.equals(value);
    if (kept.kind === 'value') kept.bytes.fill(0);
    if (isSame) return;
    await ask(keyring.remove(entry), asker);
    throw keyringFailed(secretWords.keptOtherwise);
  } finally {
    input.fill(0);
    value.fill(0);
  }
}

/** Whether there was one. @throws CordonError SECRET_UNAVAILABLE */
export async function removeFromKeyring(entry: KeyringEntry, asker: Asker): Promise<boolean> {
  requireKeyring(asker);
  const keyring = keyringOf(process.platform);
  const end = await ask(keyring.remove(entry), asker);
  if (end.kind === 'exited' && keyring.isAbsent(end)) return false;
  expectSuccess(end);
  return true;
}

function ask(argv: readonly [string, ...string[]], asker: Asker, input?: Buffer): Promise<ProgramEnd> {
  const request = { argv, env: providerEnvironment(asker), timeoutMs: KEYRING_MS };
  return askProgram(input === undefined ? request : { ...request, input });
}

function expectSuccess(end: ProgramEnd): void {
  if (end.kind !== 'exited' || end.status !== 0) throw keyringFailed(secretWords.ended(end));
}
