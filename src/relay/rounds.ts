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
  /** What was asked for has been brought. */
  isAnswered: boolean;
}

/** Requests whose results may ask for something in between. */
export const RESUMABLE_METHODS: ReadonlySet<string> = new Set([
  'tools/call',
  'prompts/get',
  'resources/read',
]);

/** Which member says what a request is about, where it may go on. The state of a task asks, and an update brings. */
const TARGETS: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/update', 'taskId'],
]);

/** undefined for a request that nothing goes on with. */
export function subjectOf(method: string, params: JsonObject): Subject | undefined {
  const member = TARGETS.get(method);
  if (member === undefined) return undefined;
  const target = params[member];
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
    if (!Object.keys(inputResponses).every((key) => open.keys.has(key))) return undefined;
    open.isAnswered = true;
    return open.round;
  }

  /** As `ask`, for what is asked for again each time somebody looks: a round is over when it was answered. */
  askInTask(taskId: string, state: JsonObject): 'malformed' | 'too-many' | undefined {
    const subject = { method: 'tasks/update', target: taskId };
    const open = this.#open.get(keyOf(subject, undefined));
    const round = open === undefined ? 0 : open.round - (open.isAnswered ? 0 : 1);
    return this.ask(subject, round, { inputRequests: state['inputRequests'] });
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
    this.#open.set(key, { round: round + 1, keys: new Set(keys), isAnswered: false });
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
