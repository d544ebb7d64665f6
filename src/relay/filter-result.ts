// What of a result is not passed on as it came. Pure. What stays as it is passes as the bytes that came: large results are
// never written anew.
import { isJsonObject, type JsonObject } from './envelope.ts';
import { withoutUngrantedBlocks } from './extension-uris.ts';
import { withoutForeignMeta } from './filter-meta.ts';
import { filterServerRequest } from './filter-request.ts';
import { type Era, LEGACY_VERSIONS, MODERN_VERSIONS } from './methods.ts';
import { type McpPolicy, mayBeAskedInResult, serverCapabilities } from './policy.ts';

export type Filtered =
  | { readonly kind: 'as-it-came' }
  /** `isReduced`: a part that people would see is gone. */
  | { readonly kind: 'anew'; readonly result: JsonObject; readonly isReduced?: true }
  | { readonly kind: 'refused'; readonly why: 'version-unknown' | 'asks-for-ungranted' | 'task-ungranted' };

const AS_IT_CAME: Filtered = { kind: 'as-it-came' };

/** Of `initialize`. */
export function filterInitialized(result: JsonObject, policy: McpPolicy): Filtered {
  const version = result['protocolVersion'];
  if (typeof version !== 'string' || !LEGACY_VERSIONS.includes(version))
    return { kind: 'refused', why: 'version-unknown' };
  return { kind: 'anew', result: { protocolVersion: version, ...introduced(result, policy) } };
}

/** Of `server/discover`. */
export function filterDiscovered(result: JsonObject, policy: McpPolicy): Filtered {
  const versions = result['supportedVersions'];
  const known = Array.isArray(versions)
    ? MODERN_VERSIONS.filter((version) => versions.includes(version))
    : [];
  if (known.length === 0) return { kind: 'refused', why: 'version-unknown' };
  const introduction = introduced(result, policy);
  return {
    kind: 'anew',
    // What was filtered for this client must not be kept for others.
    result: { ...introduction, supportedVersions: known, cacheScope: 'private' },
  };
}

/** What a server says of itself, as far as it was compared with what was reviewed; nothing else of it passes. */
function introduced(result: JsonObject, policy: McpPolicy): JsonObject {
  const { capabilities, ttlMs } = result;
  return {
    ...Object.fromEntries(
      INTRODUCTION.flatMap((name) => (result[name] === undefined ? [] : [[name, result[name]]])),
    ),
    // For how long it may be kept: a number, or it would be a text that nobody compared.
    ...(typeof ttlMs === 'number' ? { ttlMs } : {}),
    capabilities: isJsonObject(capabilities) ? serverCapabilities(capabilities, policy) : {},
  };
}

const INTRODUCTION = ['resultType', 'serverInfo', 'instructions'] as const;

/** Of whom and by whom a result is. */
export interface Origin {
  readonly era: Era;
  /** What the client can do, as it was let through to the server. */
  readonly capabilities: JsonObject;
  readonly isKnownServer: (info: unknown) => boolean;
}

/** Of everything else. */
export function filterResult(
  result: JsonObject,
  { era, capabilities, isKnownServer }: Origin,
  policy: McpPolicy,
): Filtered {
  if (result['task'] !== undefined && !policy.features.has('tasks') && looksLikeTask(result))
    return { kind: 'refused', why: 'task-ungranted' };
  const asked = era === 'modern' ? result['inputRequests'] : undefined;
  let plain = withoutForeignMeta(result, isKnownServer) ?? result;
  if (asked !== undefined) {
    if (!areGranted(asked, capabilities, policy)) return { kind: 'refused', why: 'asks-for-ungranted' };
    const questions = plainQuestions(asked);
    if (questions !== asked) plain = { ...plain, inputRequests: questions };
  }
  const text = withoutUngrantedBlocks(plain, policy);
  if (text !== undefined) return { kind: 'anew', result: text, isReduced: true };
  return plain === result ? AS_IT_CAME : { kind: 'anew', result: plain };
}

/** `CreateTaskResult` (2025-11-25): a handle in place of what was asked for. */
function looksLikeTask(result: JsonObject): boolean {
  return isJsonObject(result['task']) && result['content'] === undefined;
}

type Questions = Readonly<Record<string, { readonly method: string; readonly params?: JsonObject }>>;

/** All or nothing: a server that gets half of its answers is in a state that nobody reviewed. */
function areGranted(asked: unknown, capabilities: JsonObject, policy: McpPolicy): asked is Questions {
  if (!isJsonObject(asked)) return false;
  return Object.values(asked).every((request) => {
    if (!isJsonObject(request)) return false;
    const { method, params = {} } = request;
    if (typeof method !== 'string' || !isJsonObject(params)) return false;
    if (!mayBeAskedInResult(method, capabilities, policy)) return false;
    const allowed = filterServerRequest(method, params, policy);
    return allowed !== undefined && JSON.stringify(allowed) === JSON.stringify(params);
  });
}

/** Of each question what would pass of one that is a request; the same object when that is all there is. */
function plainQuestions(asked: Questions): Questions {
  let isPlain = true;
  const questions = Object.entries(asked).map(([key, { method, params, ...more }]) => {
    const plain = params === undefined ? undefined : withoutForeignMeta(params);
    if (plain !== undefined || Object.keys(more).length > 0) isPlain = false;
    return [key, { method, ...(params === undefined ? {} : { params: plain ?? params }) }] as const;
  });
  return isPlain ? asked : Object.fromEntries(questions);
}

/** URL elicitation by the back door (2025-11-25): the error opens what a request may not. */
export const URL_ELICITATION_REQUIRED = -32042;
