import type { Relay } from './relay.ts';

/** Longer than clients wait themselves (30 to 60 s): whoever still waits then is told why. */
export const START_LIMIT_MS = 60_000;

/**
 * Resolves when the client has asked something and the server has answered nothing at all within the limit (JR-37). Never
 * resolves otherwise; a slow answer later in the session is the client's own matter.
 */
export function silence(relay: Relay, limitMs: number = START_LIMIT_MS): Promise<void> {
  return new Promise((resolve) => {
    let answered = false;
    void relay.serverAnswered.then(() => {
      answered = true;
    });
    const look = (): void => {
      if (answered) return;
      if (relay.counts().messagesToServer > 0) resolve();
      else wait();
    };
    const wait = (): void => {
      setTimeout(look, limitMs).unref();
    };
    wait();
  });
}
