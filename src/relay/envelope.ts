// A parsed line as exactly one of four messages, or the one thing that is wrong with it. Keys are compared exactly, and one
// that only looks like a key of the protocol is refused: two readers of such a line see two messages.
import { type FoldedKeys, foldKeys, isLookAlike } from '../json/look-alike.ts';
import { isDisguised } from './disguise.ts';
import type { LineFault } from './fault.ts';
import { type RequestId, readId } from './request-id.ts';

export type JsonObject = { readonly [key: string]: unknown };

export type Message =
  | { readonly kind: 'request'; readonly id: RequestId; readonly method: string; readonly params: JsonObject }
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonObject }
  | { readonly kind: 'result'; readonly id: RequestId; readonly result: JsonObject }
  | { readonly kind: 'error'; readonly id: RequestId; readonly error: JsonObject };

export type Envelope =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly fault: LineFault };

const MAX_METHOD_LENGTH = 128;
const METHOD = /^[\x21-\x7e]+$/;
const NO_PARAMS: JsonObject = Object.freeze({});

const ENVELOPE_KEYS = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);
const ERROR_KEYS = new Set(['code', 'message', 'data']);

const FOLDED_ENVELOPE_KEYS = foldKeys(ENVELOPE_KEYS);
const FOLDED_ERROR_KEYS = foldKeys(ERROR_KEYS);

/**
 * @param value what JSON.parse made of the line
 * @param idToken the top-level id as it is spelled in the line
 */
export function readEnvelope(value: unknown, idToken: string | undefined): Envelope {
  if (Array.isArray(value)) return fault('batch');
  if (!isJsonObject(value)) return fault('not-an-object');
  const wrongKey = wrongMember(value, ENVELOPE_KEYS, FOLDED_ENVELOPE_KEYS);
  if (wrongKey !== undefined) return fault(wrongKey);
  const shape = shapeOf(value);
  if (shape === undefined) return fault('shape-ambiguous');
  if (value['jsonrpc'] !== '2.0') return fault('version-wrong');
  if (shape === 'method') return readCall(value, idToken);
  const id = idToken === undefined ? undefined : readId(idToken);
  if (id === undefined) return fault('id-invalid');
  return shape === 'result' ? readResult(id, value['result']) : readError(id, value['error']);
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fault(what: LineFault): Envelope {
  return { ok: false, fault: what };
}

function shapeOf(value: JsonObject): 'method' | 'result' | 'error' | undefined {
  const method = Object.hasOwn(value, 'method');
  const result = Object.hasOwn(value, 'result');
  const error = Object.hasOwn(value, 'error');
  if (Number(method) + Number(result) + Number(error) !== 1) return undefined;
  if (!method && Object.hasOwn(value, 'params')) return undefined;
  if (method) return 'method';
  return result ? 'result' : 'error';
}

function readCall(value: JsonObject, idToken: string | undefined): Envelope {
  const method = value['method'];
  if (typeof method !== 'string' || method.length > MAX_METHOD_LENGTH || !METHOD.test(method))
    return fault('method-invalid');
  const params = value['params'] ?? NO_PARAMS;
  if (!isJsonObject(params) || value['params'] === null) return fault('member-type');
  if (isDisguised(params)) return fault('member-look-alike');
  if (idToken === undefined) return { ok: true, message: { kind: 'notification', method, params } };
  const id = readId(idToken);
  if (id === undefined) return fault('id-invalid');
  return { ok: true, message: { kind: 'request', id, method, params } };
}

function readResult(id: RequestId, result: unknown): Envelope {
  if (!isJsonObject(result)) return fault('member-type');
  if (isDisguised(result)) return fault('member-look-alike');
  return { ok: true, message: { kind: 'result', id, result } };
}

function readError(id: RequestId, error: unknown): Envelope {
  if (!isJsonObject(error)) return fault('member-type');
  const wrongKey = wrongMember(error, ERROR_KEYS, FOLDED_ERROR_KEYS);
  if (wrongKey !== undefined) return fault(wrongKey);
  if (!Number.isSafeInteger(error['code']) || typeof error['message'] !== 'string')
    return fault('member-type');
  return { ok: true, message: { kind: 'error', id, error } };
}

function wrongMember(
  object: JsonObject,
  allowed: ReadonlySet<string>,
  allowedFolded: FoldedKeys,
): LineFault | undefined {
  for (const key of Object.keys(object)) {
    if (allowed.has(key)) continue;
    return isLookAlike(key, allowedFolded) ? 'member-look-alike' : 'member-unknown';
  }
  return undefined;
}
