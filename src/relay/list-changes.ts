// What a server says about its lists: "changed", as often as it likes. The client asks for the whole list again each time, so it
// hears of many in a short time as one, a little later; of the last one always.
import type { JsonObject } from './envelope.ts';
import { LIMITS } from './limits.ts';
import type { ListName } from './lists.ts';
import { RateLimit } from './rate-limit.ts';

export const LISTS_OF_NOTICE = {
  'notifications/tools/list_changed': ['tools'],
  'notifications/prompts/list_changed': ['prompts'],
  'notifications/resources/list_changed': ['resources', 'templates'],
} as const satisfies Readonly<Record<string, readonly ListName[]>>;

export type Notice = keyof typeof LISTS_OF_NOTICE;

export function isNotice(method: string): method is Notice {
  return Object.hasOwn(LISTS_OF_NOTICE, method);
}

export class ListChanges {
  readonly #limits = new Map<Notice, RateLimit>();
  /** What the client is to hear a little later: the params of the newest. */
  readonly #later = new Map<Notice, JsonObject>();

  /** When the client may hear of it. `waits`: it will, with those before. */
  take(notice: Notice, params: JsonObject, nowMs: number): 'now' | 'later' | 'waits' {
    if (this.#later.has(notice)) {
      this.#later.set(notice, params);
      return 'waits';
    }
    const limit = this.#limits.get(notice) ?? new RateLimit(LIMITS.rates.listChanges);
    this.#limits.set(notice, limit);
    if (limit.take(nowMs)) return 'now';
    this.#later.set(notice, params);
    return 'later';
  }

  /** After the pause: the params of what was put off. */
  announce(notice: Notice): JsonObject | undefined {
    const params = this.#later.get(notice);
    this.#later.delete(notice);
    return params;
  }
}
