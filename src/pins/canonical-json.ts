// RFC 8785 (JSON Canonicalization Scheme): one text for all spellings of one JSON value. The text is written from sorted keys
// and never from a sorted copy: `copy[key] = …` loses a member named `__proto__`, and an object lists keys such as "9" and
// "10" by their number whatever order they were added in, so that two different definitions could have one hash.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export interface CanonicalLimits {
  /** It bounds the recursion. */
  readonly depth: number;
  /** Whether a member may be named `__proto__`. */
  readonly proto: boolean;
}

/** Relay and pins.json allow 64 levels for whole documents. */
const LIMITS: CanonicalLimits = { depth: 64, proto: true };

/** The value has no canonical form. The message is in words of ours, never with text of the value. */
export class NotCanonical extends TypeError {}

/** @throws NotCanonical for what RFC 8785 does not define: lone surrogates, NaN, Infinity; and beyond the limits */
export function canonicalJson(value: Json, limits: CanonicalLimits = LIMITS): string {
  return write(value, 0, limits);
}

function write(value: Json, depth: number, limits: CanonicalLimits): string {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      // ECMAScript's own spelling is the canonical one (RFC 8785, 3.2.2.3): -0 is 0, 1E30 is 1e+30.
      if (!Number.isFinite(value)) throw new NotCanonical('has a number that is out of range');
      return String(value === 0 ? 0 : value);
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (depth === limits.depth) throw new NotCanonical(`is nested deeper than ${limits.depth} levels`);
      return isList(value) ? writeList(value, depth + 1, limits) : writeObject(value, depth + 1, limits);
    case 'bigint':
    case 'function':
    case 'symbol':
    case 'undefined':
      throw new NotCanonical('is not JSON');
  }
}

function writeString(text: string): string {
  if (!isWellFormed(text)) throw new NotCanonical('has a string with half a surrogate pair');
  return JSON.stringify(text);
}

function writeList(list: readonly Json[], depth: number, limits: CanonicalLimits): string {
  let text = '[';
  for (let index = 0; index < list.length; index += 1)
    text += `${index === 0 ? '' : ','}${write(list[index] as Json, depth, limits)}`;
  return `${text}]`;
}

function writeObject(object: JsonObject, depth: number, limits: CanonicalLimits): string {
  let text = '{';
  // Without a comparator: by UTF-16 code units, as the RFC wants it, and the same in every locale.
  for (const key of Object.keys(object).toSorted()) {
    // Kept as it is, it would vanish from every copy of the object that is made member by member.
    if (key === '__proto__' && !limits.proto) throw new NotCanonical('has a member named __proto__');
    text += `${text === '{' ? '' : ','}${writeString(key)}:${write(object[key] as Json, depth, limits)}`;
  }
  return `${text}}`;
}

/** ES2024; a regular expression for it takes a millisecond to compile. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
