// A token bucket: `burst` at once, then `perSecond`. The clock comes from outside.

export class RateLimit {
  readonly #perMs: number;
  readonly #burst: number;
  #left: number;
  #since: number | undefined;

  constructor(limit: { readonly perSecond: number; readonly burst: number }) {
    this.#perMs = limit.perSecond / 1000;
    this.#burst = limit.burst;
    this.#left = limit.burst;
  }

  /** @param amount how much is asked for; all or nothing */
  take(nowMs: number, amount = 1): boolean {
    const passed = Math.max(0, nowMs - (this.#since ?? nowMs));
    this.#since = nowMs;
    this.#left = Math.min(this.#burst, this.#left + passed * this.#perMs);
    if (this.#left < amount) return false;
    this.#left -= amount;
    return true;
  }
}
