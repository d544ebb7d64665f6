// What happens to each line of the server that is no answer; answers are in server-answer.ts.
import { lineFaults, relayAnswers } from '../messages/relay.ts';
import { CODES } from './answers.ts';
import { isJsonObject, type JsonObject, type Message } from './envelope.ts';
import { type LineFault, SEVERITIES } from './fault.ts';
import { withoutForeignMeta } from './filter-meta.ts';
import { filterServerRequest } from './filter-request.ts';
import type { Frame } from './framing.ts';
import { inPlaceOf, withoutSecrets } from './hide-secrets.ts';
import { LIMITS } from './limits.ts';
import { follow } from './follow.ts';
import { isNotice } from './list-changes.ts';
import { judgeListChange } from './list-change.ts';
import { META } from './meta.ts';
import { decideMethod } from './methods.ts';
import { isDeclared } from './policy.ts';
import { readLine } from './read-line.ts';
import type { RequestId } from './request-id.ts';
import { filterTaskState } from './tasks.ts';
import { progressTokenOf } from './request-meta.ts';
import { afterAnswer, judgeAnswer } from './server-answer.ts';
import type { Session } from './session.ts';
import type { Skimmed } from './skim.ts';
import { isHeardOf, isOfLiveSubscription, isSubscription } from './subscription.ts';
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
  const message = withoutSecrets(reading.message, session.concealer);
  const verdict = judge(session, message, frame.bytes.length, nowMs);
  return inPlaceOf(reading.message, message, verdict);
}

function judge(session: Session, message: Message, bytes: number, nowMs: number): Verdict {
  switch (message.kind) {
    case 'request':
      return judgeRequest(session, message, nowMs);
    case 'notification':
      return judgeNotification(session, message.method, message.params, bytes, nowMs);
    case 'result':
    case 'error':
      return judgeAnswer(session, message, bytes);
  }
}

function judgeRequest(
  { isLegacy, serverRequests, policy, rates, clientCapabilities }: Session,
  message: Request,
  nowMs: number,
): Verdict {
  const { id, method, params } = message;
  if (!isLegacy) return deny('method-blocked', relayAnswers.requestsUnavailable);
  // No answer: it would settle the first request of that id.
  if (serverRequests.has(id)) return deny('id-duplicate', relayAnswers.idInUse);
  if (serverRequests.isFull || !rates.takeRequest(nowMs))
    return refuseServer(id, {
      code: CODES.internal,
      words: relayAnswers.tooManyRequests,
      reason: 'rate-limited',
    });
  // A client that did not say that it can would answer so itself, or not at all (S2C-12).
  const isGranted =
    decideMethod('server-to-client', 'request', method, 'legacy', policy) === 'pass' &&
    isDeclared(method, clientCapabilities);
  if (!isGranted)
    return refuseServer(id, {
      code: CODES.methodNotFound,
      words: relayAnswers.methodNotFound,
      reason: 'method-blocked',
    });
  const filtered = filterServerRequest(method, params, policy);
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
  const plain = withoutForeignMeta(filtered) ?? filtered;
  return plain === params ? FORWARD : { anew: request(id, method, plain) };
}

function judgeNotification(
  session: Session,
  method: string,
  params: JsonObject,
  bytes: number,
  nowMs: number,
): Verdict {
  if (bytes > LIMITS.notificationBytes) return deny('frame-too-large', relayAnswers.tooLarge);
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
  const known = judgedParams(session, method, params);
  if (known === undefined) return deny('feature-not-granted', relayAnswers.asksForUngranted);
  const plain = withoutForeignMeta(known) ?? known;
  const passes = plain === params ? FORWARD : { anew: { jsonrpc: '2.0', method, params: plain } };
  if (isNotice(method)) return judgeListChange(session, { method, params: plain }, passes, nowMs);
  if (!isOfLiveSubscription(session, method, params)) return deny('id-unknown', relayAnswers.idUnknown);
  switch (method) {
    case 'notifications/cancelled':
      // Its own requests are bounded already, and each is given up once.
      if (session.serverRequests.cancel(params['requestId'] as RequestId)) return passes;
      // Of what the client asked, a server gives up only a subscription that it can no longer serve (JR-26).
      if (!isSubscription(session, params['requestId'])) return deny('id-unknown', relayAnswers.idUnknown);
      break;
    case 'notifications/progress':
      if (!session.clientRequests.hasToken(params['progressToken']))
        return deny('id-unknown', relayAnswers.tokenUnknown);
      break;
    case 'notifications/tasks':
      // The result of a task, and with it what a server asks for in between: that is asked for in results alone.
      if (asksForMore(params)) return deny('feature-not-granted', relayAnswers.asksForUngranted);
      break;
    case 'notifications/resources/updated':
      if (!isHeardOf(session, params)) return deny('id-unknown', relayAnswers.notSubscribed);
      break;
  }
  return session.rates.takeNotification(method, nowMs)
    ? passes
    : deny('rate-limited', relayAnswers.tooManyNotifications);
}

/** Without what may stand in no such notification; undefined when it may not pass at all. */
function judgedParams({ policy }: Session, method: string, params: JsonObject): JsonObject | undefined {
  if (isNotice(method)) return subscriptionAlone(params);
  return method === 'notifications/tasks' ? filterTaskState(params, policy) : params;
}

/** Of a list that changed nothing else can be said than to whom. */
function subscriptionAlone(params: JsonObject): JsonObject {
  const meta = params['_meta'];
  if (!isJsonObject(meta) || !Object.hasOwn(meta, META.subscription))
    return Object.keys(params).length === 0 ? params : {};
  if (Object.keys(params).length === 1 && Object.keys(meta).length === 1) return params;
  return { _meta: { [META.subscription]: meta[META.subscription] } };
}

function asksForMore(params: JsonObject): boolean {
  return [params, params['task'], params['result']].some(
    (part) => isJsonObject(part) && part['inputRequests'] !== undefined,
  );
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
function failure(session: Session, skimmed: Skimmed, words: string, resultWords: string): Verdict {
  const { isLegacy, serverRequests, clientRequests, verification } = session;
  const { id, hasMethod, hasVersion } = skimmed;
  if (id === undefined || !hasVersion) return IGNORE;
  if (hasMethod) {
    if (!isLegacy || serverRequests.has(id)) return IGNORE;
    return { answer: { to: 'server', id, code: CODES.invalidRequest, message: words } };
  }
  if (verification.isOurs(id)) return follow(session, verification.unreadable(id));
  const asked = clientRequests.settle(id);
  if (asked === undefined) return IGNORE;
  const begun = afterAnswer(session, asked);
  return asked.isCancelled ? begun : { ...begun, answer: failed(asked.id, resultWords) };
}
