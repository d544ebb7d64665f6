// A JSON Schema as rows of a table, to its full depth. Nothing of it is left out: what has no column is in `details`.
// References are shown and not followed (JR-24).
import { canonicalJson, type Json, type JsonObject } from '../pins/canonical-json.ts';
import { pointer } from './pointer.ts';
import { entriesOf, isNaming, isNesting, isObject } from './walk.ts';

export interface ParameterRow {
  /** The member's own name; of others their keyword, `oneOf[1]`. */
  readonly name: string;
  /** `filters[].name`; empty for the schema itself. */
  readonly path: string;
  readonly pointer: string;
  readonly depth: number;
  readonly type: string;
  readonly required: boolean;
  readonly title: Json | undefined;
  readonly description: Json | undefined;
  /** Every other keyword, sorted. */
  readonly details: ReadonlyArray<readonly [keyword: string, value: Json]>;
  /** Any text goes in: no list, pattern or format, and more than a word. */
  readonly freeText: boolean;
}

export function parameterRows(schema: Json | undefined, at: string): ParameterRow[] {
  const rows: ParameterRow[] = [];
  if (schema !== undefined)
    addSchema(rows, schema, { name: '', path: '', pointer: at, depth: 0, required: false });
  return rows;
}

type Place = Pick<ParameterRow, 'name' | 'path' | 'pointer' | 'depth' | 'required'>;

function addSchema(rows: ParameterRow[], schema: Json, place: Place): void {
  if (!isObject(schema)) {
    rows.push({
      ...place,
      ...NOTHING,
      type: schema === true ? 'anything' : schema === false ? 'nothing' : '?',
      details: typeof schema === 'boolean' ? [] : [['', schema]],
    });
    return;
  }
  const members = entriesOf(schema);
  rows.push({
    ...place,
    type: typeOf(schema),
    title: schema['title'],
    description: schema['description'],
    details: members.filter(
      ([keyword, value]) =>
        !OWN_COLUMN.has(keyword) && !isNested(keyword, value) && !isShownByRows(schema, keyword, value),
    ),
    freeText: isFreeText(schema),
  });
  for (const [keyword, value] of members)
    if (isNested(keyword, value)) addNested(rows, schema, place, keyword, value);
}

const NOTHING = { title: undefined, description: undefined, freeText: false };
const OWN_COLUMN = new Set(['type', 'title', 'description']);

/** Required members that have rows of their own say it there. */
function isShownByRows(schema: JsonObject, keyword: string, value: Json): boolean {
  const members = schema['properties'];
  return (
    keyword === 'required' &&
    Array.isArray(value) &&
    isObject(members) &&
    (value as readonly Json[]).every((name) => typeof name === 'string' && Object.hasOwn(members, name))
  );
}

function isNested(keyword: string, value: Json): boolean {
  if (isNaming(keyword)) return keyword !== 'dependentRequired' && isObject(value);
  return isNesting(keyword) && (isObject(value) || (Array.isArray(value) && keyword !== 'required'));
}

function addNested(
  rows: ParameterRow[],
  schema: JsonObject,
  place: Place,
  keyword: string,
  value: Json,
): void {
  const at = place.pointer + pointer(keyword);
  const depth = place.depth + 1;
  if (isNaming(keyword) && isObject(value)) {
    const required = Array.isArray(schema['required']) ? (schema['required'] as readonly Json[]) : [];
    for (const [name, member] of entriesOf(value)) {
      const own = keyword === 'properties';
      const path = own
        ? place.path === ''
          ? name
          : `${place.path}.${name}`
        : `${place.path}{${keyword}}.${name}`;
      addSchema(rows, member, {
        name,
        path,
        pointer: at + pointer(name),
        depth,
        required: own && required.includes(name),
      });
    }
  } else if (Array.isArray(value)) {
    for (const [index, member] of (value as readonly Json[]).entries())
      addSchema(rows, member, {
        name: `${keyword}[${index}]`,
        path: `${place.path}{${keyword} ${index + 1}}`,
        pointer: at + pointer(index),
        depth,
        required: false,
      });
  } else {
    const path = keyword === 'items' ? `${place.path}[]` : `${place.path}{${keyword}}`;
    addSchema(rows, value, { name: keyword, path, pointer: at, depth, required: false });
  }
}

function typeOf(schema: JsonObject): string {
  const type = schema['type'];
  if (typeof type === 'string') return type;
  if (Array.isArray(type))
    return (type as readonly Json[])
      .map((one) => (typeof one === 'string' ? one : canonicalJson(one)))
      .join(' | ');
  if (type !== undefined) return canonicalJson(type);
  const reference = schema['$ref'];
  return typeof reference === 'string' ? `see ${reference}` : 'anything';
}

const BOUNDS = ['enum', 'const', 'pattern', 'format', '$ref', 'contentEncoding'];

function isFreeText(schema: JsonObject): boolean {
  const type = schema['type'];
  const isText = type === 'string' || (Array.isArray(type) && (type as readonly Json[]).includes('string'));
  const longest = schema['maxLength'];
  return (
    isText && !BOUNDS.some((keyword) => keyword in schema) && !(typeof longest === 'number' && longest <= 64)
  );
}
