// What happens to each answer of the server: to a request of ours, or to one of the client.
import { lineFaults, relayAnswers } from '../messages/relay.ts';
import type { JsonObject, Message } from './envelope.ts';
import { judgeErrorText } from './error-text.ts';
import {
  type Filtered,
  filterDiscovered,
  filterInitialized,
  filterResult,
  URL_ELICITATION_REQUIRED,
} from './filter-result.ts';
import { follow } from './follow.ts';
import type { Where } from './lists.ts';
import type { PendingRequest } from './pending.ts';
import type { RequestId } from './request-id.ts';
import { judgeIntroduction } from './reviewed.ts';
import { RESUMABLE_METHODS } from './rounds.ts';
import type { Session } from './session.ts';
import { asksInBetween, filterTaskState, isTaskState, mayBecomeTask } from './tasks.ts';
import { deny, failed, FORWARD_ANSWER, IGNORE, type Verdict } from './verdict.ts';

type Answered = Extract<Message, { kind: 'result' | 'error' }>;

const REFUSED = {
  'version-unknown': relayAnswers.versionOfServer,
  'asks-for-ungranted': relayAnswers.asksForUngranted,
  'task-ungranted': relayAnswers.taskUngranted,
  'too-many': relayAnswers.asksTooOften,
  malformed: relayAnswers.asksMalformed,
} as const;

/** @param bytes length of the line */
export function judgeAnswer(session: Session, message: Answered, bytes: number): Verdict {
  const { verification, clientRequests } = session;
  if (verification.isOurs(message.id)) return follow(session, verification.answered(message, bytes));
  const asked = clientRequests.settle(message.id);
  if (asked === undefined) return deny('id-unknown', relayAnswers.idUnknown);
  const begun = afterAnswer(session, asked);
  if (asked.isCancelled) return begun;
  const verdict =
    message.kind === 'error' ? judgeError(message.error, asked) : judgeResult(session, message.result, asked);
  return begun === IGNORE ? verdict : { ...verdict, ...begun };
}

/** A handshake is over with its answer, whatever that is: what waited for it goes on. */
export function afterAnswer(session: Session, { method }: PendingRequest): Verdict {
  return method === 'initialize'
    ? follow(session, session.verification.ready(session.clientCapabilities))
    : IGNORE;
}

function judgeError(error: JsonObject, { id }: PendingRequest): Verdict {
  if (error['code'] === URL_ELICITATION_REQUIRED) return replaced(id, relayAnswers.asksForUngranted);
  const { anew, isForged } = judgeErrorText(error);
  return {
    ...(anew === undefined ? FORWARD_ANSWER : { anew: { jsonrpc: '2.0', id, error: anew }, isAnswer: true }),
    ...(isForged ? deny('frame-invalid', relayAnswers.errorForged) : {}),
  };
}

function judgeResult(session: Session, result: JsonObject, asked: PendingRequest): Verdict {
  const { reviewed, clientCapabilities, rounds } = session;
  const { id } = asked;
  if (!isResultTypeKnown(result, asked, session)) {
    const words = lineFaults['result-type-unknown'];
    return { ...deny('frame-invalid', words), answer: failed(id, relayAnswers.resultInvalid(words)) };
  }
  const introduced = introductionIn(asked, clientCapabilities);
  const drift = introduced === undefined ? undefined : judgeIntroduction(result, introduced, reviewed);
  if (drift !== undefined) return { drift, asked: id };
  const filtered = filter(session, result, asked);
  const endless = filtered.kind === 'refused' ? undefined : askedInBetween(rounds, asked, result);
  if (endless !== undefined) return replaced(id, REFUSED[endless]);
  switch (filtered.kind) {
    case 'as-it-came':
      return FORWARD_ANSWER;
    case 'anew':
      return {
        anew: { jsonrpc: '2.0', id, result: filtered.result },
        isAnswer: true,
        ...(filtered.isReduced === true ? deny('feature-not-granted', relayAnswers.blockUngranted) : {}),
      };
    case 'refused':
      return replaced(id, REFUSED[filtered.why]);
  }
}

function filter(
  { policy, isKnownServer }: Session,
  result: JsonObject,
  { method, era, capabilities = {} }: PendingRequest,
): Filtered {
  switch (method) {
    case 'initialize':
      return filterInitialized(result, policy);
    case 'server/discover':
      return filterDiscovered(result, policy);
    default: {
      const state =
        era === 'modern' && isTaskState(method, result) ? filterTaskState(result, policy) : result;
      if (state === undefined) return { kind: 'refused', why: 'asks-for-ungranted' };
      const filtered = filterResult(state, { era, capabilities, isKnownServer }, policy);
      return filtered.kind === 'as-it-came' && state !== result ? { kind: 'anew', result: state } : filtered;
    }
  }
}

/** What the result asks for may be brought from now on; or why it does not pass. */
function askedInBetween(
  rounds: Session['rounds'],
  { method, subject, round = 0 }: PendingRequest,
  result: JsonObject,
): 'malformed' | 'too-many' | undefined {
  if (method === 'tasks/get' && asksInBetween(result)) {
    const { taskId } = result;
    return typeof taskId === 'string' ? rounds.askInTask(taskId, result) : 'malformed';
  }
  return subject !== undefined && result['resultType'] === 'input_required'
    ? rounds.ask(subject, round, result)
    : undefined;
}

/** All or nothing: a client that gets half of an answer acts on what nobody meant. */
function replaced(id: RequestId, words: string): Verdict {
  return { ...deny('feature-not-granted', words), answer: failed(id, words), isAnswer: true };
}

/** By the method and not by what the question said of itself: some clients ask `server/discover` without any `_meta`. */
function introductionIn(
  { method, capabilities = {} }: PendingRequest,
  clientCapabilities: JsonObject,
): Where | undefined {
  switch (method) {
    case 'initialize':
      return { era: 'legacy', capabilities: clientCapabilities };
    case 'server/discover':
      return { era: 'modern', capabilities };
    default:
      return undefined;
  }
}

/**
 * Absent means complete. Results that ask back exist only in the modern generation and for three methods, and inside the state of
 * a task; a result that asks without saying so is one that two readers understand in two ways.
 */
function isResultTypeKnown(
  result: JsonObject,
  { era, method, capabilities = {} }: PendingRequest,
  { policy }: Session,
): boolean {
  const { resultType } = result;
  const isModern = era === 'modern';
  switch (resultType) {
    case undefined:
    case 'complete':
      return (
        result['inputRequests'] === undefined || (isModern && method === 'tasks/get' && asksInBetween(result))
      );
    case 'input_required':
      return isModern && RESUMABLE_METHODS.has(method);
    case 'task':
      return isModern && result['inputRequests'] === undefined && mayBecomeTask(method, capabilities, policy);
    default:
      return false;
  }
}
