// Foreign values that can be pinned: what JSON.parse gives has more in it than can be compared, kept and shown safely.
import type { JsonObject } from './canonical-json.ts';

/** pins.json, where a definition stands five levels down, may be 64 levels deep; a JSON report wraps it again. */
const MAX_DEPTH = 48;
const LONE_SURROGATE = /\p{Surrogate}/u;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Why the value cannot be pinned; undefined when it can. Never text of the value. */
export function jsonFault(value: unknown, depth = 0): string | undefined {
  switch (typeof value) {
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : 'has a number that is out of range';
    case 'string':
      return LONE_SURROGATE.test(value) ? 'has a string with half a surrogate pair' : undefined;
    case 'object':
      if (value === null) return undefined;
      if (depth === MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
      return Array.isArray(value) ? listFault(value, depth + 1) : objectFault(value, depth + 1);
    case 'bigint':
    case 'function':
    case 'symbol':
    case 'undefined':
      return 'is not JSON';
  }
}

function listFault(list: readonly unknown[], depth: number): string | undefined {
  // By index: a hole is no JSON either.
  for (let index = 0; index < list.length; index += 1) {
    const fault = jsonFault(list[index], depth);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function objectFault(object: object, depth: number): string | undefined {
  for (const [key, member] of Object.entries(object)) {
    // Kept as it is, it would vanish from every copy of the object that is made member by member.
    if (key === '__proto__') return 'has a member named __proto__';
    const fault = jsonFault(key) ?? jsonFault(member, depth);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
