// What happens to each line of the client.
import { lineFaults, relayAnswers } from '../messages/relay.ts';
import { admit } from './admission.ts';
import { type Answer, CODES } from './answers.ts';
import type { JsonObject, Message } from './envelope.ts';
import { filterMeta } from './filter-request.ts';
import { follow } from './follow.ts';
import type { Frame } from './framing.ts';
import { type ListName, listOf } from './lists.ts';
import { decideMethod, MODERN_VERSIONS } from './methods.ts';
import { readLine } from './read-line.ts';
import type { RequestId } from './request-id.ts';
import { eraOf, versionOf } from './request-meta.ts';
import type { Session } from './session.ts';
import type { Skimmed } from './skim.ts';
import { type DenialReason, deny, FORWARD, IGNORE, refuseClient, type Verdict } from './verdict.ts';
import type { Held } from './waiting.ts';

type Request = Extract<Message, { kind: 'request' }>;

export function fromClient(session: Session, frame: Frame): Verdict {
  if (frame.kind === 'endless') return deny('frame-too-large', lineFaults['line-endless']);
  if (frame.kind === 'too-long')
    return {
      ...deny('frame-too-large', relayAnswers.tooLarge),
      ...rejection(session, frame.skimmed, relayAnswers.tooLarge),
    };
  const reading = readLine(frame.bytes);
  if (!reading.ok) {
    const words = lineFaults[reading.fault];
    return { ...deny('frame-invalid', words), ...rejection(session, reading.skimmed, words) };
  }
  const { message } = reading;
  switch (message.kind) {
    case 'request':
      return judgeRequest(session, message, frame.bytes);
    case 'notification':
      return judgeNotification(session, message.method, message.params);
    case 'result':
    case 'error': {
      const asked = session.serverRequests.settle(message.id);
      if (asked === undefined) return deny('id-unknown', relayAnswers.idUnknown);
      return asked.isCancelled ? IGNORE : FORWARD;
    }
  }
}

/** The id of the request in a line that will not be carried out, to be answered; undefined for all other lines. */
export function requestIn(frame: Frame): RequestId | undefined {
  if (frame.kind === 'endless') return undefined;
  if (frame.kind === 'too-long') return frame.skimmed.hasMethod ? frame.skimmed.id : undefined;
  const reading = readLine(frame.bytes);
  if (!reading.ok) return reading.skimmed.hasMethod ? reading.skimmed.id : undefined;
  return reading.message.kind === 'request' ? reading.message.id : undefined;
}

function judgeRequest(session: Session, message: Request, line: Uint8Array): Verdict {
  const { clientRequests, verification, policy } = session;
  const { id, method, params } = message;
  const reject = (code: Answer['code'], words: string, reason: DenialReason): Verdict =>
    refuseClient(id, { code, words, reason });
  if (clientRequests.has(id) || verification.has(id) || verification.isOurs(id))
    return reject(CODES.invalidRequest, relayAnswers.idInUse, 'id-duplicate');
  if (clientRequests.isFull || verification.isFull)
    return reject(CODES.internal, relayAnswers.tooManyRequests, 'rate-limited');
  const era = eraOf(params);
  if (era === 'modern' && !MODERN_VERSIONS.includes(versionOf(params)))
    return unsupported(id, versionOf(params));
  switch (decideMethod('client-to-server', 'request', method, era, policy)) {
    case 'pass':
      break;
    case 'answer-empty':
      return { toClient: [{ jsonrpc: '2.0', id, result: {} }] };
    case 'ignore':
    case 'block':
      return reject(CODES.methodNotFound, relayAnswers.methodNotFound, 'method-blocked');
  }
  const filtered = era === 'modern' ? filterMeta(params, policy) : undefined;
  const request = filtered === undefined ? message : { ...message, params: filtered };
  const list = listOf(method);
  const isChanged = filtered !== undefined;
  if (list !== undefined) return judgeListing(session, list, { message: request, era, line, isChanged });
  if (!verification.isKnown(method)) {
    // A copy: the line is a part of the piece in which it came.
    const held = { message: request, era, line: Uint8Array.from(line), isChanged };
    return follow(session, verification.hold(held));
  }
  return admit(session, request, era, isChanged);
}

function judgeListing(session: Session, list: ListName, held: Held): Verdict {
  if (held.message.params['cursor'] !== undefined) {
    // Ours has one page, so no cursor was ever given (RP-14).
    const { id } = held.message;
    const words = relayAnswers.nameUnknown;
    return {
      answer: { to: 'client', id, code: CODES.invalidParams, message: words, reason: 'tool-unknown' },
    };
  }
  return follow(session, session.verification.ask(list, held));
}

function judgeNotification(session: Session, method: string, params: JsonObject): Verdict {
  const { clientRequests, serverRequests, verification, policy } = session;
  switch (decideMethod('client-to-server', 'notification', method, eraOf(params), policy)) {
    case 'pass':
      break;
    case 'ignore':
    case 'answer-empty':
      return IGNORE;
    case 'block':
      return deny('method-blocked', relayAnswers.methodNotFound);
  }
  switch (method) {
    case 'notifications/cancelled':
      if (verification.cancel(params['requestId'] as RequestId)) return IGNORE;
      // Crossing an answer that is already on its way is no fault of the client.
      return clientRequests.cancel(params['requestId'] as RequestId) ? FORWARD : IGNORE;
    case 'notifications/progress':
      return serverRequests.hasToken(params['progressToken'])
        ? FORWARD
        : deny('id-unknown', relayAnswers.tokenUnknown);
    default:
      return FORWARD;
  }
}

/**
 * An unreadable request of the client is answered when its id is readable and nobody else waits under it; an unreadable
 * answer of the client is one all the same to the server that waits for it.
 */
function rejection({ clientRequests, serverRequests }: Session, skimmed: Skimmed, words: string): Verdict {
  const { id, hasMethod } = skimmed;
  if (id === undefined) return IGNORE;
  if (!hasMethod) {
    const asked = serverRequests.settle(id);
    if (asked === undefined || asked.isCancelled) return IGNORE;
    return { answer: { to: 'server', id, code: CODES.internal, message: words } };
  }
  if (clientRequests.has(id)) return IGNORE;
  return {
    answer: { to: 'client', id, code: CODES.invalidRequest, message: words, reason: 'frame-invalid' },
  };
}

function unsupported(id: RequestId, requested: string): Verdict {
  const message = relayAnswers.versionUnknown;
  const reason = 'version-unknown';
  const data = { supported: MODERN_VERSIONS, requested };
  return {
    answer: { to: 'client', id, code: CODES.versionUnsupported, message, reason, data },
    denial: { reason, detail: message },
  };
}
