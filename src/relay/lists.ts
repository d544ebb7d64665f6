// The launcher's own listings. A client is shown definitions only out of a list that the launcher asked for itself, with all
// its pages, and found equal to what was reviewed (pinning.md 0.1): what a server sends in between is never passed on.
import { isJsonObject, type JsonObject } from './envelope.ts';
import { META } from './meta.ts';
import { LIMITS } from './limits.ts';
import type { Era } from './methods.ts';
import type { RequestId } from './request-id.ts';

export type ListName = 'tools' | 'prompts' | 'resources' | 'templates';

interface ListShape {
  readonly method: string;
  readonly member: string;
}

export const LISTS: Readonly<Record<ListName, ListShape>> = {
  tools: { method: 'tools/list', member: 'tools' },
  prompts: { method: 'prompts/list', member: 'prompts' },
  resources: { method: 'resources/list', member: 'resources' },
  templates: { method: 'resources/templates/list', member: 'resourceTemplates' },
};

const LIST_OF_METHOD = new Map(Object.entries(LISTS).map(([name, { method }]) => [method, name as ListName]));

/** The list that a method asks for. */
export function listOf(method: string): ListName | undefined {
  return LIST_OF_METHOD.get(method);
}

const NEEDED: Readonly<Record<string, readonly ListName[]>> = {
  'tools/call': ['tools'],
  'prompts/get': ['prompts'],
  'resources/read': ['resources', 'templates'],
  'resources/subscribe': ['resources', 'templates'],
};

/** The lists that must be known before a request of this method passes. */
export function listsNeededBy(method: string): readonly ListName[] {
  return NEEDED[method] ?? [];
}

const { pages: MAX_PAGES, items: MAX_ITEMS, bytes: MAX_BYTES } = LIMITS.list;

type ListingFault = 'list-malformed' | 'list-endless' | 'list-too-large';

export type Step =
  | { readonly kind: 'ask'; readonly params: JsonObject }
  | { readonly kind: 'complete'; readonly items: readonly unknown[] }
  | { readonly kind: 'faulty'; readonly fault: ListingFault };

/** On what the answer of a server may depend. */
export interface Where {
  readonly era: Era;
  /** Of the client, as they were let through. */
  readonly capabilities: JsonObject;
}

/** One walk over all pages of one list. */
export class Listing {
  readonly name: ListName;
  /** As it is when it begins: what a client says meanwhile changes nothing of what this server was asked. */
  readonly where: Where;
  readonly id: RequestId;
  readonly #meta: JsonObject | undefined;
  readonly #items: unknown[] = [];
  readonly #cursors = new Set<string>();
  #bytes = 0;

  /** @param meta `_meta` of the client's own request, already filtered; a modern request cannot be without */
  constructor(name: ListName, where: Where, id: RequestId, meta: JsonObject | undefined) {
    this.name = name;
    this.where = where;
    this.id = id;
    this.#meta = where.era === 'modern' && meta !== undefined ? identity(meta) : undefined;
  }

  first(): JsonObject {
    return this.#params();
  }

  /** @param bytes length of the line that carried the result */
  take(result: JsonObject, bytes: number): Step {
    const page = result[LISTS[this.name].member];
    // A list that asks back at the same time is none (S2C-05).
    if (!isComplete(result) || !Array.isArray(page)) return { kind: 'faulty', fault: 'list-malformed' };
    if (bytes > LIMITS.listResultBytes) return { kind: 'faulty', fault: 'list-too-large' };
    this.#bytes += bytes;
    for (const item of page) this.#items.push(item);
    if (this.#items.length > MAX_ITEMS || this.#bytes > MAX_BYTES)
      return { kind: 'faulty', fault: 'list-too-large' };
    const cursor = result['nextCursor'];
    // Absent and empty mean the end (RP-15); a server that writes null for absent is common.
    if (cursor === undefined || cursor === null || cursor === '')
      return { kind: 'complete', items: this.#items };
    if (typeof cursor !== 'string') return { kind: 'faulty', fault: 'list-malformed' };
    if (this.#cursors.has(cursor) || this.#cursors.size >= MAX_PAGES)
      return { kind: 'faulty', fault: 'list-endless' };
    this.#cursors.add(cursor);
    return { kind: 'ask', params: this.#params(cursor) };
  }

  #params(cursor?: string): JsonObject {
    return {
      ...(this.#meta === undefined ? {} : { _meta: this.#meta }),
      ...(cursor === undefined ? {} : { cursor }),
    };
  }
}

function isComplete({ resultType, inputRequests }: JsonObject): boolean {
  return (resultType === undefined || resultType === 'complete') && inputRequests === undefined;
}

/** Who asks and what they can do; not the progress token or the trace of that one request. */
function identity(meta: JsonObject): JsonObject {
  return Object.fromEntries(
    [META.version, META.clientCapabilities, META.clientInfo].flatMap((name) =>
      meta[name] === undefined ? [] : [[name, meta[name]]],
    ),
  );
}

/** The answer to a client that asked for a list: one page, of what it may see. */
export function listResult(name: ListName, era: Era, items: readonly unknown[]): JsonObject {
  const list = { [LISTS[name].member]: items };
  return era === 'modern' ? { resultType: 'complete', ...list, ttlMs: 0, cacheScope: 'private' } : list;
}

/** Name of a tool, prompt, resource or template. */
export function keyOf(name: ListName, item: unknown): string | undefined {
  if (!isJsonObject(item)) return undefined;
  const key = item[name === 'resources' ? 'uri' : name === 'templates' ? 'uriTemplate' : 'name'];
  return typeof key === 'string' ? key : undefined;
}
