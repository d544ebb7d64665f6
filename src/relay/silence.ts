import type { Relay } from './relay.ts';

/** Longer than clients wait themselves (30 to 60 s): whoever still waits then is told why. */
export const START_LIMIT_MS = 60_000;

/**
 * Resolves when a server was greeted and has answered nothing at all within the limit (JR-37). Never resolves otherwise: a
 * session may begin with a call that takes long (2026-07-28), and that, like a slow answer later, is the client's matter.
 */
export function silence(relay: Relay, limitMs: number = START_LIMIT_MS): Promise<void> {
  return new Promise((resolve) => {
    void relay.serverGreeted.then(() => {
      const timer = setTimeout(resolve, limitMs).unref();
      void relay.serverAnswered.then(() => clearTimeout(timer));
    });
  });
}
