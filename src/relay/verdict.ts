// What happens to one message, as a value.
import { type Answer, CODES } from './answers.ts';
import type { JsonObject } from './envelope.ts';
import type { LineFault } from './fault.ts';
import type { Notice } from './list-changes.ts';
import type { ListName } from './lists.ts';
import type { RelayDenial } from './relay.ts';
import type { RequestId } from './request-id.ts';
import type { Drift } from './reviewed.ts';

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
  readonly denial?: { readonly reason: DenialReason; readonly detail: string };
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
  /** The client hears of this after a longer pause, with `announce`. */
  readonly later?: Notice;
  /** The request of the client that this answered, and that nobody else will answer. */
  readonly asked?: RequestId;
}

export type DenialReason = RelayDenial['reason'];

/** Why a request does not pass, and what its sender is told. */
export interface Refusal {
  readonly code: Answer['code'];
  readonly words: string;
  readonly reason: DenialReason;
}

export const FORWARD: Verdict = { forward: true };
export const FORWARD_ANSWER: Verdict = { forward: true, isAnswer: true };
export const IGNORE: Verdict = {};

export function deny(reason: DenialReason, detail: string): Verdict {
  return { denial: { reason, detail } };
}

/** To the client, which is also told why, for programs. */
export function refuseClient(id: RequestId, { code, words, reason }: Refusal): Verdict {
  return {
    answer: { to: 'client', id, code, message: words, reason },
    denial: { reason, detail: words },
  };
}

/** To the server: as a client without such a feature would say it. */
export function refuseServer(id: RequestId, { code, words, reason }: Refusal): Verdict {
  return { answer: { to: 'server', id, code, message: words }, denial: { reason, detail: words } };
}

/** In place of what the server answered, or did not answer. */
export function failed(id: RequestId, words: string): Answer {
  return { to: 'client', id, code: CODES.internal, message: words, reason: 'PROTOCOL_VIOLATION' };
}

export function request(id: RequestId, method: string, params: JsonObject): JsonObject {
  return { jsonrpc: '2.0', id, method, params };
}
