// Errors of our own, as lines. Always with the id of the request: clients reject errors without one, each in another way.
import { Buffer } from 'node:buffer';
import type { RequestId } from './request-id.ts';

export const CODES = {
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Of 2026-07-28; clients read `data.supported` and try again. */
  versionUnsupported: -32022,
} as const;

export interface Answer {
  readonly to: 'client' | 'server';
  readonly id: RequestId;
  readonly code: (typeof CODES)[keyof typeof CODES];
  /** Our words only. */
  readonly message: string;
  /** Why, for programs: in `data.reason`, beside `data.source: "cordon"`. */
  readonly reason?: string;
  /** More of `data`, where the code asks for it. */
  readonly data?: { readonly supported: readonly string[]; readonly requested: string };
}

export function answerLine(answer: Answer): Buffer {
  const { id, code, message, reason, data } = answer;
  const error =
    reason === undefined ? { code, message } : { code, message, data: { source: 'cordon', reason, ...data } };
  return Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`);
}
