// A request of the client on its way to the server, when all that it rests on is known.
import { CODES } from './answers.ts';
import { mayBeCompleted } from './completion.ts';
import type { JsonObject, Message } from './envelope.ts';
import { isUngrantedUri } from './extension-uris.ts';
import { filterInitialize, filterSubscription } from './filter-request.ts';
import type { Era } from './methods.ts';
import { relayAnswers } from '../messages/relay.ts';
import { capabilitiesOf, progressTokenOf } from './request-meta.ts';
import { LIMITS } from './limits.ts';
import { noteSubscription, subscribedIn } from './subscription.ts';
import { goesOn, subjectOf } from './rounds.ts';
import type { Session } from './session.ts';
import { FORWARD, type Refusal, refuseClient, request, type Verdict } from './verdict.ts';

type Request = Extract<Message, { kind: 'request' }>;

const GREETINGS = new Set(['initialize', 'server/discover']);

/** @param isChanged the line that came is not what passes */
export function admit(session: Session, message: Request, era: Era, isChanged: boolean): Verdict {
  const { id, method, params } = message;
  const refusal = refusalOf(session, message);
  if (refusal !== undefined) return refuseClient(id, refusal);
  const subject = era === 'modern' ? subjectOf(method, params) : undefined;
  const round = subject === undefined ? newRound(params) : session.rounds.begin(subject, params);
  if (round === undefined) return refuseClient(id, NOTHING_ASKED);
  const wanted = method === 'subscriptions/listen' ? filterSubscription(params, session) : params;
  noteSubscription(session, method, params);
  session.clientRequests.add({
    id,
    method,
    era,
    capabilities: era === 'modern' ? capabilitiesOf(params) : undefined,
    subject,
    round,
    subscribed: method === 'subscriptions/listen' ? subscribedIn(wanted) : undefined,
    progressToken: progressTokenOf(params),
    isCancelled: false,
  });
  switch (method) {
    case 'initialize': {
      session.isLegacy = true;
      session.verification.greeted();
      const anew = filterInitialize(params, session.policy);
      session.clientCapabilities = anew['capabilities'] as JsonObject;
      return { anew: request(id, method, anew), isGreeting: true };
    }
    case 'subscriptions/listen':
      return { anew: request(id, method, wanted) };
    default: {
      const passes = isChanged ? { anew: request(id, method, params) } : FORWARD;
      return GREETINGS.has(method) ? { ...passes, isGreeting: true } : passes;
    }
  }
}

const NOTHING_ASKED: Refusal = {
  code: CODES.invalidParams,
  words: relayAnswers.nothingAsked,
  reason: 'id-unknown',
};

/** Of a request that nothing ever asks back for: to bring an answer all the same is to make one up. */
function newRound(params: JsonObject): 0 | undefined {
  return goesOn(params) ? undefined : 0;
}

/** Why a request of a granted method does not pass all the same. */
function refusalOf(session: Session, { method, params }: Request): Refusal | undefined {
  const { policy, verification, subscribedUris } = session;
  if (params['task'] !== undefined && !policy.features.has('tasks'))
    return { code: CODES.invalidParams, words: relayAnswers.notGranted, reason: 'feature-not-granted' };
  const name = params['name'];
  switch (method) {
    case 'tools/call':
      return typeof name === 'string' && verification.find('tools', name) !== undefined
        ? undefined
        : { code: CODES.invalidParams, words: relayAnswers.toolUnknown, reason: 'tool-unknown' };
    case 'prompts/get':
      return typeof name === 'string' && verification.find('prompts', name) !== undefined
        ? undefined
        : { code: CODES.invalidParams, words: relayAnswers.nameUnknown, reason: 'tool-unknown' };
    case 'resources/read':
    case 'resources/subscribe': {
      const { uri } = params;
      if (isUngrantedUri(uri, policy))
        return { code: CODES.invalidParams, words: relayAnswers.notGranted, reason: 'feature-not-granted' };
      if (!session.isReviewedUri(uri))
        return { code: CODES.invalidParams, words: relayAnswers.resourceUnknown, reason: 'tool-unknown' };
      return method === 'resources/subscribe' && subscribedUris.size >= LIMITS.subscriptions
        ? { code: CODES.internal, words: relayAnswers.tooManySubscriptions, reason: 'rate-limited' }
        : undefined;
    }
    case 'completion/complete':
      return mayBeCompleted(params, session)
        ? undefined
        : { code: CODES.invalidParams, words: relayAnswers.nameUnknown, reason: 'tool-unknown' };
    default:
      return undefined;
  }
}
