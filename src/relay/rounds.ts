// Results that ask for something in between (2026-07-28): the client asks the same again, with answers and with the state that
// the server gave it. What goes on must have been asked for in this session, and goes on a bounded number of times: each round
// may be a question to a person, or a turn of the model that somebody pays for. Pure.
import { sha256Hex } from '../sha256.ts';
import { isJsonObject, type JsonObject } from './envelope.ts';
import { LIMITS } from './limits.ts';

/** What a request is about: the rest of its parameters may differ between rounds. */
export interface Subject {
  readonly method: string;
  /** Name of the tool or prompt, or the uri. */
  readonly target: string;
}

interface Open {
  readonly round: number;
  readonly keys: ReadonlySet<string>;
}

/** Requests whose results may ask for something in between. */
export const RESUMABLE_METHODS: ReadonlySet<string> = new Set([
  'tools/call',
  'prompts/get',
  'resources/read',
]);

export function subjectOf(method: string, params: JsonObject): Subject {
  const target = params[method === 'resources/read' ? 'uri' : 'name'];
  return { method, target: typeof target === 'string' ? target : '' };
}

export function goesOn(params: JsonObject): boolean {
  return params['inputResponses'] !== undefined || params['requestState'] !== undefined;
}

export class Rounds {
  /** By what was asked, oldest first. Hashed: the state is as long as the server likes. */
  readonly #open = new Map<string, Open>();

  /** Which round a request begins, 0 for a new one; undefined when nobody asked for what it brings. */
  begin(subject: Subject, params: JsonObject): number | undefined {
    if (!goesOn(params)) return 0;
    const { inputResponses = {}, requestState } = params;
    const open = this.#open.get(keyOf(subject, requestState));
    if (open === undefined || !isJsonObject(inputResponses)) return undefined;
    return Object.keys(inputResponses).every((key) => open.keys.has(key)) ? open.round : undefined;
  }

  /** @returns why the result does not pass; undefined when it does, and what it asks for may be brought */
  ask(subject: Subject, round: number, result: JsonObject): 'malformed' | 'too-many' | undefined {
    const { inputRequests = {}, requestState } = result;
    if (!isJsonObject(inputRequests)) return 'malformed';
    if (requestState !== undefined && typeof requestState !== 'string') return 'malformed';
    const keys = Object.keys(inputRequests);
    // Clients ask again with nothing new then: each such round would look like a call of its own, without an end.
    if (keys.length === 0 && requestState === undefined) return 'malformed';
    if (round >= LIMITS.rounds || keys.length > LIMITS.inputRequests) return 'too-many';
    if (keys.some((key) => key.length > MAX_KEY_LENGTH)) return 'malformed';
    const key = keyOf(subject, requestState);
    // Anew: the newest of what is alike is what the client goes on with.
    this.#open.delete(key);
    this.#open.set(key, { round: round + 1, keys: new Set(keys) });
    if (this.#open.size > LIMITS.openRounds) this.#forgetOldest();
    return undefined;
  }

  #forgetOldest(): void {
    for (const key of this.#open.keys()) {
      this.#open.delete(key);
      return;
    }
  }
}

const MAX_KEY_LENGTH = 256;

function keyOf({ method, target }: Subject, state: unknown): string {
  return sha256Hex(JSON.stringify([method, target, state ?? null]));
}
