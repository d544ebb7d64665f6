// A document against its published JSON Schema: the quick answer of every launch. The schemas are written from those of zod
// (scripts/schema-files.ts), which say what is wrong with a document that is not accepted here; to load zod and build them
// costs ten milliseconds, so a sound document never comes that far. Knows the keywords that those files use and no others.

export interface JsonSchema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** false in objects of known members, a schema in those that map names to values. */
  readonly additionalProperties?: false | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** In UTF-16 units, as zod counts. */
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The first three say nothing about what is valid. */
const KEYWORDS = new Set(
  (
    '$schema title description type const enum anyOf allOf default properties required additionalProperties ' +
    'propertyNames items minItems maxItems minLength maxLength pattern minimum maximum'
  ).split(' '),
);

const REFUSED = Symbol('refused');

/** The value with defaults filled in, members in the order of the schema; undefined when it is not valid. */
export function accept(schema: JsonSchema, value: unknown): unknown {
  const accepted = judge(schema, value);
  return accepted === REFUSED ? undefined : accepted;
}

/** Keywords of a schema, at any depth, that `accept` would pass over. */
export function unknownKeywords(schema: JsonSchema): readonly string[] {
  const { properties, additionalProperties, propertyNames, items, anyOf = [], allOf = [] } = schema;
  const parts = [
    ...Object.values(properties ?? {}),
    additionalProperties,
    propertyNames,
    items,
    ...anyOf,
    ...allOf,
  ];
  return [
    ...Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword)),
    ...parts.flatMap((part) => (part === undefined || part === false ? [] : unknownKeywords(part))),
  ];
}

function judge(schema: JsonSchema, value: unknown): unknown {
  if (schema.anyOf !== undefined) return firstAccepted(schema.anyOf, value);
  if (schema.const !== undefined && value !== schema.const) return REFUSED;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return REFUSED;
  const { type } = schema;
  if (schema.allOf?.some((part) => judge({ ...part, ...(type && { type }) }, value) === REFUSED) === true)
    return REFUSED;
  switch (type ?? 'any') {
    case 'string':
      return typeof value === 'string' && isText(schema, value) ? value : REFUSED;
    case 'integer':
      return Number.isSafeInteger(value) && isInRange(schema, value as number) ? value : REFUSED;
    case 'number':
      return typeof value === 'number' && isInRange(schema, value) ? value : REFUSED;
    case 'boolean':
      return typeof value === 'boolean' ? value : REFUSED;
    case 'null':
      return value === null ? value : REFUSED;
    case 'array':
      return Array.isArray(value) ? judgeList(schema, value) : REFUSED;
    case 'object':
      return isObject(value) ? judgeObject(schema, value) : REFUSED;
    case 'any':
      return value;
  }
}

function firstAccepted(alternatives: readonly JsonSchema[], value: unknown): unknown {
  for (const alternative of alternatives) {
    const accepted = judge(alternative, value);
    if (accepted !== REFUSED) return accepted;
  }
  return REFUSED;
}

function isText({ minLength = 0, maxLength = Infinity, pattern }: JsonSchema, text: string): boolean {
  return (
    text.length >= minLength &&
    text.length <= maxLength &&
    (pattern === undefined || new RegExp(pattern).test(text))
  );
}

function isInRange({ minimum = -Infinity, maximum = Infinity }: JsonSchema, number: number): boolean {
  return number >= minimum && number <= maximum;
}

function judgeList({ items = {}, minItems = 0, maxItems = Infinity }: JsonSchema, list: unknown[]): unknown {
  if (list.length < minItems || list.length > maxItems) return REFUSED;
  const accepted = list.map((entry) => judge(items, entry));
  return accepted.includes(REFUSED) ? REFUSED : accepted;
}

function judgeObject(schema: JsonSchema, object: Readonly<Record<string, unknown>>): unknown {
  const { properties = {}, required = [], additionalProperties = {}, propertyNames = {} } = schema;
  const accepted: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(properties)) {
    const given = Object.hasOwn(object, name) ? object[name] : structuredClone(member.default);
    if (given === undefined) {
      if (required.includes(name)) return REFUSED;
      continue;
    }
    const judged = judge(member, given);
    if (judged === REFUSED) return REFUSED;
    accepted[name] = judged;
  }
  for (const [name, given] of Object.entries(object)) {
    if (Object.hasOwn(properties, name)) continue;
    // Assigning to that name would change the object's prototype.
    if (additionalProperties === false || name === '__proto__') return REFUSED;
    const judged = judge(additionalProperties, given);
    if (judged === REFUSED || judge(propertyNames, name) === REFUSED) return REFUSED;
    accepted[name] = judged;
  }
  return accepted;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
