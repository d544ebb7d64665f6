// What a server said, beside what a person reviewed. Pure. A difference is told by its kind and number alone: the words of
// the server are what may not reach the client, not even inside an error (pinning.md 0.12).
import { canonicalJson } from '../pins/canonical-json.ts';
import type { Definition, DefinitionKind, Definitions } from '../pins/definitions.ts';
import { compareLists } from '../pins/compare-definitions.ts';
import { readDefinitions } from '../pins/read-definitions.ts';
import { isJsonObject, type JsonObject } from './envelope.ts';
import type { ListName, Where } from './lists.ts';
import { matchesTemplate } from './uri-template.ts';

export type Reviewed =
  /** The author of the profile gave up on pins: what the server says passes, filtered. */
  | { readonly kind: 'unpinned' }
  /** One for each context in which it was reviewed. */
  | { readonly kind: 'pinned'; readonly contexts: readonly Definitions[] };

/** In our own words. */
export type Drift =
  | { readonly what: 'context' }
  | { readonly what: 'instructions' | 'serverInfo' | 'capabilities' }
  | { readonly what: 'malformed'; readonly list: ListName }
  | {
      readonly what: 'list';
      readonly list: ListName;
      readonly added: number;
      readonly removed: number;
      readonly changed: number;
      /** Members of the protocol that differ in what changed; `other` for those that only this server knows. */
      readonly fields: readonly string[];
    };

export type ListVerdict =
  /** `isHiding`: the server gave more than these, and the client is not to see it. */
  | { readonly ok: true; readonly definitions: readonly Definition[]; readonly isHiding: boolean }
  | { readonly ok: false; readonly drift: Drift };

const KIND: Readonly<Record<ListName, DefinitionKind>> = {
  tools: 'tool',
  prompts: 'prompt',
  resources: 'resource',
  templates: 'template',
};

export function judgeList(
  name: ListName,
  items: readonly unknown[],
  where: Where,
  reviewed: Reviewed,
): ListVerdict {
  const read = readDefinitions(KIND[name], items);
  if (!read.ok) return { ok: false, drift: { what: 'malformed', list: name } };
  if (reviewed.kind === 'unpinned') return { ok: true, definitions: read.list, isHiding: false };
  const contexts = contextsFor(where, reviewed.contexts);
  const [first, ...others] = contexts;
  if (first === undefined) return { ok: false, drift: { what: 'context' } };
  const list = name === 'resources' ? withoutUnreviewed(read.list, contexts) : read.list;
  // A client with other capabilities than those that were tried is shown some of what was reviewed, and nothing else.
  const seen = new Set(contexts.flatMap((context) => context[name].map(({ key, hash }) => `${hash} ${key}`)));
  const isHiding = list.length < read.list.length;
  if (others.length > 0 && list.every(({ key, hash }) => seen.has(`${hash} ${key}`)))
    return { ok: true, definitions: list, isHiding };
  const changes = compareLists(KIND[name], first[name], list);
  if (changes.length === 0) return { ok: true, definitions: list, isHiding };
  const count = (change: 'added' | 'removed' | 'changed'): number =>
    changes.filter((one) => 'change' in one && one.change === change).length;
  const fields = changes.flatMap((one) => ('fields' in one ? one.fields : []));
  return {
    ok: false,
    drift: {
      what: 'list',
      list: name,
      added: count('added'),
      removed: count('removed'),
      changed: count('changed'),
      fields: [...new Set(fields)].toSorted(),
    },
  };
}

/**
 * Honest servers add resources while they run: what a tool made, a file that appeared. Such a one is not shown, for nobody read
 * its text, and ends nothing (PR-06). A tool or a prompt that appears is another matter: that is what the model may do.
 */
function withoutUnreviewed(
  list: readonly Definition[],
  contexts: readonly Definitions[],
): readonly Definition[] {
  const keys = new Set(contexts.flatMap(({ resources }) => resources.map(({ key }) => key)));
  return list.filter(({ key }) => keys.has(key));
}

/**
 * Whether a resource may be read: one that was reviewed, or one that a reviewed template describes. Servers also answer for
 * what they list nowhere; that is what nobody saw when the profile was approved.
 */
export function reviewedUris(reviewed: Reviewed): (uri: unknown) => boolean {
  if (reviewed.kind === 'unpinned') return () => true;
  const uris = new Set(reviewed.contexts.flatMap(({ resources }) => resources.map(({ key }) => key)));
  const templates = new Set(reviewed.contexts.flatMap((context) => context.templates.map(({ key }) => key)));
  return (uri) =>
    typeof uri === 'string' &&
    (uris.has(uri) || [...templates].some((template) => matchesTemplate(uri, template)));
}

/** Of `initialize` and `server/discover`: what it says of itself, and what goes into the model's instructions. */
export function judgeIntroduction(result: JsonObject, where: Where, reviewed: Reviewed): Drift | undefined {
  if (reviewed.kind === 'unpinned') return undefined;
  const drifts = contextsFor(where, reviewed.contexts).map((context) => introductionDrift(result, context));
  if (drifts.length === 0) return { what: 'context' };
  return drifts.includes(undefined) ? undefined : drifts[0];
}

/**
 * Results of the newer generation repeat in `_meta` who made them, and clients show it: titles, icons, addresses. Most repeat it
 * in the same words, so the last that was found equal is remembered.
 */
export function knownServer(reviewed: Reviewed): (info: unknown) => boolean {
  if (reviewed.kind === 'unpinned') return () => true;
  let known: string | undefined;
  return (info) => {
    const text = JSON.stringify(info);
    if (text === known) return true;
    const isReviewed = reviewed.contexts.some(
      ({ context, serverInfo }) => context.generation === 'modern' && isSame(info, serverInfo),
    );
    if (isReviewed) known = text;
    return isReviewed;
  };
}

function introductionDrift(result: JsonObject, context: Definitions): Drift | undefined {
  const { instructions = null, capabilities = {}, serverInfo } = result;
  if (instructions !== context.instructions) return { what: 'instructions' };
  if (!isSame(capabilities, context.capabilities)) return { what: 'capabilities' };
  // The newer generation repeats it in `_meta` of any result, where it does not pass.
  if (serverInfo !== undefined && !isSame(serverInfo, context.serverInfo)) return { what: 'serverInfo' };
  return undefined;
}

function isSame(one: unknown, other: JsonObject): boolean {
  return isJsonObject(one) && canonicalJson(one as never) === canonicalJson(other as never);
}

/**
 * Of the same generation: those with these very capabilities, with and without optional secrets where that made a difference;
 * where a client has others than those that were tried, all. What it is shown must be what was reviewed in one of them.
 */
function contextsFor({ era, capabilities }: Where, contexts: readonly Definitions[]): readonly Definitions[] {
  const fitting = contexts.filter(({ context }) => context.generation === era);
  const same = fitting.filter(({ context }) => isSame(capabilities, context.clientCapabilities));
  return same.length === 0 ? fitting : same;
}
