// How many connections of one server are carried at once. What comes above waits for its turn for a while, as in a full
// listen queue, so that a server that opens many at once works, and one that floods us costs a fixed amount (NW-16).

export interface AdmissionLimits {
  readonly active: number;
  readonly waiting: number;
  readonly waitMs: number;
}

/**
 * Clients keep connections that they need no more for some seconds (Node.js: 4, or a second less than its server says), and
 * give a handshake 10 s (undici, Go). So a place has time to become free, and a refusal comes before they give up.
 */
const ADMISSION: AdmissionLimits = { active: 256, waiting: 1024, waitMs: 9000 };

interface Waiter {
  readonly admit: () => void;
  readonly timer: NodeJS.Timeout;
}

export class Admission {
  readonly #limits: AdmissionLimits;
  #active = 0;
  readonly #waiting = new Set<Waiter>();

  constructor(limits: AdmissionLimits = ADMISSION) {
    this.#limits = limits;
  }

  /** Resolves with whether the connection may go on; then `leave` must be called once when it ends. */
  enter(): Promise<boolean> {
    if (this.#active < this.#limits.active) {
      this.#active += 1;
      return Promise.resolve(true);
    }
    if (this.#waiting.size >= this.#limits.waiting) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        admit: () => {
          clearTimeout(waiter.timer);
          resolve(true);
        },
        timer: setTimeout(() => {
          this.#waiting.delete(waiter);
          resolve(false);
        }, this.#limits.waitMs),
      };
      this.#waiting.add(waiter);
    });
  }

  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#active -= 1;
      return;
    }
    // The place goes to whoever has waited longest.
    this.#waiting.delete(next);
    next.admit();
  }
}
