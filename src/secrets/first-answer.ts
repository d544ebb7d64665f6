// The sources of one secret in their order, until one has it.
import type { SecretSource } from '../config/secrets.ts';
import { sourceName } from '../messages/secrets.ts';
import { type Asker, askSource } from './ask.ts';
import type { KeyringEntry } from './keyring.ts';

export type Found =
  | { readonly kind: 'value'; readonly bytes: Buffer; readonly source: SecretSource }
  /** What is kept wrongly is not passed over: the next source would hide the mistake, with another credential. */
  | { readonly kind: 'malformed'; readonly source: SecretSource; readonly why: string }
  | {
      readonly kind: 'none';
      /** One per source, `keyring not set`. */
      readonly asked: readonly string[];
      /** A source did not work, so that nobody knows whether it has the secret. */
      readonly isBroken: boolean;
    };

export async function firstAnswer(
  sources: readonly SecretSource[],
  entry: KeyringEntry,
  asker: Asker,
): Promise<Found> {
  const asked: string[] = [];
  let isBroken = false;
  for (const source of sources) {
    const answer = await askSource(source, entry, asker);
    if (answer.kind === 'value') return { kind: 'value', bytes: answer.bytes, source };
    if (answer.kind === 'malformed') return { kind: 'malformed', source, why: answer.why };
    if (answer.kind === 'unavailable') isBroken = true;
    asked.push(`${sourceName(source)} ${answer.why}`);
  }
  return { kind: 'none', asked, isBroken };
}

/** Whether a start is refused because of it. */
export function refuses(
  found: Found,
  { required, isConfigured }: { readonly required: boolean; readonly isConfigured: boolean },
): boolean {
  switch (found.kind) {
    case 'value':
      return false;
    case 'malformed':
      return true;
    case 'none':
      // That the keyring does not work here says nothing where nobody chose it.
      return required || (found.isBroken && isConfigured);
  }
}
