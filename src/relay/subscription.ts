// Long-lived requests under which a server of the newer generation tells what happens (2026-07-28).
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
