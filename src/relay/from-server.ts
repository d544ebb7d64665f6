// What happens to each line of the server that is no answer; answers are in server-answer.ts.
import { lineFaults, relayAnswers } from '../messages.ts';
import { CODES } from './answers.ts';
import { isJsonObject, type JsonObject, type Message } from './envelope.ts';
import { type LineFault, SEVERITIES } from './fault.ts';
import { filterServerRequest, META } from './filter-request.ts';
import type { Frame } from './framing.ts';
import { LIMITS } from './limits.ts';
import type { ListName } from './lists.ts';
import { decideMethod } from './methods.ts';
import { readLine } from './read-line.ts';
import type { RequestId } from './request-id.ts';
import { progressTokenOf } from './request-meta.ts';
import { judgeAnswer } from './server-answer.ts';
import type { Session } from './session.ts';
import type { Skimmed } from './skim.ts';
import { deny, failed, FORWARD, IGNORE, refuseServer, request, type Verdict } from './verdict.ts';

type Request = Extract<Message, { kind: 'request' }>;

/** @param nowMs of a clock that never goes back */
export function fromServer(session: Session, frame: Frame, nowMs: number): Verdict {
  if (frame.kind === 'endless') return { violation: 'line-endless' };
  if (frame.kind === 'too-long')
    return {
      ...deny('frame-too-large', relayAnswers.tooLarge),
      ...failure(session, frame.skimmed, relayAnswers.tooLarge, relayAnswers.resultTooLarge(frame.length)),
    };
  const reading = readLine(frame.bytes);
  if (!reading.ok) return judgeFault(session, reading.fault, reading.skimmed);
  const { message } = reading;
  switch (message.kind) {
    case 'request':
      return judgeRequest(session, message);
    case 'notification':
      return judgeNotification(session, message.method, message.params, frame.bytes.length, nowMs);
    case 'result':
    case 'error':
      return judgeAnswer(session, message, frame.bytes.length);
  }
}

function judgeRequest({ isLegacy, serverRequests, policy }: Session, message: Request): Verdict {
  const { id, method, params } = message;
  if (!isLegacy) return deny('method-blocked', relayAnswers.requestsUnavailable);
  // No answer: it would settle the first request of that id.
  if (serverRequests.has(id)) return deny('id-duplicate', relayAnswers.idInUse);
  if (serverRequests.isFull)
    return refuseServer(id, {
      code: CODES.internal,
      words: relayAnswers.tooManyRequests,
      reason: 'rate-limited',
    });
  if (decideMethod('server-to-client', 'request', method, 'legacy', policy) !== 'pass')
    return refuseServer(id, {
      code: CODES.methodNotFound,
      words: relayAnswers.methodNotFound,
      reason: 'method-blocked',
    });
  const filtered = filterServerRequest(method, params);
  if (filtered === undefined)
    return refuseServer(id, {
      code: CODES.invalidParams,
      words: relayAnswers.notGranted,
      reason: 'feature-not-granted',
    });
  serverRequests.add({
    id,
    method,
    era: 'legacy',
    progressToken: progressTokenOf(params),
    isCancelled: false,
  });
  return filtered === params ? FORWARD : { anew: request(id, method, filtered) };
}

function judgeNotification(
  session: Session,
  method: string,
  params: JsonObject,
  bytes: number,
  nowMs: number,
): Verdict {
  if (bytes > LIMITS.notificationBytes) return deny('frame-too-large', relayAnswers.tooLarge);
  if (!session.serverNotifications.take(nowMs))
    return deny('rate-limited', relayAnswers.tooManyNotifications);
  const era = session.isLegacy ? 'legacy' : 'modern';
  switch (decideMethod('server-to-client', 'notification', method, era, session.policy)) {
    case 'pass':
      break;
    case 'ignore':
    case 'answer-empty':
      return IGNORE;
    case 'block':
      return deny('method-blocked', relayAnswers.methodNotFound);
  }
  if (!belongsToLiveSubscription(session, params)) return deny('id-unknown', relayAnswers.idUnknown);
  switch (method) {
    case 'notifications/cancelled':
      return mayCancel(session, params['requestId'] as RequestId)
        ? FORWARD
        : deny('id-unknown', relayAnswers.idUnknown);
    case 'notifications/progress':
      return session.clientRequests.hasToken(params['progressToken'])
        ? FORWARD
        : deny('id-unknown', relayAnswers.tokenUnknown);
    case 'notifications/tools/list_changed':
      return judgeListChange(session, 'tools');
    case 'notifications/prompts/list_changed':
      return judgeListChange(session, 'prompts');
    case 'notifications/resources/list_changed':
      return judgeListChange(session, 'resources', 'templates');
    default:
      return FORWARD;
  }
}

/** The client hears of it once, and asks again; whether anything changed is for us to see first (RP-03, RP-04). */
function judgeListChange({ verification }: Session, ...lists: readonly ListName[]): Verdict {
  const changes = lists.map((name) => verification.changed(name));
  const toServer = changes.flatMap(({ progress }) => progress.toServer);
  return changes.some(({ isNews }) => isNews) ? { forward: true, toServer } : { toServer };
}

/** A server may give up its own requests, and a subscription that it can no longer serve; nothing else (JR-26). */
function mayCancel({ serverRequests, clientRequests }: Session, id: RequestId): boolean {
  if (serverRequests.cancel(id)) return true;
  return clientRequests.get(id)?.method === 'subscriptions/listen';
}

function belongsToLiveSubscription({ clientRequests }: Session, params: JsonObject): boolean {
  const meta = params['_meta'];
  if (!isJsonObject(meta) || !Object.hasOwn(meta, META.subscription)) return true;
  return clientRequests.get(meta[META.subscription] as RequestId)?.method === 'subscriptions/listen';
}

function judgeFault(session: Session, fault: LineFault, skimmed: Skimmed): Verdict {
  if (SEVERITIES[fault] === 'violation') return { violation: fault };
  const words = lineFaults[fault];
  return {
    ...deny('frame-invalid', words),
    ...failure(session, skimmed, words, relayAnswers.resultInvalid(words)),
  };
}

/** Whoever waits for this unreadable line of the server is told so, instead of waiting for a minute. */
function failure(
  { isLegacy, serverRequests, clientRequests }: Session,
  skimmed: Skimmed,
  words: string,
  resultWords: string,
): Verdict {
  const { id, hasMethod, hasVersion } = skimmed;
  if (id === undefined || !hasVersion) return IGNORE;
  if (hasMethod) {
    if (!isLegacy || serverRequests.has(id)) return IGNORE;
    return { answer: { to: 'server', id, code: CODES.invalidRequest, message: words } };
  }
  const asked = clientRequests.settle(id);
  return asked === undefined || asked.isCancelled ? IGNORE : { answer: failed(asked.id, resultWords) };
}
