// Requests of the client that wait for lists: those that rest on one are held, those that ask for one are answered out of ours.
import type { Message } from './envelope.ts';
import { LIMITS } from './limits.ts';
import { type ListName, listsNeededBy } from './lists.ts';
import type { Era } from './methods.ts';
import type { RequestId } from './request-id.ts';

/** A request that waits for lists, with its line. */
export interface Held {
  readonly message: Extract<Message, { kind: 'request' }>;
  readonly era: Era;
  readonly line: Uint8Array;
  /** What was filtered out of the message: the line is not what passes. */
  readonly isChanged: boolean;
}

/** A client's question for a list, answered when ours is known. */
interface Asked {
  readonly id: RequestId;
  readonly era: Era;
}

export class Waiting {
  readonly #held = new Map<RequestId, Held>();
  readonly #asked = new Map<ListName, Asked[]>();
  #heldBytes = 0;

  /** Whether a request of the client waits here under that id. */
  has(id: RequestId): boolean {
    if (this.#isEmpty) return false;
    return (
      this.#held.has(id) || [...this.#asked.values()].some((list) => list.some((asked) => asked.id === id))
    );
  }

  get isFull(): boolean {
    if (this.#isEmpty) return false;
    const asked = [...this.#asked.values()].reduce((sum, list) => sum + list.length, 0);
    return this.#held.size + asked >= LIMITS.clientRequestsInFlight || this.#heldBytes >= LIMITS.heldBytes;
  }

  /** As it is for most of a session, at each message. */
  get #isEmpty(): boolean {
    return this.#held.size === 0 && this.#asked.size === 0;
  }

  hold(held: Held): void {
    this.#held.set(held.message.id, held);
    this.#heldBytes += held.line.length;
  }

  ask(name: ListName, asked: Asked): void {
    this.#asked.set(name, [...this.#askedFor(name), asked]);
  }

  /** The questions for each list that somebody waits for. */
  get questions(): Iterable<readonly [ListName, readonly Asked[]]> {
    return this.#asked;
  }

  /** All that is held, in the order of its coming. */
  get requests(): Iterable<Held> {
    return this.#held.values();
  }

  /** Takes out the questions for a list. */
  takeAsked(name: ListName): readonly Asked[] {
    const asked = this.#askedFor(name);
    this.#asked.delete(name);
    return asked;
  }

  /** Takes out what may go on. */
  takeHeld(mayGo: (held: Held) => boolean): Held[] {
    const taken = [...this.#held.values()].filter(mayGo);
    for (const held of taken) this.#release(held);
    return taken;
  }

  /** Takes out whoever waits for the list, in whatever way. */
  takeAllFor(name: ListName): RequestId[] {
    const held = this.takeHeld(({ message }) => listsNeededBy(message.method).includes(name));
    return [...this.takeAsked(name), ...held.map(({ message }) => message)].map(({ id }) => id);
  }

  /** The client gave a request up that waits here. */
  cancel(id: RequestId): boolean {
    const held = this.#held.get(id);
    if (held !== undefined) {
      this.#release(held);
      return true;
    }
    for (const [name, asked] of this.#asked) {
      const rest = asked.filter((one) => one.id !== id);
      if (rest.length < asked.length) {
        this.#asked.set(name, rest);
        return true;
      }
    }
    return false;
  }

  /** Everything that waits; it counts as answered from now on. */
  giveUp(): readonly RequestId[] {
    const ids = [...this.#held.keys(), ...[...this.#asked.values()].flat().map(({ id }) => id)];
    this.#held.clear();
    this.#asked.clear();
    this.#heldBytes = 0;
    return ids;
  }

  isAskedFor(name: ListName): boolean {
    return this.#askedFor(name).length > 0;
  }

  #askedFor(name: ListName): readonly Asked[] {
    return this.#asked.get(name) ?? [];
  }

  #release(held: Held): void {
    this.#held.delete(held.message.id);
    this.#heldBytes -= held.line.length;
  }
}
