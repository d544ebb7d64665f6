// Foreign values that can be pinned: what JSON.parse gives has more in it than can be compared, kept and shown safely.
import {
  canonicalJson,
  type CanonicalLimits,
  type Json,
  type JsonObject,
  NotCanonical,
} from './canonical-json.ts';

/** pins.json, where a definition stands five levels down, may be 64 levels deep; a JSON report wraps it again. */
const LIMITS: CanonicalLimits = { depth: 48, proto: false };

export type Pinnable =
  | { readonly ok: true; readonly canonical: string }
  /** Never text of the value. */
  | { readonly ok: false; readonly fault: string };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Its canonical text, or why it cannot be pinned. */
export function pinnable(value: unknown): Pinnable {
  try {
    return { ok: true, canonical: canonicalJson(value as Json, LIMITS) };
  } catch (error) {
    if (error instanceof NotCanonical) return { ok: false, fault: error.message };
    throw error;
  }
}
