// What the client wants to hear of: by requests that stay open (2026-07-28), or by one for each resource (before).
import { isJsonObject, type JsonObject } from './envelope.ts';
import { META } from './meta.ts';
import type { RequestId } from './request-id.ts';
import type { Session } from './session.ts';

export function isSubscription({ clientRequests }: Session, id: unknown): boolean {
  return clientRequests.get(id as RequestId)?.method === 'subscriptions/listen';
}

/** Whether a notification that names a subscription names one that the client has open. */
export function isOfLiveSubscription(session: Session, params: JsonObject): boolean {
  const meta = params['_meta'];
  if (!isJsonObject(meta) || !Object.hasOwn(meta, META.subscription)) return true;
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
  return [...wanted].some((one) => uri.startsWith(one));
}
