// What of a result is not passed on as it came. Pure. What stays as it is passes as the bytes that came: large results are
// never written anew.
import { isJsonObject, type JsonObject } from './envelope.ts';
import { filterServerRequest } from './filter-request.ts';
import { type Era, LEGACY_VERSIONS, MODERN_VERSIONS } from './methods.ts';
import { type Feature, type McpPolicy, serverCapabilities, without } from './policy.ts';

export type Filtered =
  | { readonly kind: 'as-it-came' }
  | { readonly kind: 'anew'; readonly result: JsonObject }
  | { readonly kind: 'refused'; readonly why: 'version-unknown' | 'asks-for-ungranted' | 'task-ungranted' };

const AS_IT_CAME: Filtered = { kind: 'as-it-came' };

/** Of `initialize`. */
export function filterInitialized(result: JsonObject, policy: McpPolicy): Filtered {
  const version = result['protocolVersion'];
  if (typeof version !== 'string' || !LEGACY_VERSIONS.includes(version))
    return { kind: 'refused', why: 'version-unknown' };
  return { kind: 'anew', result: introduced(result, policy) };
}

/** Of `server/discover`. */
export function filterDiscovered(result: JsonObject, policy: McpPolicy): Filtered {
  const versions = result['supportedVersions'];
  const known = Array.isArray(versions)
    ? versions.filter((version) => MODERN_VERSIONS.includes(String(version)))
    : [];
  if (known.length === 0) return { kind: 'refused', why: 'version-unknown' };
  const introduction = introduced(result, policy);
  return {
    kind: 'anew',
    // What was filtered for this client must not be kept for others.
    result: { ...introduction, supportedVersions: known, cacheScope: 'private' },
  };
}

function introduced(result: JsonObject, policy: McpPolicy): JsonObject {
  const { capabilities } = result;
  return {
    ...without(result, ['_meta', 'capabilities']),
    capabilities: isJsonObject(capabilities) ? serverCapabilities(capabilities, policy) : {},
  };
}

/** Members of `_meta` in results that mean something to a client and are not for the server to steer it with. */
const KEPT_META = new Set([
  'io.modelcontextprotocol/serverInfo',
  'io.modelcontextprotocol/related-task',
  'progressToken',
]);
const ASKED: Readonly<Record<string, Feature>> = {
  'sampling/createMessage': 'sampling',
  'elicitation/create': 'elicitation',
  'roots/list': 'roots',
};

/** Of everything else. */
export function filterResult(result: JsonObject, era: Era, policy: McpPolicy): Filtered {
  if (result['task'] !== undefined && !policy.features.has('tasks') && looksLikeTask(result))
    return { kind: 'refused', why: 'task-ungranted' };
  const asked = era === 'modern' ? result['inputRequests'] : undefined;
  if (asked !== undefined && !areGranted(asked, policy))
    return { kind: 'refused', why: 'asks-for-ungranted' };
  const meta = result['_meta'];
  if (meta === undefined) return AS_IT_CAME;
  if (!isJsonObject(meta)) return { kind: 'anew', result: without(result, ['_meta']) };
  const kept = Object.entries(meta).filter(([name]) => KEPT_META.has(name));
  if (kept.length === Object.keys(meta).length) return AS_IT_CAME;
  const rest = without(result, ['_meta']);
  return { kind: 'anew', result: kept.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(kept) } };
}

/** `CreateTaskResult` (2025-11-25): a handle in place of what was asked for. */
function looksLikeTask(result: JsonObject): boolean {
  return isJsonObject(result['task']) && result['content'] === undefined;
}

/** All or nothing: a server that gets half of its answers is in a state that nobody reviewed. */
function areGranted(asked: unknown, policy: McpPolicy): boolean {
  if (!isJsonObject(asked)) return false;
  return Object.values(asked).every((request) => {
    if (!isJsonObject(request) || typeof request['method'] !== 'string') return false;
    const feature = ASKED[request['method']];
    const params = isJsonObject(request['params']) ? request['params'] : {};
    if (feature === undefined || !policy.features.has(feature)) return false;
    const allowed = filterServerRequest(request['method'], params);
    return allowed !== undefined && JSON.stringify(allowed) === JSON.stringify(params);
  });
}

/** URL elicitation by the back door (2025-11-25): the error opens what a request may not. */
export const URL_ELICITATION_REQUIRED = -32042;
