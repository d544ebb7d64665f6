// How much of each kind a server may send in a time. What is too much is dropped when the next one tells as much (progress,
// logs), told later when it must not be lost (a list that changed), and answered with an error when somebody waits (requests).
import { LIMITS } from './limits.ts';
import { RateLimit } from './rate-limit.ts';

type Kind = Exclude<keyof typeof LIMITS.rates, 'listChanges'>;

const KINDS: Readonly<Record<string, Kind>> = {
  'notifications/progress': 'progress',
  'notifications/message': 'logs',
  'notifications/resources/updated': 'updates',
};

export class Rates {
  readonly #limits: Readonly<Record<Kind, RateLimit>> = {
    progress: new RateLimit(LIMITS.rates.progress),
    logs: new RateLimit(LIMITS.rates.logs),
    updates: new RateLimit(LIMITS.rates.updates),
    requests: new RateLimit(LIMITS.rates.requests),
    others: new RateLimit(LIMITS.rates.others),
  };

  /** Whether a notification of this method may pass now. */
  takeNotification(method: string, nowMs: number): boolean {
    return this.#limits[KINDS[method] ?? 'others'].take(nowMs);
  }

  takeRequest(nowMs: number): boolean {
    return this.#limits.requests.take(nowMs);
  }
}
