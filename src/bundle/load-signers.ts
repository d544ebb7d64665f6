// Who may sign, as a machine's administrator says it.
import { signersInvalid, signersUnreadable } from '../messages/bundle.ts';
import { requireRootOwned } from '../profile/ownership.ts';
import { decodeUtf8, readSmallFile } from '../profile/read-file.ts';
import { parseAllowedSigners, type SignerLine } from './allowed-signers.ts';

const MAX_BYTES = 1024 * 1024;

/**
 * @param mustBeRoots where it decides what root writes
 * @throws CordonError BUNDLE_UNTRUSTED; INSTALLATION_UNSAFE when somebody else than root could add a line
 */
export function loadSigners(file: string, mustBeRoots: boolean): readonly SignerLine[] {
  const read = readSmallFile(file, MAX_BYTES);
  if (read.kind !== 'ok')
    throw signersUnreadable(file, read.kind === 'missing' ? 'does not exist' : read.why);
  if (mustBeRoots) requireRootOwned(file);
  const text = decodeUtf8(read.bytes);
  if (text === undefined) throw signersUnreadable(file, 'is not UTF-8');
  const parsed = parseAllowedSigners(text);
  if (!parsed.ok) throw signersInvalid(file, parsed.faults);
  return parsed.lines;
}
