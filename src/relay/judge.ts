// What happens to each message, as a value: the state of one session, without streams, clock or words of its own.
import { lineFaults, relayAnswers } from '../messages.ts';
import { type Answer, CODES } from './answers.ts';
import { isJsonObject, type JsonObject, type Message } from './envelope.ts';
import { type LineFault, SEVERITIES } from './fault.ts';
import type { Frame } from './framing.ts';
import { LIMITS, LIST_METHODS } from './limits.ts';
import { decideMethod, type Era, MODERN_VERSIONS } from './methods.ts';
import { PendingTable, type PendingRequest } from './pending.ts';
import { RateLimit } from './rate-limit.ts';
import { readLine } from './read-line.ts';
import type { RelayDenial } from './relay.ts';
import type { RequestId } from './request-id.ts';
import type { Skimmed } from './skim.ts';

export interface Verdict {
  /** The line passes as it came. */
  readonly forward?: true;
  readonly answer?: Answer;
  readonly denial?: { readonly reason: RelayDenial['reason']; readonly detail: string };
  /** What passes is the first thing that a client asks, and quickly answered. */
  readonly isGreeting?: true;
  /** What passes answers a request of the client. */
  readonly isAnswer?: true;
  /** The session must end. */
  readonly violation?: LineFault;
}

type DenialReason = RelayDenial['reason'];

const FORWARD: Verdict = { forward: true };
const FORWARD_GREETING: Verdict = { forward: true, isGreeting: true };
const FORWARD_ANSWER: Verdict = { forward: true, isAnswer: true };
const IGNORE: Verdict = {};

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const MAX_VERSION_LENGTH = 64;
const SUBSCRIPTION_KEY = 'io.modelcontextprotocol/subscriptionId';
const GREETINGS = new Set(['initialize', 'server/discover']);
/** Requests whose results may ask for something in between (2026-07-28). */
const RESUMABLE_METHODS = new Set(['tools/call', 'prompts/get', 'resources/read']);

export class Judge {
  readonly #clientRequests = new PendingTable(LIMITS.clientRequestsInFlight);
  readonly #serverRequests = new PendingTable(LIMITS.serverRequestsInFlight);
  readonly #serverNotifications = new RateLimit(LIMITS.serverNotifications);
  /** Only after an `initialize` may a server ask anything; a modern one never does. */
  #isLegacy = false;

  fromClient(frame: Frame): Verdict {
    if (frame.kind === 'endless') return deny('frame-too-large', lineFaults['line-endless']);
    if (frame.kind === 'too-long')
      return {
        ...deny('frame-too-large', relayAnswers.tooLarge),
        ...this.#rejection(frame.skimmed, relayAnswers.tooLarge),
      };
    const reading = readLine(frame.bytes);
    if (!reading.ok) {
      const words = lineFaults[reading.fault];
      return { ...deny('frame-invalid', words), ...this.#rejection(reading.skimmed, words) };
    }
    const { message } = reading;
    switch (message.kind) {
      case 'request':
        return this.#clientRequest(message);
      case 'notification':
        return this.#clientNotification(message.method, message.params);
      case 'result':
      case 'error': {
        const asked = this.#serverRequests.settle(message.id);
        if (asked === undefined) return deny('id-unknown', relayAnswers.idUnknown);
        return asked.isCancelled ? IGNORE : FORWARD;
      }
    }
  }

  /** @param nowMs of a clock that never goes back */
  fromServer(frame: Frame, nowMs: number): Verdict {
    if (frame.kind === 'endless') return { violation: 'line-endless' };
    if (frame.kind === 'too-long')
      return {
        ...deny('frame-too-large', relayAnswers.tooLarge),
        ...this.#failure(frame.skimmed, relayAnswers.tooLarge, relayAnswers.resultTooLarge(frame.length)),
      };
    const reading = readLine(frame.bytes);
    if (!reading.ok) return this.#serverFault(reading.fault, reading.skimmed);
    const { message } = reading;
    switch (message.kind) {
      case 'request':
        return this.#serverRequest(message);
      case 'notification':
        return this.#serverNotification(message.method, message.params, frame.bytes.length, nowMs);
      case 'result':
      case 'error':
        return this.#serverAnswer(message, frame.bytes.length);
    }
  }

  /** The id of the request in a line that will not be carried out, to be answered; undefined for all other lines. */
  requestIn(frame: Frame): RequestId | undefined {
    if (frame.kind === 'endless') return undefined;
    if (frame.kind === 'too-long') return frame.skimmed.hasMethod ? frame.skimmed.id : undefined;
    const reading = readLine(frame.bytes);
    if (!reading.ok) return reading.skimmed.hasMethod ? reading.skimmed.id : undefined;
    return reading.message.kind === 'request' ? reading.message.id : undefined;
  }

  /** The requests of the client that still wait; they count as answered from now on. */
  giveUp(): readonly PendingRequest[] {
    return this.#clientRequests.settleAll();
  }

  #clientRequest(message: Extract<Message, { kind: 'request' }>): Verdict {
    const { id, method, params } = message;
    const reject = (code: Answer['code'], words: string, reason: DenialReason): Verdict => ({
      answer: { to: 'client', id, code, message: words, reason },
      denial: { reason, detail: words },
    });
    if (this.#clientRequests.has(id))
      return reject(CODES.invalidRequest, relayAnswers.idInUse, 'id-duplicate');
    if (this.#clientRequests.isFull)
      return reject(CODES.internal, relayAnswers.tooManyRequests, 'rate-limited');
    const era = eraOf(params);
    if (era === 'modern' && !MODERN_VERSIONS.includes(versionOf(params)))
      return unsupported(id, versionOf(params));
    if (decideMethod('client-to-server', 'request', method, era) === 'block')
      return reject(CODES.methodNotFound, relayAnswers.methodNotFound, 'method-blocked');
    if (method === 'initialize') this.#isLegacy = true;
    this.#clientRequests.add({ id, method, era, progressToken: progressTokenOf(params), isCancelled: false });
    return GREETINGS.has(method) ? FORWARD_GREETING : FORWARD;
  }

  #clientNotification(method: string, params: JsonObject): Verdict {
    if (decideMethod('client-to-server', 'notification', method, eraOf(params)) === 'block')
      return deny('method-blocked', relayAnswers.methodNotFound);
    switch (method) {
      case 'notifications/cancelled':
        // Crossing an answer that is already on its way is no fault of the client.
        return this.#clientRequests.cancel(params['requestId'] as RequestId) ? FORWARD : IGNORE;
      case 'notifications/progress':
        return this.#serverRequests.hasToken(params['progressToken'])
          ? FORWARD
          : deny('id-unknown', relayAnswers.tokenUnknown);
      default:
        return FORWARD;
    }
  }

  #serverRequest(message: Extract<Message, { kind: 'request' }>): Verdict {
    const { id, method, params } = message;
    if (!this.#isLegacy) return deny('method-blocked', relayAnswers.requestsUnavailable);
    const reject = (code: Answer['code'], words: string, reason: DenialReason): Verdict => ({
      answer: { to: 'server', id, code, message: words },
      denial: { reason, detail: words },
    });
    // No answer: it would settle the first request of that id.
    if (this.#serverRequests.has(id)) return deny('id-duplicate', relayAnswers.idInUse);
    if (this.#serverRequests.isFull)
      return reject(CODES.internal, relayAnswers.tooManyRequests, 'rate-limited');
    if (decideMethod('server-to-client', 'request', method, 'legacy') === 'block')
      return reject(CODES.methodNotFound, relayAnswers.methodNotFound, 'method-blocked');
    this.#serverRequests.add({
      id,
      method,
      era: 'legacy',
      progressToken: progressTokenOf(params),
      isCancelled: false,
    });
    return FORWARD;
  }

  #serverNotification(method: string, params: JsonObject, bytes: number, nowMs: number): Verdict {
    if (bytes > LIMITS.notificationBytes) return deny('frame-too-large', relayAnswers.tooLarge);
    if (!this.#serverNotifications.take(nowMs))
      return deny('rate-limited', relayAnswers.tooManyNotifications);
    const era = this.#isLegacy ? 'legacy' : 'modern';
    if (decideMethod('server-to-client', 'notification', method, era) === 'block')
      return deny('method-blocked', relayAnswers.methodNotFound);
    if (!this.#belongsToLiveSubscription(params)) return deny('id-unknown', relayAnswers.idUnknown);
    switch (method) {
      case 'notifications/cancelled':
        return this.#serverCancels(params['requestId'] as RequestId)
          ? FORWARD
          : deny('id-unknown', relayAnswers.idUnknown);
      case 'notifications/progress':
        return this.#clientRequests.hasToken(params['progressToken'])
          ? FORWARD
          : deny('id-unknown', relayAnswers.tokenUnknown);
      default:
        return FORWARD;
    }
  }

  /** A server may give up its own requests, and a subscription that it can no longer serve; nothing else (JR-26). */
  #serverCancels(id: RequestId): boolean {
    if (this.#serverRequests.cancel(id)) return true;
    return this.#clientRequests.get(id)?.method === 'subscriptions/listen';
  }

  #belongsToLiveSubscription(params: JsonObject): boolean {
    const meta = params['_meta'];
    if (!isJsonObject(meta) || !Object.hasOwn(meta, SUBSCRIPTION_KEY)) return true;
    return this.#clientRequests.get(meta[SUBSCRIPTION_KEY] as RequestId)?.method === 'subscriptions/listen';
  }

  #serverAnswer(message: Extract<Message, { kind: 'result' | 'error' }>, bytes: number): Verdict {
    const asked = this.#clientRequests.settle(message.id);
    if (asked === undefined) return deny('id-unknown', relayAnswers.idUnknown);
    if (asked.isCancelled) return IGNORE;
    if (LIST_METHODS.has(asked.method) && bytes > LIMITS.listResultBytes)
      return {
        ...deny('frame-too-large', relayAnswers.tooLarge),
        answer: failed(asked.id, relayAnswers.resultTooLarge(bytes)),
      };
    if (message.kind === 'result' && !isResultTypeKnown(message.result, asked)) {
      const words = lineFaults['result-type-unknown'];
      return { ...deny('frame-invalid', words), answer: failed(asked.id, relayAnswers.resultInvalid(words)) };
    }
    return FORWARD_ANSWER;
  }

  #serverFault(fault: LineFault, skimmed: Skimmed): Verdict {
    if (SEVERITIES[fault] === 'violation') return { violation: fault };
    const words = lineFaults[fault];
    return {
      ...deny('frame-invalid', words),
      ...this.#failure(skimmed, words, relayAnswers.resultInvalid(words)),
    };
  }

  /** Whoever waits for this unreadable line of the server is told so, instead of waiting for a minute. */
  #failure(skimmed: Skimmed, words: string, resultWords: string): Verdict {
    const { id, hasMethod, hasVersion } = skimmed;
    if (id === undefined || !hasVersion) return IGNORE;
    if (hasMethod) {
      if (!this.#isLegacy || this.#serverRequests.has(id)) return IGNORE;
      return { answer: { to: 'server', id, code: CODES.invalidRequest, message: words } };
    }
    const asked = this.#clientRequests.settle(id);
    return asked === undefined || asked.isCancelled ? IGNORE : { answer: failed(asked.id, resultWords) };
  }

  /**
   * An unreadable request of the client is answered when its id is readable and nobody else waits under it; an unreadable
   * answer of the client is one all the same to the server that waits for it.
   */
  #rejection(skimmed: Skimmed, words: string): Verdict {
    const { id, hasMethod } = skimmed;
    if (id === undefined) return IGNORE;
    if (!hasMethod) {
      const asked = this.#serverRequests.settle(id);
      if (asked === undefined || asked.isCancelled) return IGNORE;
      return { answer: { to: 'server', id, code: CODES.internal, message: words } };
    }
    if (this.#clientRequests.has(id)) return IGNORE;
    return {
      answer: { to: 'client', id, code: CODES.invalidRequest, message: words, reason: 'frame-invalid' },
    };
  }
}

function deny(reason: DenialReason, detail: string): Verdict {
  return { denial: { reason, detail } };
}

function failed(id: RequestId, words: string): Answer {
  return { to: 'client', id, code: CODES.internal, message: words, reason: 'PROTOCOL_VIOLATION' };
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

/** Judged per message: one process may serve both generations (protocol.md 5.3.5). */
function eraOf(params: JsonObject): Era {
  const meta = params['_meta'];
  return isJsonObject(meta) && Object.hasOwn(meta, VERSION_KEY) ? 'modern' : 'legacy';
}

/** The version that a request of the newer generation names; empty for what no version looks like. */
function versionOf(params: JsonObject): string {
  const meta = params['_meta'];
  const version = isJsonObject(meta) ? meta[VERSION_KEY] : undefined;
  return typeof version === 'string' && version.length <= MAX_VERSION_LENGTH ? version : '';
}

function progressTokenOf(params: JsonObject): RequestId | undefined {
  const meta = params['_meta'];
  const token = isJsonObject(meta) ? meta['progressToken'] : undefined;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}

/**
 * Absent means complete. Results that ask back exist only in the modern generation and for three methods; a result that
 * asks without saying so is one that two readers understand in two ways.
 */
function isResultTypeKnown(result: JsonObject, asked: PendingRequest): boolean {
  const { resultType } = result;
  if (resultType === undefined || resultType === 'complete') return result['inputRequests'] === undefined;
  return resultType === 'input_required' && asked.era === 'modern' && RESUMABLE_METHODS.has(asked.method);
}
