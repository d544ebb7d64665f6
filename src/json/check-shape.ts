// A value against its zod schema, with every fault in our words and with its JSON path. zod finds the faults; here
// they are only said.
import type * as z from 'zod/v4/core';
import { quote } from '../escape.ts';
import { closest } from './closest.ts';
import { jsonPath } from './json-path.ts';
import { shapeCore } from './shape-library.ts';

export type ShapeResult<T> =
  | { readonly ok: true; readonly value: T }
  /** One line per fault: `limits.memory: must be …`. */
  | { readonly ok: false; readonly lines: readonly string[] };

/** @param place where the value stands in its document; in front of every path */
export function checkShape<T>(
  schema: z.$ZodType<T>,
  value: unknown,
  place: readonly PropertyKey[] = [],
): ShapeResult<T> {
  // Without the compiled fast path: to compile costs more than one document, and nothing is to be made from text here.
  const result = shapeCore().safeParse(schema, value, { error: inOurWords, jitless: true });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, lines: result.error.issues.flatMap((issue) => linesOf(schema, issue, [], place)) };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** Only where the schema itself says nothing. */
function inOurWords(issue: z.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${typeName(issue.expected)}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      return `must ${amount(issue.origin)} at least ${issue.minimum}${unit(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `must ${amount(issue.origin)} at most ${issue.maximum}${unit(issue.origin, issue.maximum)}`;
    case 'invalid_format':
      return 'has characters that are not allowed here';
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return undefined;
  }
}

function typeName(expected: string): string {
  return TYPE_NAMES[expected] ?? `of type ${expected}`;
}

function amount(origin: string): string {
  return origin === 'string' || origin === 'array' ? 'have' : 'be';
}

function unit(origin: string, count: number | bigint): string {
  if (origin === 'string') return count === 1 ? ' character' : ' characters';
  if (origin === 'array') return count === 1 ? ' entry' : ' entries';
  return '';
}

function linesOf(
  schema: z.$ZodType,
  issue: z.$ZodIssue,
  above: readonly PropertyKey[],
  place: readonly PropertyKey[],
): string[] {
  const path = [...above, ...issue.path];
  const line = (message: string, at: readonly PropertyKey[] = path) =>
    `${jsonPath([...place, ...at])}: ${message}`;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysOf(schemasAt(schema, path));
      return issue.keys.map((key) => line(unknownKey(key, known), [...path, key]));
    }
    case 'invalid_key':
      return issue.issues.map((inner) => line(inner.message));
    case 'invalid_union':
      return unionLines(schema, issue, path, place);
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_type':
    case 'invalid_value':
    case 'not_multiple_of':
    case 'too_big':
    case 'too_small':
      return [line(issue.message)];
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = closest(key, known);
  return meant === undefined ? 'unknown key' : `unknown key, did you mean ${quote(meant)}?`;
}

/** The faults of the one alternative that was meant; what all of them have in common when none can be told. */
function unionLines(
  schema: z.$ZodType,
  issue: z.$ZodIssueInvalidUnion,
  path: readonly PropertyKey[],
  place: readonly PropertyKey[],
): string[] {
  const wrongType = (issues: readonly z.$ZodIssue[]) =>
    issues.some((inner) => inner.path.length === 0 && inner.code === 'invalid_type');
  const meant = issue.errors.filter((issues) => !wrongType(issues));
  if (meant.length === 0) {
    const types = issue.errors
      .flat()
      .flatMap((inner) => (inner.code === 'invalid_type' ? [typeName(inner.expected)] : []));
    return [`${jsonPath([...place, ...path])}: must be ${[...new Set(types)].join(' or ')}`];
  }
  if (meant.length === 1) return (meant[0] ?? []).flatMap((inner) => linesOf(schema, inner, path, place));
  return oneKeyLines(schema, meant, path, place);
}

/** Alternatives that are told apart by their key: `{"read": …}`, `{"write": …}`. */
function oneKeyLines(
  schema: z.$ZodType,
  meant: ReadonlyArray<readonly z.$ZodIssue[]>,
  path: readonly PropertyKey[],
  place: readonly PropertyKey[],
): string[] {
  const known = keysOf(schemasAt(schema, path));
  const unknown = [
    ...new Set(meant.flat().flatMap((inner) => (inner.code === 'unrecognized_keys' ? inner.keys : []))),
  ].filter((key) => !known.includes(key));
  if (unknown.length > 0)
    return unknown.map((key) => `${jsonPath([...place, ...path, key])}: ${unknownKey(key, known)}`);
  const chosen = meant.filter((issues) =>
    issues.every((inner) => inner.path.length > 0 && inner.message !== 'is missing'),
  );
  if (chosen.length === 1) return (chosen[0] ?? []).flatMap((inner) => linesOf(schema, inner, path, place));
  return [
    `${jsonPath([...place, ...path])}: must have exactly one of the keys ${known.map((key) => quote(key)).join(', ')}`,
  ];
}

/** Every schema that may stand at that place: alternatives of a union are all kept. */
function schemasAt(schema: z.$ZodType, path: readonly PropertyKey[]): readonly z.$ZodType[] {
  const [key, ...rest] = path;
  return alternatives(schema).flatMap((one) => {
    if (key === undefined) return [one];
    const def = defOf(one);
    if (def.type === 'object') {
      const inner = def.shape[String(key)];
      return inner === undefined ? [] : schemasAt(inner, rest);
    }
    if (def.type === 'array') return schemasAt(def.element, rest);
    if (def.type === 'record') return schemasAt(def.valueType, rest);
    return [];
  });
}

function alternatives(schema: z.$ZodType): readonly z.$ZodType[] {
  const def = defOf(schema);
  if (def.type === 'union') return def.options.flatMap(alternatives);
  if (def.type === 'optional' || def.type === 'default' || def.type === 'prefault' || def.type === 'nullable')
    return alternatives(def.innerType);
  if (def.type === 'pipe') return alternatives(def.in);
  return [schema];
}

function keysOf(schemas: readonly z.$ZodType[]): string[] {
  const keys = schemas.map(defOf).flatMap((def) => (def.type === 'object' ? Object.keys(def.shape) : []));
  return [...new Set(keys)];
}

function defOf(schema: z.$ZodType): z.$ZodTypes['_zod']['def'] {
  return (schema as z.$ZodTypes)._zod.def;
}
