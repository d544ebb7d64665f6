// A launcher waits nearly all of its life, one for each configured server: what it holds meanwhile counts.

/** After the start much is left over that a session never needs again; the client's first questions come first. */
const FIRST_LOOK_MS = 1000;
/** Later: after what a busy session left behind, and never between two calls of one task. */
const LOOK_MS = 30_000;

/**
 * Calls `shed` once whenever nothing passed between two looks.
 * @param passed how many messages passed so far
 */
export function shedWhenQuiet(passed: () => number, shed: () => void): void {
  let before = -1;
  let shedAt = -1;
  const look = (): void => {
    const now = passed();
    if (now === before && now !== shedAt) {
      shedAt = now;
      shed();
    }
    before = now;
    wait();
  };
  const wait = (): void => {
    setTimeout(look, shedAt < 0 ? FIRST_LOOK_MS : LOOK_MS).unref();
  };
  wait();
}
