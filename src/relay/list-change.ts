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
      const { isNews, toServer } = spread(session, notice);
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
  const message = session.listChanges.announce(notice);
  const { isNews, toServer } = spread(session, notice);
  const isHeard = message !== undefined && isNews && isOfLiveSubscription(session, message.params);
  return isHeard ? { toServer, toClient: [{ ...message }] } : { toServer };
}

function spread(
  { verification }: Session,
  notice: Notice,
): { readonly isNews: boolean; readonly toServer: readonly JsonObject[] } {
  const names = LISTS_OF_NOTICE[notice];
  const toServer = names.flatMap((name) => verification.lookAgain(name).toServer);
  // All of them: each is told with the others.
  return { isNews: names.map((name) => verification.isNews(name)).includes(true), toServer };
}
