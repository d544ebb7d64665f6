// A value against its zod schema, with every fault in our words and with its JSON path. zod finds the faults; here
// they are only said.
import * as z from 'zod';
import { quote } from '../escape.ts';
import { closest } from './closest.ts';
import { jsonPath } from './json-path.ts';

export type ShapeResult<T> =
  | { readonly ok: true; readonly value: T }
  /** One line per fault: `limits.memory: must be …`. */
  | { readonly ok: false; readonly lines: readonly string[] };

/** @param place where the value stands in its document; in front of every path */
export function checkShape<T>(
  schema: z.ZodType<T>,
  value: unknown,
  place: readonly PropertyKey[] = [],
): ShapeResult<T> {
  const result = schema.safeParse(value, { error: inOurWords });
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
function inOurWords(issue: z.core.$ZodRawIssue): string | undefined {
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
  schema: z.core.$ZodType,
  issue: z.core.$ZodIssue,
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
  schema: z.core.$ZodType,
  issue: z.core.$ZodIssueInvalidUnion,
  path: readonly PropertyKey[],
  place: readonly PropertyKey[],
): string[] {
  const wrongType = (issues: readonly z.core.$ZodIssue[]) =>
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
  schema: z.core.$ZodType,
  meant: ReadonlyArray<readonly z.core.$ZodIssue[]>,
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
function schemasAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly z.core.$ZodType[] {
  const [key, ...rest] = path;
  return alternatives(schema).flatMap((one) => {
    if (key === undefined) return [one];
    if (one instanceof z.ZodObject) {
      const inner = (one.shape as Readonly<Record<string, z.core.$ZodType>>)[String(key)];
      return inner === undefined ? [] : schemasAt(inner, rest);
    }
    if (one instanceof z.ZodArray) return schemasAt(one.element, rest);
    if (one instanceof z.ZodRecord) return schemasAt(one.valueType, rest);
    return [];
  });
}

function alternatives(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(alternatives);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  ) {
    return alternatives(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return alternatives(schema.in);
  return [schema];
}

function keysOf(schemas: readonly z.core.$ZodType[]): string[] {
  return [
    ...new Set(schemas.flatMap((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []))),
  ];
}
