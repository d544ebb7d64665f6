// The greeting and every list of a server, in one session.
import { canonicalJson, type JsonObject } from '../pins/canonical-json.ts';
import {
  type Definition,
  type DefinitionKind,
  type Definitions,
  KINDS,
  LIST_MEMBER,
  setHash,
} from '../pins/definitions.ts';
import { readDefinitions } from '../pins/read-definitions.ts';
import { LIMITS } from '../relay/limits.ts';
import { readIntroduction } from '../pins/read-introduction.ts';
import { sha256Hex } from '../sha256.ts';
import { VERSION } from '../version.ts';
import { type Exchange, Unanswered } from './collect-exchange.ts';
import type { Start } from './collect-starts.ts';

const LEGACY_VERSION = '2025-11-25';
const LEGACY_VERSIONS = new Set(['2024-11-05', '2025-03-26', '2025-06-18', LEGACY_VERSION]);
const MODERN_VERSION = '2026-07-28';
const METHOD_NOT_FOUND = -32601;

/** A server that loads its schemas takes long to greet, and then answers at once. */
const GREETING_MS = 30_000;
/** A legacy server often says nothing to what it does not know. */
const DISCOVER_MS = 5000;
const LIST_MS = 15_000;
/** What the relay would not pass on cannot be used after it was approved. */
const { pages: MAX_PAGES, items: MAX_ITEMS, bytes: MAX_BYTES } = LIMITS.list;
const PAGE_BYTES = LIMITS.listResultBytes;
/** Servers add tools when the client has shown its roots (pinning.md 0.6). */
const SETTLE_MS = 300;
const SECOND_LOOK_MS = 500;

const LISTS: Readonly<
  Record<DefinitionKind, { readonly capability: string; readonly method: string; readonly member: string }>
> = {
  tool: { capability: 'tools', method: 'tools/list', member: 'tools' },
  prompt: { capability: 'prompts', method: 'prompts/list', member: 'prompts' },
  resource: { capability: 'resources', method: 'resources/list', member: 'resources' },
  template: {
    capability: 'resources',
    method: 'resources/templates/list',
    member: 'resourceTemplates',
  },
};

export interface Said {
  readonly definitions: Definitions;
  /** Whether it said the same again. */
  readonly stable: boolean;
  /** One hash over everything: equal when the same was said in another context. */
  readonly listing: string;
}

/**
 * undefined when the server does not speak this generation.
 * @param onGreeted called when it has answered for the first time
 * @throws Unanswered
 */
export async function listEverything(
  exchange: Exchange,
  start: Start,
  onGreeted: () => void,
): Promise<Said | undefined> {
  const greeting =
    start.generation === 'legacy' ? await initialize(exchange, start) : await discover(exchange, start);
  if (greeting === undefined) return undefined;
  onGreeted();
  const read = readIntroduction(start.generation, greeting.result);
  if (!read.ok) throw new Unanswered(`what it says of itself cannot be pinned: ${read.fault}`);
  const { introduction } = read;
  await delay(SETTLE_MS);
  const look = (): Promise<Lists> => allLists(exchange, introduction.capabilities, greeting.meta);
  const lists = await look();
  await delay(SECOND_LOOK_MS);
  const again = await look();
  const definitions: Definitions = {
    context: {
      generation: start.generation,
      protocolVersion: greeting.protocolVersion,
      clientCapabilities: start.capabilities,
      ...(start.secrets === undefined ? {} : { secrets: start.secrets }),
    },
    ...introduction,
    ...lists,
  };
  const listing = (some: Lists): string =>
    sha256Hex(
      canonicalJson({ ...introduction, lists: KINDS.map((kind) => setHash(some[LIST_MEMBER[kind]])) }),
    );
  return { definitions, stable: listing(lists) === listing(again), listing: listing(lists) };
}

interface Greeting {
  readonly result: { readonly [member: string]: unknown };
  readonly protocolVersion: string;
  /** Members that go with every request. */
  readonly meta: JsonObject;
}

async function initialize(exchange: Exchange, { client, capabilities }: Start): Promise<Greeting> {
  const { result } = await exchange.request(
    'initialize',
    { protocolVersion: LEGACY_VERSION, capabilities, clientInfo: { name: client, version: VERSION } },
    GREETING_MS,
  );
  const { protocolVersion } = result;
  if (typeof protocolVersion !== 'string' || !LEGACY_VERSIONS.has(protocolVersion))
    throw new Unanswered('it answered initialize with a version of the protocol that cordon does not know');
  exchange.notify('notifications/initialized');
  return { result, protocolVersion, meta: {} };
}

async function discover(exchange: Exchange, { client, capabilities }: Start): Promise<Greeting | undefined> {
  const meta = {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': MODERN_VERSION,
      'io.modelcontextprotocol/clientCapabilities': capabilities,
      'io.modelcontextprotocol/clientInfo': { name: client, version: VERSION },
    },
  };
  try {
    const { result } = await exchange.request('server/discover', meta, DISCOVER_MS);
    const { supportedVersions } = result;
    if (!Array.isArray(supportedVersions) || !supportedVersions.includes(MODERN_VERSION)) return undefined;
    return { result, protocolVersion: MODERN_VERSION, meta };
  } catch (fault) {
    // Any answer but a good one means that it is of the other generation; so does silence, or the end (protocol.md 1.2).
    if (fault instanceof Unanswered) return undefined;
    throw fault;
  }
}

type Lists = Pick<Definitions, 'tools' | 'prompts' | 'resources' | 'templates'>;

async function allLists(exchange: Exchange, capabilities: JsonObject, meta: JsonObject): Promise<Lists> {
  const lists: Record<string, readonly Definition[]> = {};
  for (const kind of KINDS)
    lists[LIST_MEMBER[kind]] = Object.hasOwn(capabilities, LISTS[kind].capability)
      ? await wholeList(exchange, kind, meta)
      : [];
  return lists as unknown as Lists;
}

async function wholeList(
  exchange: Exchange,
  kind: DefinitionKind,
  meta: JsonObject,
): Promise<readonly Definition[]> {
  const { method, member } = LISTS[kind];
  const items: unknown[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  let bytes = 0;
  do {
    if (cursors.size === MAX_PAGES) throw new Unanswered(`its ${method} has more than ${MAX_PAGES} pages`);
    if (cursor !== undefined) cursors.add(cursor);
    const page = await onePage(exchange, method, { ...meta, ...(cursor === undefined ? {} : { cursor }) });
    if ((page?.bytes ?? 0) > PAGE_BYTES)
      throw new Unanswered(`a page of its ${method} is larger than ${PAGE_BYTES} bytes`);
    bytes += page?.bytes ?? 0;
    if (bytes > MAX_BYTES) throw new Unanswered(`its ${method} is larger than ${MAX_BYTES} bytes`);
    const entries = page === undefined ? [] : page.result[member];
    if (!Array.isArray(entries)) throw new Unanswered(`its answer to ${method} is no list`);
    for (const entry of entries as readonly unknown[]) items.push(entry);
    if (items.length > MAX_ITEMS) throw new Unanswered(`its ${method} has more than ${MAX_ITEMS} entries`);
    cursor = nextCursor(page?.result['nextCursor'], method);
    if (cursor !== undefined && cursors.has(cursor))
      throw new Unanswered(`the pages of its ${method} go in a circle`);
  } while (cursor !== undefined);
  const read = readDefinitions(kind, items);
  if (!read.ok) throw new Unanswered(`its ${method} cannot be pinned: ${read.fault}`);
  return read.list;
}

/** undefined when the server does not know the method, as many do not know templates. */
async function onePage(exchange: Exchange, method: string, params: object) {
  try {
    return await exchange.request(method, params, LIST_MS);
  } catch (fault) {
    if (fault instanceof Unanswered && fault.code === METHOD_NOT_FOUND) return undefined;
    throw fault;
  }
}

function nextCursor(value: unknown, method: string): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new Unanswered(`the cursor of its ${method} is not text`);
  return value;
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
