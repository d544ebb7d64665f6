// RFC 8785 (JSON Canonicalization Scheme): one text for all spellings of one JSON value. The text is written from sorted keys
// and never from a sorted copy: `copy[key] = …` loses a member named `__proto__`, and an object lists keys such as "9" and
// "10" by their number whatever order they were added in, so that two different definitions could have one hash.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** Relay and pins.json allow 64 levels for whole documents. It bounds the recursion here. */
const MAX_DEPTH = 64;
/** Matches what is not half of a pair. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The value has no canonical form. Whoever reads foreign values finds that out before (json-value.ts). */
export class NotCanonical extends TypeError {}

/** @throws NotCanonical for what RFC 8785 does not define: lone surrogates, NaN, Infinity; and beyond 64 levels */
export function canonicalJson(value: Json): string {
  return write(value, 0);
}

function write(value: Json, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      // ECMAScript's own spelling is the canonical one (RFC 8785, 3.2.2.3): -0 is 0, 1E30 is 1e+30.
      if (!Number.isFinite(value)) throw new NotCanonical('a number is not finite');
      return String(value === 0 ? 0 : value);
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (depth === MAX_DEPTH) throw new NotCanonical(`nested deeper than ${MAX_DEPTH} levels`);
      return isList(value) ? writeList(value, depth + 1) : writeObject(value, depth + 1);
    case 'bigint':
    case 'function':
    case 'symbol':
    case 'undefined':
      throw new NotCanonical(`${typeof value} is not JSON`);
  }
}

function writeString(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new NotCanonical('a string holds half a surrogate pair');
  return JSON.stringify(text);
}

function writeList(list: readonly Json[], depth: number): string {
  let text = '[';
  for (let index = 0; index < list.length; index += 1)
    text += `${index === 0 ? '' : ','}${write(list[index] as Json, depth)}`;
  return `${text}]`;
}

function writeObject(object: JsonObject, depth: number): string {
  let text = '{';
  // Without a comparator: by UTF-16 code units, as the RFC wants it, and the same in every locale.
  for (const key of Object.keys(object).toSorted())
    text += `${text === '{' ? '' : ','}${writeString(key)}:${write(object[key] as Json, depth)}`;
  return `${text}}`;
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
