// What happens to each message, as a value: the state of one session, without streams, clock or words of its own.
import { lineFaults, relayAnswers } from '../messages.ts';
import { type Answer, CODES } from './answers.ts';
import { isJsonObject, type JsonObject, type Message } from './envelope.ts';
import { type LineFault, SEVERITIES } from './fault.ts';
import type { Frame } from './framing.ts';
import {
  filterInitialize,
  filterMeta,
  filterServerRequest,
  filterSubscription,
  META,
} from './filter-request.ts';
import {
  filterDiscovered,
  filterInitialized,
  filterResult,
  URL_ELICITATION_REQUIRED,
} from './filter-result.ts';
import { LIMITS } from './limits.ts';
import { type ListName, listOf } from './lists.ts';
import { decideMethod, type Era, MODERN_VERSIONS } from './methods.ts';
import { PendingTable, type PendingRequest } from './pending.ts';
import type { McpPolicy } from './policy.ts';
import { RateLimit } from './rate-limit.ts';
import { readLine } from './read-line.ts';
import type { RelayDenial } from './relay.ts';
import type { RequestId } from './request-id.ts';
import { type Drift, judgeIntroduction, type Reviewed } from './reviewed.ts';
import type { Skimmed } from './skim.ts';
import { type Held, type Progress, Verification } from './verification.ts';

export interface Verdict {
  /** The line passes as it came. */
  readonly forward?: true;
  /** This passes in its place. */
  readonly anew?: JsonObject;
  /** More that is to be written, after what passes. */
  readonly toServer?: ReadonlyArray<JsonObject | Uint8Array>;
  readonly toClient?: readonly JsonObject[];
  /** More errors of our own for the client. */
  readonly answers?: readonly Answer[];
  readonly answer?: Answer;
  readonly denial?: { readonly reason: RelayDenial['reason']; readonly detail: string };
  /** What passes is the first thing that a client asks, and quickly answered. */
  readonly isGreeting?: true;
  /** The server answered a request of the client. */
  readonly isAnswer?: true;
  /** The session must end. */
  readonly violation?: LineFault;
  /** What the server says is not what was reviewed: nothing of it passes any more. */
  readonly drift?: Drift;
  /** This list is to be asked for again after a pause, with `askAgain`. */
  readonly again?: ListName;
  /** The request of the client that this answered, and that nobody else will answer. */
  readonly asked?: RequestId;
}

type DenialReason = RelayDenial['reason'];
type Request = Extract<Message, { kind: 'request' }>;

const FORWARD: Verdict = { forward: true };
const FORWARD_ANSWER: Verdict = { forward: true, isAnswer: true };
const IGNORE: Verdict = {};

const MAX_VERSION_LENGTH = 64;
const GREETINGS = new Set(['initialize', 'server/discover']);
/** Requests whose results may ask for something in between (2026-07-28). */
const RESUMABLE_METHODS = new Set(['tools/call', 'prompts/get', 'resources/read']);

export class Judge {
  readonly #clientRequests = new PendingTable(LIMITS.clientRequestsInFlight);
  readonly #serverRequests = new PendingTable(LIMITS.serverRequestsInFlight);
  readonly #serverNotifications = new RateLimit(LIMITS.serverNotifications);
  readonly #policy: McpPolicy;
  readonly #reviewed: Reviewed;
  readonly #verification: Verification;
  /** Only after an `initialize` may a server ask anything; a modern one never does. */
  #isLegacy = false;
  /** What the client can do, as it was let through in `initialize`. */
  #clientCapabilities: JsonObject = {};

  constructor(policy: McpPolicy, reviewed: Reviewed) {
    this.#policy = policy;
    this.#reviewed = reviewed;
    this.#verification = new Verification(policy, reviewed);
  }

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
        return this.#clientRequest(message, frame.bytes);
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

  /** The requests of the client that still wait; they count as answered from now on. */
  giveUp(): readonly RequestId[] {
    return [...this.#clientRequests.settleAll().map(({ id }) => id), ...this.#verification.giveUp()];
  }

  /** After the pause that a verdict asked for. */
  askAgain(list: ListName): Verdict {
    return this.#follow(this.#verification.askAgain(list));
  }

  #clientRequest(message: Request, line: Uint8Array): Verdict {
    const { id, method, params } = message;
    const reject = (code: Answer['code'], words: string, reason: DenialReason): Verdict => ({
      answer: { to: 'client', id, code, message: words, reason },
      denial: { reason, detail: words },
    });
    if (this.#clientRequests.has(id) || this.#verification.has(id) || this.#verification.isOurs(id))
      return reject(CODES.invalidRequest, relayAnswers.idInUse, 'id-duplicate');
    if (this.#clientRequests.isFull || this.#verification.isFull)
      return reject(CODES.internal, relayAnswers.tooManyRequests, 'rate-limited');
    const era = eraOf(params);
    if (era === 'modern' && !MODERN_VERSIONS.includes(versionOf(params)))
      return unsupported(id, versionOf(params));
    switch (decideMethod('client-to-server', 'request', method, era, this.#policy)) {
      case 'pass':
        break;
      case 'answer-empty':
        return { toClient: [{ jsonrpc: '2.0', id, result: {} }] };
      case 'ignore':
      case 'block':
        return reject(CODES.methodNotFound, relayAnswers.methodNotFound, 'method-blocked');
    }
    const filtered = era === 'modern' ? filterMeta(params, this.#policy) : undefined;
    const request = filtered === undefined ? message : { ...message, params: filtered };
    const list = listOf(method);
    const isChanged = filtered !== undefined;
    if (list !== undefined) return this.#listed(list, { message: request, era, line, isChanged });
    if (!this.#verification.isKnown(method)) {
      // A copy: the line is a part of the piece in which it came.
      const held = { message: request, era, line: Uint8Array.from(line), isChanged };
      return this.#follow(this.#verification.hold(held));
    }
    return this.#passRequest(request, era, isChanged);
  }

  /** @param isChanged the line that came is not what passes */
  #passRequest(message: Request, era: Era, isChanged: boolean): Verdict {
    const { id, method, params } = message;
    const refusal = this.#refusalOf(message);
    if (refusal !== undefined) {
      const { code, words, reason } = refusal;
      return {
        answer: { to: 'client', id, code, message: words, reason },
        denial: { reason, detail: words },
      };
    }
    this.#clientRequests.add({ id, method, era, progressToken: progressTokenOf(params), isCancelled: false });
    switch (method) {
      case 'initialize': {
        this.#isLegacy = true;
        this.#verification.greeted();
        const anew = filterInitialize(params, this.#policy);
        this.#clientCapabilities = anew['capabilities'] as JsonObject;
        return { anew: request(id, method, anew), isGreeting: true };
      }
      case 'subscriptions/listen':
        return { anew: request(id, method, filterSubscription(params, this.#policy)) };
      default: {
        const passes = isChanged ? { anew: request(id, method, params) } : FORWARD;
        return GREETINGS.has(method) ? { ...passes, isGreeting: true } : passes;
      }
    }
  }

  /** Why a request of a granted method does not pass all the same. */
  #refusalOf({ method, params }: Request): Refusal | undefined {
    const { features } = this.#policy;
    if (params['task'] !== undefined && !features.has('tasks'))
      return { code: CODES.invalidParams, words: relayAnswers.notGranted, reason: 'feature-not-granted' };
    const name = params['name'];
    switch (method) {
      case 'tools/call':
        return typeof name === 'string' && this.#verification.find('tools', name) !== undefined
          ? undefined
          : { code: CODES.invalidParams, words: relayAnswers.toolUnknown, reason: 'tool-unknown' };
      case 'prompts/get':
        return typeof name === 'string' && this.#verification.find('prompts', name) !== undefined
          ? undefined
          : { code: CODES.invalidParams, words: relayAnswers.nameUnknown, reason: 'tool-unknown' };
      case 'resources/read':
      case 'resources/subscribe':
        // Pages of an app and skills are code and instructions: extensions of their own.
        return /^(?:ui|skill):/i.test(String(params['uri']))
          ? { code: CODES.invalidParams, words: relayAnswers.notGranted, reason: 'feature-not-granted' }
          : undefined;
      default:
        return undefined;
    }
  }

  #listed(list: ListName, held: Held): Verdict {
    if (held.message.params['cursor'] !== undefined) {
      // Ours has one page, so no cursor was ever given (RP-14).
      const { id } = held.message;
      const words = relayAnswers.nameUnknown;
      return {
        answer: { to: 'client', id, code: CODES.invalidParams, message: words, reason: 'tool-unknown' },
      };
    }
    return this.#follow(this.#verification.ask(list, held));
  }

  /** What a step of the verification sets in motion, as a verdict. */
  #follow(progress: Progress): Verdict {
    if (progress.drift !== undefined) return { drift: progress.drift };
    if (progress.again !== undefined) return { again: progress.again };
    const judged = progress.released.map((held) => ({
      held,
      verdict: this.#passRequest(held.message, held.era, held.isChanged),
    }));
    const passed = judged.flatMap(
      ({ held, verdict }): ReadonlyArray<JsonObject | Uint8Array> =>
        verdict.forward === true ? [held.line] : verdict.anew === undefined ? [] : [verdict.anew],
    );
    const answers = judged.flatMap(({ verdict }) => (verdict.answer === undefined ? [] : [verdict.answer]));
    const denial = judged.find(({ verdict }) => verdict.denial !== undefined)?.verdict.denial;
    return {
      toServer: [...progress.toServer, ...passed],
      toClient: progress.toClient,
      answers: [...answers, ...progress.failed.map((id) => failed(id, relayAnswers.listUnavailable))],
      ...(denial === undefined ? {} : { denial }),
    };
  }

  #clientNotification(method: string, params: JsonObject): Verdict {
    switch (decideMethod('client-to-server', 'notification', method, eraOf(params), this.#policy)) {
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
        if (this.#verification.cancel(params['requestId'] as RequestId)) return IGNORE;
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

  #serverRequest(message: Request): Verdict {
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
    if (decideMethod('server-to-client', 'request', method, 'legacy', this.#policy) !== 'pass')
      return reject(CODES.methodNotFound, relayAnswers.methodNotFound, 'method-blocked');
    const filtered = filterServerRequest(method, params);
    if (filtered === undefined)
      return reject(CODES.invalidParams, relayAnswers.notGranted, 'feature-not-granted');
    this.#serverRequests.add({
      id,
      method,
      era: 'legacy',
      progressToken: progressTokenOf(params),
      isCancelled: false,
    });
    return filtered === params ? FORWARD : { anew: request(id, method, filtered) };
  }

  #serverNotification(method: string, params: JsonObject, bytes: number, nowMs: number): Verdict {
    if (bytes > LIMITS.notificationBytes) return deny('frame-too-large', relayAnswers.tooLarge);
    if (!this.#serverNotifications.take(nowMs))
      return deny('rate-limited', relayAnswers.tooManyNotifications);
    const era = this.#isLegacy ? 'legacy' : 'modern';
    switch (decideMethod('server-to-client', 'notification', method, era, this.#policy)) {
      case 'pass':
        break;
      case 'ignore':
      case 'answer-empty':
        return IGNORE;
      case 'block':
        return deny('method-blocked', relayAnswers.methodNotFound);
    }
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
      case 'notifications/tools/list_changed':
        return this.#listChanged('tools');
      case 'notifications/prompts/list_changed':
        return this.#listChanged('prompts');
      case 'notifications/resources/list_changed':
        return this.#listChanged('resources', 'templates');
      default:
        return FORWARD;
    }
  }

  /** The client hears of it once, and asks again; whether anything changed is for us to see first (RP-03, RP-04). */
  #listChanged(...lists: readonly ListName[]): Verdict {
    const changes = lists.map((name) => this.#verification.changed(name));
    const toServer = changes.flatMap(({ progress }) => progress.toServer);
    return changes.some(({ isNews }) => isNews) ? { forward: true, toServer } : { toServer };
  }

  /** A server may give up its own requests, and a subscription that it can no longer serve; nothing else (JR-26). */
  #serverCancels(id: RequestId): boolean {
    if (this.#serverRequests.cancel(id)) return true;
    return this.#clientRequests.get(id)?.method === 'subscriptions/listen';
  }

  #belongsToLiveSubscription(params: JsonObject): boolean {
    const meta = params['_meta'];
    if (!isJsonObject(meta) || !Object.hasOwn(meta, META.subscription)) return true;
    return this.#clientRequests.get(meta[META.subscription] as RequestId)?.method === 'subscriptions/listen';
  }

  #serverAnswer(message: Extract<Message, { kind: 'result' | 'error' }>, bytes: number): Verdict {
    if (this.#verification.isOurs(message.id))
      return this.#follow(this.#verification.answered(message, bytes));
    const asked = this.#clientRequests.settle(message.id);
    if (asked === undefined) return deny('id-unknown', relayAnswers.idUnknown);
    const begun =
      asked.method === 'initialize' ? this.#follow(this.#verification.ready(this.#clientCapabilities)) : {};
    if (asked.isCancelled) return begun;
    if (message.kind === 'error') return { ...this.#serverError(message, asked), ...begun };
    if (!isResultTypeKnown(message.result, asked)) {
      const words = lineFaults['result-type-unknown'];
      return { ...deny('frame-invalid', words), answer: failed(asked.id, relayAnswers.resultInvalid(words)) };
    }
    return { ...this.#serverResult(message.result, asked), ...begun };
  }

  #serverError(message: Extract<Message, { kind: 'error' }>, asked: PendingRequest): Verdict {
    if (message.error['code'] !== URL_ELICITATION_REQUIRED) return FORWARD_ANSWER;
    const words = relayAnswers.asksForUngranted;
    return { ...deny('feature-not-granted', words), answer: failed(asked.id, words) };
  }

  #serverResult(result: JsonObject, asked: PendingRequest): Verdict {
    const { id, method, era } = asked;
    if (method === 'initialize' || method === 'server/discover') {
      const where = { era, capabilities: era === 'legacy' ? this.#clientCapabilities : {} };
      const drift = judgeIntroduction(result, where, this.#reviewed);
      if (drift !== undefined) return { drift, asked: id };
    }
    const filtered =
      method === 'initialize'
        ? filterInitialized(result, this.#policy)
        : method === 'server/discover'
          ? filterDiscovered(result, this.#policy)
          : filterResult(result, era, this.#policy);
    switch (filtered.kind) {
      case 'as-it-came':
        return FORWARD_ANSWER;
      case 'anew':
        return { anew: { jsonrpc: '2.0', id, result: filtered.result }, isAnswer: true };
      case 'refused': {
        const words = REFUSED[filtered.why];
        return { ...deny('feature-not-granted', words), answer: failed(id, words), isAnswer: true };
      }
    }
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

const REFUSED = {
  'version-unknown': relayAnswers.versionOfServer,
  'asks-for-ungranted': relayAnswers.asksForUngranted,
  'task-ungranted': relayAnswers.taskUngranted,
} as const;

/** The id of the request in a line that will not be carried out, to be answered; undefined for all other lines. */
export function requestIn(frame: Frame): RequestId | undefined {
  if (frame.kind === 'endless') return undefined;
  if (frame.kind === 'too-long') return frame.skimmed.hasMethod ? frame.skimmed.id : undefined;
  const reading = readLine(frame.bytes);
  if (!reading.ok) return reading.skimmed.hasMethod ? reading.skimmed.id : undefined;
  return reading.message.kind === 'request' ? reading.message.id : undefined;
}

interface Refusal {
  readonly code: Answer['code'];
  readonly words: string;
  readonly reason: DenialReason;
}

function request(id: RequestId, method: string, params: JsonObject): JsonObject {
  return { jsonrpc: '2.0', id, method, params };
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
  return isJsonObject(meta) && Object.hasOwn(meta, META.version) ? 'modern' : 'legacy';
}

/** The version that a request of the newer generation names; empty for what no version looks like. */
function versionOf(params: JsonObject): string {
  const meta = params['_meta'];
  const version = isJsonObject(meta) ? meta[META.version] : undefined;
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
