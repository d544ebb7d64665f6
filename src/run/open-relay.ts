// The relay between our own stdin and stdout and the server that will be there. Its code is loaded when it is made.
import type { DenialCounter } from '../audit/denials.ts';
import { systemCalls } from '../launch/backend.ts';
import type { Relay } from '../relay/relay.ts';

export async function openRelay(denials: DenialCounter): Promise<Relay> {
  const [{ createRelay }, { readableFromFd, writableToFd }] = await Promise.all([
    import('../relay/create-relay.ts'),
    import('../relay/pipe-streams.ts'),
  ]);
  return createRelay({
    client: {
      input: readableFromFd(0),
      output: writableToFd(1),
      isGone: async () => {
        const { isHungUp } = await systemCalls();
        // Both: whoever wrote much and closed that side still waits for answers on the other.
        return isHungUp(0) && isHungUp(1);
      },
    },
    onDenied: (denial) => denials.add(denial),
  });
}
