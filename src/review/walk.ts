// Every string of a definition, property names included, with the place where it stands and what a client does with it.
// No depth limit of its own (TP-07): what is pinned is at most 48 levels deep.
import type { Json, JsonObject } from '../pins/canonical-json.ts';
import type { DefinitionKind } from '../pins/definitions.ts';
import { pointer } from './pointer.ts';

export type TextRole =
  | 'instructions'
  | 'name'
  | 'title'
  | 'description'
  /** Of a schema: the name of a parameter or of a member of one. */
  | 'parameter'
  /** Any other member name that the protocol does not define. */
  | 'member'
  | 'comment'
  /** A default, a value of an enum, an example, a pattern: data that a model reads as well. */
  | 'data'
  | 'uri'
  | 'meta'
  | 'stderr';

export interface WalkedText {
  readonly pointer: string;
  readonly role: TextRole;
  readonly text: string;
}

/** A description or title that is none. */
export interface OddType {
  readonly pointer: string;
  readonly found: string;
  readonly value: Json;
}

export interface Walked {
  readonly texts: readonly WalkedText[];
  readonly odd: readonly OddType[];
}

export function walkDefinition(kind: DefinitionKind, base: string, value: JsonObject): Walked {
  const walk = new Walk();
  for (const [name, member] of entriesOf(value)) {
    const at = base + pointer(name);
    if (name === 'name') walk.string(at, 'name', member);
    else if (name === 'title' || name === 'description') walk.prose(at, name, member);
    else if (name === 'uri' || name === 'uriTemplate') walk.string(at, 'uri', member);
    else if (name === 'inputSchema' || name === 'outputSchema') walk.schema(at, member);
    else if (name === 'arguments' && kind === 'prompt') walk.promptArguments(at, member);
    else if (KNOWN_MEMBERS.has(name)) walk.plain(at, name === '_meta' ? 'meta' : 'data', member);
    else {
      walk.push(at, 'member', name);
      walk.plain(at, 'data', member);
    }
  }
  return walk;
}

/** serverInfo and capabilities. */
export function walkPlain(base: string, value: JsonObject): Walked {
  const walk = new Walk();
  walk.plain(base, 'data', value);
  return walk;
}

const KNOWN_MEMBERS = new Set(['annotations', 'execution', 'icons', '_meta', 'mimeType', 'size']);

/** Members of an annotation, of an icon and of serverInfo. */
const PLAIN_MEMBERS = new Set([
  'title',
  'description',
  'name',
  'version',
  'readOnlyHint',
  'destructiveHint',
  'idempotentHint',
  'openWorldHint',
  'audience',
  'priority',
  'lastModified',
  'taskSupport',
  'src',
  'mimeType',
  'sizes',
  'theme',
  'websiteUrl',
  'icons',
  'tools',
  'prompts',
  'resources',
  'logging',
  'completions',
  'listChanged',
  'subscribe',
  'experimental',
  'extensions',
  'tasks',
  '_meta',
]);
const URI_MEMBERS = new Set(['src', 'uri', 'url', 'href', 'websiteUrl']);

/** Members of a schema whose own members are named by the author. */
const NAMING = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependentRequired',
  'dependencies',
]);
/** Members of a schema that are schemas, or lists of them. */
const NESTING = new Set([
  'items',
  'prefixItems',
  'additionalItems',
  'unevaluatedItems',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'oneOf',
  'anyOf',
  'allOf',
]);
const VOCABULARY = new Set([
  'type',
  'enum',
  'const',
  'default',
  'examples',
  'format',
  'pattern',
  'required',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
  'readOnly',
  'writeOnly',
  'deprecated',
  'nullable',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  '$schema',
  '$id',
  '$ref',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  '$vocabulary',
]);

export function isNaming(keyword: string): boolean {
  return NAMING.has(keyword);
}

export function isNesting(keyword: string): boolean {
  return NESTING.has(keyword);
}

class Walk implements Walked {
  readonly texts: WalkedText[] = [];
  readonly odd: OddType[] = [];

  push(at: string, role: TextRole, text: string): void {
    this.texts.push({ pointer: at, role, text });
  }

  string(at: string, role: TextRole, value: Json): void {
    if (typeof value === 'string') this.push(at, role, value);
    else this.plain(at, 'data', value);
  }

  /** TP-14: clients show what is no string in ways that nobody foresaw. */
  prose(at: string, role: 'title' | 'description', value: Json): void {
    if (typeof value === 'string') return this.push(at, role, value);
    this.odd.push({ pointer: at, found: typeName(value), value });
    this.plain(at, 'data', value);
  }

  schema(at: string, value: Json): void {
    if (Array.isArray(value)) {
      for (const [index, member] of value.entries()) this.schema(at + pointer(index), member as Json);
      return;
    }
    if (!isObject(value)) return this.plain(at, 'data', value);
    for (const [keyword, member] of entriesOf(value)) this.keyword(at + pointer(keyword), keyword, member);
  }

  keyword(at: string, keyword: string, value: Json): void {
    if (keyword === 'description' || keyword === 'title') return this.prose(at, keyword, value);
    if (keyword === '$comment') return this.string(at, 'comment', value);
    if (NESTING.has(keyword)) return this.schema(at, value);
    if (NAMING.has(keyword) && isObject(value)) {
      const role = keyword === 'properties' || keyword === 'patternProperties' ? 'parameter' : 'member';
      for (const [name, member] of entriesOf(value)) {
        this.push(at + pointer(name), role, name);
        this.schema(at + pointer(name), member);
      }
      return;
    }
    if (!VOCABULARY.has(keyword)) this.push(at, 'member', keyword);
    this.plain(at, 'data', value);
  }

  promptArguments(at: string, value: Json): void {
    if (!Array.isArray(value)) return this.plain(at, 'data', value);
    for (const [index, argument] of (value as readonly Json[]).entries()) {
      const place = at + pointer(index);
      if (!isObject(argument)) {
        this.plain(place, 'data', argument);
        continue;
      }
      for (const [name, member] of entriesOf(argument)) {
        if (name === 'name') this.string(place + pointer(name), 'parameter', member);
        else if (name === 'title' || name === 'description') this.prose(place + pointer(name), name, member);
        else this.plain(place + pointer(name), 'data', member);
      }
    }
  }

  plain(at: string, role: 'data' | 'meta', value: Json): void {
    if (typeof value === 'string') return this.push(at, role, value);
    if (Array.isArray(value)) {
      for (const [index, member] of (value as readonly Json[]).entries())
        this.plain(at + pointer(index), role, member);
      return;
    }
    if (!isObject(value)) return;
    for (const [name, member] of entriesOf(value)) {
      const place = at + pointer(name);
      if (!PLAIN_MEMBERS.has(name)) this.push(place, role === 'meta' ? 'meta' : 'member', name);
      if (typeof member !== 'string') this.plain(place, name === '_meta' ? 'meta' : role, member);
      else if (URI_MEMBERS.has(name)) this.push(place, 'uri', member);
      else this.push(place, name === 'title' || name === 'description' ? name : role, member);
    }
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Members in an order that does not depend on how the server wrote them. */
export function entriesOf(object: JsonObject): ReadonlyArray<readonly [string, Json]> {
  return Object.keys(object)
    .toSorted()
    .map((key) => [key, object[key] as Json] as const);
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
