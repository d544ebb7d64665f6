// Two sockets made one: bytes both ways at the pace of the slower side, the end of one direction passed on as such (a
// half-closed connection goes on in the other), a reset passed on as a reset.
import type { Socket } from 'node:net';

/** `reset`: one side broke off; the other was reset too. */
export type Spliced = 'closed' | 'reset';

/** Resolves when both sockets are closed. Both must be paused and allow half-open connections. */
export function splice(one: Socket, other: Socket): Promise<Spliced> {
  return new Promise((resolve) => {
    let open = 2;
    let outcome: Spliced = 'closed';
    const closed = (from: Socket, to: Socket): void => {
      // Ended both ways it closed by itself; else something broke, and the other side must not wait for more.
      if (!from.readableEnded || !from.writableFinished) {
        outcome = 'reset';
        if (!to.destroyed) to.resetAndDestroy();
      }
      open -= 1;
      if (open === 0) resolve(outcome);
    };
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      if (from.closed) closed(from, to);
      else from.once('close', () => closed(from, to));
    }
    if (one.destroyed || other.destroyed) {
      one.destroy();
      other.destroy();
      return;
    }
    one.pipe(other);
    other.pipe(one);
  });
}
