// Putting a secret into the keyring and taking it out again, for `cordon secret`.
import { keyringFailed, secretWords } from '../messages/secrets.ts';
import { type Asker, keyringFault } from './ask.ts';
import { askProgram, type ProgramEnd } from './ask-program.ts';
import { type KeyringEntry, KEYRING_MS, keyringOf } from './keyring.ts';
import { providerEnvironment } from './provider-environment.ts';

/** `value` is overwritten. @throws CordonError KEYRING_UNAVAILABLE */
export async function storeInKeyring(entry: KeyringEntry, value: Buffer, asker: Asker): Promise<void> {
  refuseWithout(asker);
  const { argv, input } = keyringOf(process.platform).store(entry, value);
  value.fill(0);
  try {
    expectSuccess(await ask(argv, asker, input));
  } finally {
    input.fill(0);
  }
}

/** Whether there was one. @throws CordonError KEYRING_UNAVAILABLE */
export async function removeFromKeyring(entry: KeyringEntry, asker: Asker): Promise<boolean> {
  refuseWithout(asker);
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

function refuseWithout(asker: Asker): void {
  const fault = keyringFault(asker);
  if (fault !== undefined) throw keyringFailed(fault);
}

function expectSuccess(end: ProgramEnd): void {
  if (end.kind !== 'exited' || end.status !== 0) throw keyringFailed(secretWords.ended(end));
}
