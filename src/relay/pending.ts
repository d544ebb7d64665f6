// Requests that wait for their answer, one table per direction. An answer passes only for the very id, type and value,
// that is in the table; the two directions never share one, so that a server that reuses a client's id confuses nobody.
import type { JsonObject } from './envelope.ts';
import type { Era } from './methods.ts';
import type { RequestId } from './request-id.ts';
import type { Subject } from './rounds.ts';

export interface PendingRequest {
  readonly id: RequestId;
  readonly method: string;
  readonly era: Era;
  /** What the client can do, where the request itself says it (2026-07-28), as it was let through. */
  readonly capabilities?: JsonObject | undefined;
  /** What it is about and how often it was asked, where its result may ask for something in between. */
  readonly subject?: Subject | undefined;
  readonly round?: number | undefined;
  /** Resources of which the client hears under it, where it is a subscription. */
  readonly subscribed?: readonly string[] | undefined;
  /** The token under which progress may be reported. */
  readonly progressToken: RequestId | undefined;
  /** The asker gave up: a late answer is dropped. */
  isCancelled: boolean;
}

export class PendingTable {
  readonly #requests = new Map<RequestId, PendingRequest>();
  /** Ids of requests that were given up and may still be answered, oldest first. */
  readonly #cancelled = new Set<RequestId>();
  /** How many waiting requests gave each token. */
  readonly #tokens = new Map<RequestId, number>();
  readonly #maxInFlight: number;

  constructor(maxInFlight: number) {
    this.#maxInFlight = maxInFlight;
  }

  get isFull(): boolean {
    return this.#requests.size - this.#cancelled.size >= this.#maxInFlight;
  }

  has(id: RequestId): boolean {
    return this.#requests.has(id);
  }

  get(id: RequestId): PendingRequest | undefined {
    return this.#requests.get(id);
  }

  /** @param request one whose id is not in the table */
  add(request: PendingRequest): void {
    this.#requests.set(request.id, request);
    const token = request.progressToken;
    if (token !== undefined) this.#tokens.set(token, (this.#tokens.get(token) ?? 0) + 1);
  }

  /** Removes the request and returns it; undefined when no request of that id waits. */
  settle(id: RequestId): PendingRequest | undefined {
    const request = this.#requests.get(id);
    if (request === undefined) return undefined;
    this.#forget(request);
    return request;
  }

  /** Whether a request of that id waited and was not given up before. */
  cancel(id: RequestId): boolean {
    const request = this.#requests.get(id);
    if (request === undefined || request.isCancelled) return false;
    request.isCancelled = true;
    this.#cancelled.add(id);
    this.#dropToken(request.progressToken);
    // A peer that never answers what was given up must not fill the table.
    if (this.#cancelled.size > this.#maxInFlight) this.#forgetOldestCancelled();
    return true;
  }

  /** Whether a waiting request gave this token. */
  hasToken(token: unknown): boolean {
    return this.#tokens.has(token as RequestId);
  }

  /** Empties the table; what was not given up comes back in the order in which it was asked. */
  settleAll(): PendingRequest[] {
    const waiting = [...this.#requests.values()].filter((request) => !request.isCancelled);
    this.#requests.clear();
    this.#cancelled.clear();
    this.#tokens.clear();
    return waiting;
  }

  #forget(request: PendingRequest): void {
    this.#requests.delete(request.id);
    if (request.isCancelled) this.#cancelled.delete(request.id);
    else this.#dropToken(request.progressToken);
  }

  #forgetOldestCancelled(): void {
    for (const id of this.#cancelled) {
      this.settle(id);
      return;
    }
  }

  #dropToken(token: RequestId | undefined): void {
    if (token === undefined) return;
    const count = this.#tokens.get(token) ?? 0;
    if (count > 1) this.#tokens.set(token, count - 1);
    else this.#tokens.delete(token);
  }
}
