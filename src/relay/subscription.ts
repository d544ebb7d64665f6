// What the client wants to hear of: by requests that stay open (2026-07-28), or by one for each resource (before).
import { isJsonObject, type JsonObject } from './envelope.ts';
import { META } from './meta.ts';
import type { RequestId } from './request-id.ts';
import type { Session } from './session.ts';

export function isSubscription({ clientRequests }: Session, id: unknown): boolean {
  return clientRequests.get(id as RequestId)?.method === 'subscriptions/listen';
}

/** What the newer generation tells under a subscription and nowhere else. */
const TOLD_TO_SUBSCRIBERS = new Set([
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/resources/updated',
  'notifications/subscriptions/acknowledged',
  'notifications/tasks',
]);

/** Whether a notification belongs to a subscription that the client has open, where it must belong to one or says so. */
export function isOfLiveSubscription(session: Session, method: string, params: JsonObject): boolean {
  const meta = params['_meta'];
  if (!isJsonObject(meta) || !Object.hasOwn(meta, META.subscription))
    return session.isLegacy || !TOLD_TO_SUBSCRIBERS.has(method);
  return isSubscription(session, meta[META.subscription]);
}

/** The resources in the params of `subscriptions/listen`, when they were filtered. */
export function subscribedIn({ notifications }: JsonObject): readonly string[] {
  const uris = isJsonObject(notifications) ? notifications['resourceSubscriptions'] : undefined;
  return Array.isArray(uris) ? uris.filter((uri) => typeof uri === 'string') : [];
}

export function noteSubscription({ subscribedUris }: Session, method: string, { uri }: JsonObject): void {
  if (typeof uri !== 'string') return;
  if (method === 'resources/subscribe') subscribedUris.add(uri);
  if (method === 'resources/unsubscribe') subscribedUris.delete(uri);
}

/** Whether the client wants to hear of that resource, or of one that it is a part of. */
export function isHeardOf(session: Session, { uri, _meta: meta }: JsonObject): boolean {
  if (typeof uri !== 'string') return false;
  const listening = isJsonObject(meta)
    ? session.clientRequests.get(meta[META.subscription] as RequestId)?.subscribed
    : undefined;
  const wanted = listening ?? session.subscribedUris;
  return [...wanted].some((one) => uri.startsWith(one) && isPart(uri.slice(one.length), one));
}

/** `doc://readme/1` and `doc://readme#part` are parts of `doc://readme`; `doc://readme-of-others` is not. */
function isPart(rest: string, of: string): boolean {
  return rest === '' || of.endsWith('/') || /^[/?#]/.test(rest);
}
