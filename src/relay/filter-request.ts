// What of a request is not passed on as it came: capabilities that were not granted, versions that the relay does not know,
// and what a granted request may not ask for. Pure. Each returns the params anew, or undefined when nothing is to be changed.
import { isJsonObject, type JsonObject } from './envelope.ts';
import { LIMITS } from './limits.ts';
import { LEGACY_VERSIONS, NEWEST_LEGACY_VERSION } from './methods.ts';
import { META } from './meta.ts';
import { clientCapabilities, type Feature, type McpPolicy, without } from './policy.ts';

/** Always written anew: a server is never asked for a version that we could not judge. */
export function filterInitialize(params: JsonObject, policy: McpPolicy): JsonObject {
  const { protocolVersion, capabilities, clientInfo } = params;
  const isKnown = typeof protocolVersion === 'string' && LEGACY_VERSIONS.includes(protocolVersion);
  return {
    protocolVersion: isKnown ? protocolVersion : NEWEST_LEGACY_VERSION,
    capabilities: isJsonObject(capabilities) ? clientCapabilities(capabilities, policy) : {},
    ...(clientInfo === undefined ? {} : { clientInfo }),
  };
}

/** A request of the newer generation says in itself what the client can do. */
export function filterMeta(params: JsonObject, policy: McpPolicy): JsonObject | undefined {
  const meta = params['_meta'];
  if (!isJsonObject(meta)) return undefined;
  const declared = meta[META.clientCapabilities];
  if (!isJsonObject(declared)) return undefined;
  const granted = clientCapabilities(declared, policy);
  return sameMembers(declared, granted)
    ? undefined
    : { ...params, _meta: { ...meta, [META.clientCapabilities]: granted } };
}

/** By members and their members: what filtering takes away is a member. */
function sameMembers(one: JsonObject, other: JsonObject): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const SUBSCRIPTIONS: ReadonlyMap<string, Feature> = new Map([
  ['toolsListChanged', 'tools'],
  ['promptsListChanged', 'prompts'],
  ['resourcesListChanged', 'resources'],
  ['resourceSubscriptions', 'resources'],
  ['taskIds', 'tasks'],
]);

/** @param isReviewedUri whether the client may hear of that resource */
export function filterSubscription(
  params: JsonObject,
  {
    policy,
    isReviewedUri,
  }: { readonly policy: McpPolicy; readonly isReviewedUri: (uri: unknown) => boolean },
): JsonObject {
  const wanted = params['notifications'];
  if (!isJsonObject(wanted)) return params;
  const granted = Object.entries(wanted).flatMap(([name, value]): Array<[string, unknown]> => {
    const feature = SUBSCRIPTIONS.get(name);
    if (feature === undefined || !policy.features.has(feature)) return [];
    if (name !== 'resourceSubscriptions') return [[name, value]];
    const uris: readonly unknown[] = Array.isArray(value) ? value : [];
    return [[name, uris.filter(isReviewedUri).slice(0, LIMITS.subscriptions)]];
  });
  return { ...params, notifications: Object.fromEntries(granted) };
}

/**
 * A request that the server makes of the client. undefined when it may not be made at all, even though its method is
 * granted: a URL of the server's choice, opened in the user's browser, or a task in place of an answer.
 */
export function filterServerRequest(
  method: string,
  params: JsonObject,
  policy: McpPolicy,
): JsonObject | undefined {
  if (params['task'] !== undefined && !policy.features.has('tasks')) return undefined;
  switch (method) {
    case 'elicitation/create': {
      const { mode, url, elicitationId } = params;
      const isForm =
        (mode === undefined || mode === 'form') && url === undefined && elicitationId === undefined;
      return isForm ? params : undefined;
    }
    case 'sampling/createMessage':
      // The contexts of other servers, and tools of the client, are not this server's to use (S2C-01).
      if (!['includeContext', 'tools', 'toolChoice'].some((name) => params[name] !== undefined))
        return params;
      return {
        ...without(params, ['includeContext', 'tools', 'toolChoice']),
        ...(params['includeContext'] === undefined ? {} : { includeContext: 'none' }),
      };
    default:
      return params;
  }
}
