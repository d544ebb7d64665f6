// How a session ends, and how long anybody is waited for then.
import type { EndReason } from '../audit/event.ts';
import type { Listening } from '../egress/listen.ts';
import { EXIT_REFUSED } from '../errors.ts';
import type { Session, SessionEnd } from '../launch/session.ts';
import { egressFailed, serverEnded, serverSilent } from '../messages/run.ts';
import { sandboxSetupFailed } from '../messages/sandbox.ts';
import type { Relay } from '../relay/relay.ts';
import { START_LIMIT_MS, silence } from '../relay/silence.ts';

/** From a signal or the end of stdin until we are gone: clients allow 500 ms, and some of it is the kernel's. */
const LEAVE_MS = 330;
/** And from the end of the server after a signal, when somebody does not read. */
const SIGNAL_DRAIN_MS = 60;
/** How long a client may take to read what a server said last, and why it ended. */
const LAST_ANSWERS_MS = 5000;

/** Whichever comes first: the server ends by itself, the client goes, a signal, or a broken protocol. */
export async function untilEnd(
  session: Session,
  relay: Relay,
  stderrWritten: Promise<void>,
  interrupted: Promise<number>,
  listening: Listening | undefined,
): Promise<{ readonly end: SessionEnd; readonly reason: EndReason }> {
  const reason = await Promise.race([
    session.ended.then(() => 'server' as const),
    relay.clientGone.then(() => 'client-gone' as const),
    interrupted.then(() => 'signal' as const),
    relay.violated.then(({ code }) =>
      code === 'DEFINITION_DRIFT' ? ('drift' as const) : ('violation' as const),
    ),
    silence(relay).then(() => {
      relay.refuse(serverSilent(START_LIMIT_MS / 1000));
      return 'violation' as const;
    }),
    ...(listening === undefined
      ? []
      : [
          listening.failed.then((error) => {
            relay.refuse(egressFailed(error.message));
            return 'egress' as const;
          }),
        ]),
  ]);
  const clientLeaves = reason === 'client-gone' || reason === 'signal';
  // What the server said last still reaches the client, in its own time while it is there; but neither a client that does
  // not read nor a descriptor that somebody holds open can hold us.
  const leaving = clientLeaves ? Promise.resolve() : Promise.race([relay.clientGone, interrupted]);
  const patience = Promise.race([leaving.then(() => delay(LEAVE_MS)), delay(LAST_ANSWERS_MS)]);
  if (reason === 'violation' || reason === 'egress' || reason === 'drift') session.kill();
  const end = clientLeaves ? await session.stop() : await session.ended;
  // Whoever sends a signal reads on only if they read by now.
  const enough = reason === 'signal' ? Promise.race([patience, delay(SIGNAL_DRAIN_MS)]) : patience;
  // Connections that were open are told of with what they carried.
  listening?.close();
  await Promise.race([relay.serverDrained, enough]);
  relay.refuse(end.kind === 'setup-failed' ? sandboxSetupFailed(end.message) : serverEnded(exitStatus(end)));
  await Promise.race([Promise.all([relay.flush(), stderrWritten]), enough]);
  // Whoever asks again is told again, and is not given another server that says who knows what.
  if (reason === 'drift') await Promise.race([relay.clientGone, interrupted]);
  return { end, reason };
}

export function exitStatus(end: SessionEnd): number {
  switch (end.kind) {
    case 'exited':
      return end.code;
    case 'signalled':
      return 137;
    case 'setup-failed':
      return EXIT_REFUSED;
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
