// A start that is refused: why, for the person and for the client.
import { type CordonError, EXIT_REFUSED } from '../errors.ts';
import { renderError, withoutProfileName } from '../messages/render-error.ts';
import type { Relay } from '../relay/relay.ts';
import type { Concealer } from '../secrets/conceal.ts';
import { isTerminal } from '../system/is-terminal.ts';

const DRAIN_MS = 150;

/** Says why on stderr and in the client: stays to answer each request until the client goes (protocol.md 3.5). */
export async function refuse(
  error: CordonError,
  name: string,
  relay: Relay,
  interrupted: Promise<number>,
  record: (error: CordonError) => Promise<void>,
): Promise<number> {
  process.stderr.write(`${renderError(error)}\n`);
  await record(error).catch(() => {});
  if (await isTerminal(0)) return EXIT_REFUSED;
  relay.refuse(withoutProfileName(error, name));
  await Promise.race([relay.clientGone, interrupted]);
  await Promise.race([relay.flush(), delay(DRAIN_MS)]);
  return EXIT_REFUSED;
}

export async function concealed(error: CordonError, by: Concealer): Promise<CordonError> {
  const { concealedError } = await import('../secrets/deliver.ts');
  return concealedError(error, by);
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
