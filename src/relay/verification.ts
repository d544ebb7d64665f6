// Which lists are known, and who waits until they are. A request that rests on a list is held while the launcher asks for
// it; a client's own question for a list is answered out of ours.
import type { Definition } from '../pins/definitions.ts';
import { isJsonObject, type JsonObject, type Message } from './envelope.ts';
import { keyOf, Listing, type ListName, LISTS, listResult, listsNeededBy } from './lists.ts';
import type { Era } from './methods.ts';
import { type McpPolicy, without } from './policy.ts';
import type { RequestId } from './request-id.ts';
import { capabilitiesOf } from './request-meta.ts';
import { type Drift, judgeList, type ListVerdict, type Reviewed } from './reviewed.ts';
import { type Held, Waiting } from './waiting.ts';

type Answer = Extract<Message, { kind: 'result' | 'error' }>;

export interface Progress {
  /** Requests of our own, to be written to the server. */
  readonly toServer: readonly JsonObject[];
  /** Answers to the client. */
  readonly toClient: readonly JsonObject[];
  /** Held requests that may go on: to be judged again. */
  readonly released: readonly Held[];
  /** Requests of the client that cannot be served because the server gave no list. */
  readonly failed: readonly RequestId[];
  readonly drift?: Drift;
  /** The server listed more than the client may see. */
  readonly isHiding?: boolean;
  /** This list is to be asked for again, a little later (`askAgain`). */
  readonly again?: ListName;
}

type ListState = 'unknown' | 'known';

export class Verification {
  readonly #policy: McpPolicy;
  readonly #reviewed: Reviewed;
  readonly #states = new Map<ListName, ListState>();
  readonly #known = new Map<ListName, ReadonlyMap<string, Definition>>();
  readonly #listings = new Map<ListName, Listing>();
  readonly #waiting = new Waiting();
  /** Lists that the server said to have changed while we asked for them. */
  readonly #dirty = new Set<ListName>();
  /** Lists of which the client heard that they changed, and has not asked since. */
  readonly #told = new Set<ListName>();
  /** How often in a row a list was asked for again. */
  readonly #repeats = new Map<ListName, number>();
  /** In which generation each list was last asked for. */
  readonly #eras = new Map<ListName, Era>();
  /** What the client can do, as it was let through in `initialize`. */
  #legacyCapabilities: JsonObject = {};
  /** How the client last introduced itself in a request of the newer generation. */
  #meta: JsonObject | undefined;
  /** While a handshake of the older generation goes on, nothing else is asked of the server. */
  #isReady = true;

  constructor(policy: McpPolicy, reviewed: Reviewed) {
    this.#policy = policy;
    this.#reviewed = reviewed;
  }

  /** Whether a request of the client waits here under that id. */
  has(id: RequestId): boolean {
    return this.#waiting.has(id);
  }

  get isFull(): boolean {
    return this.#waiting.isFull;
  }

  /** Whether an answer under this id is one to a request of ours. */
  isOurs(id: RequestId): boolean {
    return this.#listings.size > 0 && [...this.#listings.values()].some((listing) => listing.id === id);
  }

  /** Whether a request of this method may go on now. */
  isKnown(method: string): boolean {
    return listsNeededBy(method).every((name) => this.#states.get(name) === 'known');
  }

  /** The definition of that name that the client was or will be shown; undefined when it exists for nobody. */
  find(name: ListName, key: string): Definition | undefined {
    if (name === 'tools' && this.#policy.tools?.has(key) === false) return undefined;
    return this.#known.get(name)?.get(key);
  }

  /** A handshake of the older generation begins. */
  greeted(): void {
    this.#isReady = false;
  }

  /** It is over, however it went. */
  ready(capabilities: JsonObject): Progress {
    this.#isReady = true;
    this.#legacyCapabilities = capabilities;
    return this.#begin();
  }

  hold(held: Held): Progress {
    this.#note(held);
    this.#waiting.hold(held);
    return this.#begin();
  }

  /** A client's list is always asked for anew: what was equal a moment ago may not be now (RP-02). */
  ask(name: ListName, request: Held): Progress {
    this.#note(request);
    this.#told.delete(name);
    this.#states.set(name, 'unknown');
    this.#waiting.ask(name, { id: request.message.id, era: request.era });
    return this.#begin();
  }

  /** The server says that a list changed: from now on nothing rests on what we know of it. */
  doubt(name: ListName): void {
    if (this.#listings.has(name)) this.#dirty.add(name);
    if (this.#states.has(name)) this.#states.set(name, 'unknown');
  }

  /** Looks at a list that changed, when anybody ever did. */
  lookAgain(name: ListName): Progress {
    return this.#states.get(name) === 'unknown' ? this.#begin([name]) : NOTHING;
  }

  /** Whether the client needs to hear that the list changed: not when it heard so and has not asked since. */
  isNews(name: ListName): boolean {
    if (this.#told.has(name) || this.#waiting.isAskedFor(name)) return false;
    this.#told.add(name);
    return true;
  }

  /** The client gave a request up that waits here. */
  cancel(id: RequestId): boolean {
    return this.#waiting.cancel(id);
  }

  /** Everything that waits; it counts as answered from now on. */
  giveUp(): readonly RequestId[] {
    return this.#waiting.giveUp();
  }

  /** @param bytes length of the line that carried it */
  answered(message: Answer, bytes: number): Progress {
    const listing = [...this.#listings.values()].find(({ id }) => id === message.id);
    if (listing === undefined) return NOTHING;
    this.#listings.delete(listing.name);
    if (message.kind === 'error') return this.#unavailable(listing, message.error);
    const step = listing.take(message.result, bytes);
    switch (step.kind) {
      case 'ask':
        return { ...NOTHING, toServer: [this.#request(listing, step.params)] };
      case 'faulty':
        return this.#malformed(listing.name);
      case 'complete':
        return this.#complete(listing, step.items);
    }
  }

  /** What came under the id of one of our requests is no answer: whoever waits for that list would wait for ever. */
  unreadable(id: RequestId): Progress {
    const listing = [...this.#listings.values()].find((one) => one.id === id);
    if (listing === undefined) return NOTHING;
    this.#listings.delete(listing.name);
    return this.#malformed(listing.name);
  }

  /** Asks for a list once more, after a while. */
  askAgain(name: ListName): Progress {
    return this.#begin([name]);
  }

  #mayRepeat(name: ListName): boolean {
    const repeats = this.#repeats.get(name) ?? 0;
    this.#repeats.set(name, repeats + 1);
    return repeats < MAX_REPEATS;
  }

  #complete(listing: Listing, items: readonly unknown[]): Progress {
    const { name } = listing;
    const verdict = this.#judge(listing, items);
    // What changed while it was told is not what the server will say next.
    if (this.#dirty.delete(name) && this.#mayRepeat(name)) return this.#begin([name]);
    // Servers register tools after the handshake. What is not there yet is waited for; what nobody reviewed is not.
    if (!verdict.ok && isIncomplete(verdict.drift) && this.#mayRepeat(name))
      return { ...NOTHING, again: name };
    this.#repeats.delete(name);
    if (!verdict.ok)
      return verdict.drift.what === 'malformed'
        ? this.#malformed(name)
        : { ...NOTHING, drift: verdict.drift };
    this.#known.set(name, new Map(verdict.definitions.map((definition) => [definition.key, definition])));
    this.#states.set(name, 'known');
    const shown = items.filter((item) => this.find(name, keyOf(name, item) ?? '') !== undefined);
    const isPinned = this.#reviewed.kind === 'pinned';
    const toClient = this.#waiting.takeAsked(name).map(
      ({ id, era: wanted }): JsonObject => ({
        jsonrpc: '2.0',
        id,
        result: listResult(name, wanted, isPinned ? shown : shown.map(withoutMeta)),
      }),
    );
    return { ...NOTHING, toClient, released: this.#releasable(), isHiding: verdict.isHiding };
  }

  /** A server without such a list says so; that is an answer, and whoever waits gets it in our words. */
  #unavailable(listing: Listing, error: JsonObject): Progress {
    const { name } = listing;
    if (error['code'] !== METHOD_NOT_FOUND) return { ...NOTHING, failed: this.#waiting.takeAllFor(name) };
    const verdict = this.#judge(listing, []);
    // So does a server of the SDKs that has not registered the first of them yet.
    if (!verdict.ok && isIncomplete(verdict.drift) && this.#mayRepeat(name))
      return { ...NOTHING, again: name };
    this.#repeats.delete(name);
    if (!verdict.ok) return { ...NOTHING, drift: verdict.drift };
    this.#known.set(name, new Map());
    this.#states.set(name, 'known');
    const failed = this.#waiting.takeAsked(name).map(({ id }) => id);
    return { ...NOTHING, failed, released: this.#releasable() };
  }

  /** Nobody reviewed such a list; where nothing was reviewed, whoever waits for it is told that there is none. */
  #malformed(name: ListName): Progress {
    if (this.#reviewed.kind === 'pinned') return { ...NOTHING, drift: { what: 'malformed', list: name } };
    return { ...NOTHING, failed: this.#waiting.takeAllFor(name) };
  }

  #releasable(): Held[] {
    return this.#waiting.takeHeld(({ message }) => this.isKnown(message.method));
  }

  #missing(method: string): readonly ListName[] {
    return listsNeededBy(method).filter((name) => this.#states.get(name) !== 'known');
  }

  #judge({ name, where }: Listing, items: readonly unknown[]): ListVerdict {
    return judgeList(name, items, where, this.#reviewed);
  }

  #note({ message, era }: Held): void {
    const meta = message.params['_meta'];
    if (era !== 'modern' || !isJsonObject(meta)) return;
    this.#meta = meta;
  }

  /** Asks for every list that somebody waits for and nobody asks for yet. */
  #begin(more: readonly ListName[] = []): Progress {
    const wanted = new Map<ListName, Era>();
    for (const { message, era } of this.#waiting.requests)
      for (const name of this.#missing(message.method)) wanted.set(name, era);
    for (const [name, [first]] of this.#waiting.questions)
      if (first !== undefined) wanted.set(name, first.era);
    for (const name of more) wanted.set(name, this.#eras.get(name) ?? 'legacy');
    const toServer: JsonObject[] = [];
    for (const [name, era] of wanted) {
      if (this.#listings.has(name) || (era === 'legacy' && !this.#isReady)) continue;
      const capabilities =
        era === 'legacy' ? this.#legacyCapabilities : capabilitiesOf({ _meta: this.#meta });
      const listing = new Listing(name, { era, capabilities }, ownId(), this.#meta);
      this.#eras.set(name, era);
      toServer.push(this.#request(listing, listing.first()));
    }
    return { ...NOTHING, toServer };
  }

  #request(listing: Listing, params: JsonObject): JsonObject {
    this.#listings.set(listing.name, listing);
    return { jsonrpc: '2.0', id: listing.id, method: LISTS[listing.name].method, params };
  }
}

/**
 * `_meta` of a definition steers clients: which tools stay in the prompt, what is asked before a call. Where definitions are pinned
 * a person read it with the rest, and it passes as it was approved; where they are not, nobody did.
 */
function withoutMeta(item: unknown): unknown {
  return isJsonObject(item) && item['_meta'] !== undefined ? without(item, ['_meta']) : item;
}

const METHOD_NOT_FOUND = -32601;
/** With the pause between them about a second in all. */
const MAX_REPEATS = 10;

/** Nothing in it that was not reviewed, but less than was. */
function isIncomplete(drift: Drift): boolean {
  return drift.what === 'list' && drift.added === 0 && drift.changed === 0;
}

const NOTHING: Progress = { toServer: [], toClient: [], released: [], failed: [] };

/** Nobody can guess it, so nobody can answer before it is asked (JR-08); the client's ids never equal it. */
function ownId(): string {
  return `cordon-${globalThis.crypto.randomUUID()}`;
}
