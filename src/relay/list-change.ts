// A server says that a list changed. Whether it did is for us to see first (RP-03, RP-04); the client asks when it hears of it.
import type { JsonObject } from './envelope.ts';
import { LISTS_OF_NOTICE, type Notice } from './list-changes.ts';
import type { Session } from './session.ts';
import { isOfLiveSubscription } from './subscription.ts';
import { IGNORE, type Verdict } from './verdict.ts';

/** @param passes what the client would hear */
export function judgeListChange(
  session: Session,
  { method: notice, params }: { readonly method: Notice; readonly params: JsonObject },
  passes: Verdict,
  nowMs: number,
): Verdict {
  for (const name of LISTS_OF_NOTICE[notice]) session.verification.doubt(name);
  switch (session.listChanges.take(notice, params, nowMs)) {
    case 'now': {
      const { isNews, toServer } = spread(session, notice, params);
      return isNews ? { ...passes, toServer } : { toServer };
    }
    case 'later':
      return { later: notice };
    case 'waits':
      return IGNORE;
  }
}

/** What was put off, when the pause is over. */
export function announceListChange(session: Session, notice: Notice): Verdict {
  const params = session.listChanges.announce(notice);
  if (params === undefined) return IGNORE;
  const { isNews, toServer } = spread(session, notice, params);
  return isNews ? { toServer, toClient: [{ jsonrpc: '2.0', method: notice, params }] } : { toServer };
}

/** The launcher looks in any case; the client hears of it when it is news, and wanted. */
function spread(
  session: Session,
  notice: Notice,
  params: JsonObject,
): { readonly isNews: boolean; readonly toServer: readonly JsonObject[] } {
  const { verification } = session;
  const names = LISTS_OF_NOTICE[notice];
  const toServer = names.flatMap((name) => verification.lookAgain(name).toServer);
  const isHeard = isOfLiveSubscription(session, notice, params);
  // All of them: each is told with the others.
  return { isNews: isHeard && names.map((name) => verification.isNews(name)).includes(true), toServer };
}
