// What a server says now against what was approved: per definition and per field, with the kind of change that it is.
import type { Json, JsonObject } from '../pins/canonical-json.ts';
import { canonicalJson } from '../pins/canonical-json.ts';
import {
  LIST_MEMBER,
  type Definition,
  type DefinitionContext,
  type DefinitionKind,
  type Definitions,
} from '../pins/definitions.ts';
import { pointer } from './pointer.ts';
import { byText } from './subject.ts';
import { isObject } from './walk.ts';
import { type WordPart, compareWords } from './words.ts';

export type ChangeClass =
  | 'parameter-added'
  | 'parameter-removed'
  | 'required'
  | 'enum'
  | 'type'
  | 'default'
  | 'constraint'
  | 'annotation'
  | 'output-schema'
  | 'text-added'
  | 'text-removed'
  | 'wording'
  | 'whitespace'
  | 'hidden-characters'
  | 'normalisation'
  | 'notation'
  | 'meta'
  | 'icons'
  | 'execution'
  | 'capability'
  | 'server-info'
  | 'other';

export interface FieldChange {
  /** From the top of the definition. */
  readonly pointer: string;
  readonly class: ChangeClass;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** For two texts. */
  readonly words: readonly WordPart[] | undefined;
}

type ChangedKind = DefinitionKind | 'server';

export interface DefinitionDiff {
  readonly kind: ChangedKind;
  /** Of a definition its key; of the server `instructions`, `serverInfo`, `capabilities`. */
  readonly key: string;
  readonly pointer: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** The definition of another name that is equal but for the name. */
  readonly renamed: string | undefined;
  readonly fields: readonly FieldChange[];
  /** Positions in the definitions as they are now. */
  readonly contexts: readonly number[];
}

/** @param now as seen; each context is held against the approved one that is nearest to it */
export function compareWithApproved(
  approved: readonly Definitions[],
  now: readonly Definitions[],
): DefinitionDiff[] {
  const merged = new Map<string, DefinitionDiff>();
  for (const [context, set] of now.entries()) {
    const before = nearest(approved, set.context);
    if (before === undefined) continue;
    for (const diff of compareSets(before, set)) {
      const identity = canonicalJson([diff.kind, diff.key, diff.change, ...diff.fields.map(fieldIdentity)]);
      const known = merged.get(identity);
      merged.set(identity, { ...diff, contexts: [...(known?.contexts ?? []), context] });
    }
  }
  return [...merged.values()].toSorted(
    (one, other) => byText(one.pointer, other.pointer) || (one.contexts[0] ?? 0) - (other.contexts[0] ?? 0),
  );
}

function fieldIdentity({ pointer: at, before, after }: FieldChange): Json {
  return [at, before === undefined ? [] : [before], after === undefined ? [] : [after]];
}

function nearest(sets: readonly Definitions[], context: DefinitionContext): Definitions | undefined {
  const capabilities = canonicalJson(context.clientCapabilities);
  const alike = sets.filter((set) => set.context.generation === context.generation);
  const same = alike.filter((set) => canonicalJson(set.context.clientCapabilities) === capabilities);
  return same.find((set) => set.context.secrets === context.secrets) ?? same[0] ?? alike[0] ?? sets[0];
}

type Unmerged = Omit<DefinitionDiff, 'contexts'>;

function compareSets(before: Definitions, after: Definitions): Unmerged[] {
  return [
    ...compareServer(before, after),
    ...(['tool', 'prompt', 'resource', 'template'] as const).flatMap((kind) =>
      compareLists(kind, before[LIST_MEMBER[kind]], after[LIST_MEMBER[kind]]),
    ),
  ];
}

function compareServer(before: Definitions, after: Definitions): Unmerged[] {
  const text = (value: string | null): Json | undefined => value ?? undefined;
  return (
    [
      [
        'instructions',
        fieldChanges('server', pointer('instructions'), text(before.instructions), text(after.instructions)),
      ],
      ['serverInfo', fieldChanges('server', pointer('serverInfo'), before.serverInfo, after.serverInfo)],
      [
        'capabilities',
        fieldChanges('server', pointer('capabilities'), before.capabilities, after.capabilities),
      ],
    ] as const
  ).flatMap(([key, fields]): Unmerged[] =>
    fields.length === 0
      ? []
      : [{ kind: 'server', key, pointer: pointer(key), change: 'changed', renamed: undefined, fields }],
  );
}

function compareLists(
  kind: DefinitionKind,
  before: readonly Definition[],
  after: readonly Definition[],
): Unmerged[] {
  const known = new Map(before.map((definition) => [definition.key, definition]));
  const now = new Map(after.map((definition) => [definition.key, definition]));
  const gone = before.filter(({ key }) => !now.has(key));
  const fresh = after.filter(({ key }) => !known.has(key));
  const twinsBefore = byContent(gone);
  const twinsNow = byContent(fresh);
  const whole = (
    change: 'added' | 'removed',
    definition: Definition,
    twins: ReadonlyMap<string, string>,
  ): Unmerged => {
    const { key } = definition;
    return {
      kind,
      key,
      pointer: pointer(LIST_MEMBER[kind], key),
      change,
      renamed: twins.get(withoutKey(definition)),
      fields: [],
    };
  };
  return [
    ...fresh.map((definition) => whole('added', definition, twinsBefore)),
    ...gone.map((definition) => whole('removed', definition, twinsNow)),
    ...after.flatMap(({ key, value, hash }): Unmerged[] => {
      const old = known.get(key);
      if (old === undefined || old.hash === hash) return [];
      const fields = fieldChanges(kind, '', old.value, value);
      return [
        {
          kind,
          key,
          pointer: pointer(LIST_MEMBER[kind], key),
          change: 'changed',
          renamed: undefined,
          fields,
        },
      ];
    }),
  ];
}

/** The first key of what is equal but for its key. Each is written once: a server may rename two thousand at a time. */
function byContent(definitions: readonly Definition[]): ReadonlyMap<string, string> {
  return new Map(definitions.toReversed().map((definition) => [withoutKey(definition), definition.key]));
}

function withoutKey({ value }: Definition): string {
  const { name: _name, uri: _uri, uriTemplate: _template, ...rest } = value;
  return canonicalJson(rest);
}

function fieldChanges(
  kind: ChangedKind,
  at: string,
  before: Json | undefined,
  after: Json | undefined,
): FieldChange[] {
  if (before === undefined && after === undefined) return [];
  if (before !== undefined && after !== undefined) {
    if (canonicalJson(before) === canonicalJson(after)) return [];
    if (isObject(before) && isObject(after)) return memberChanges(kind, at, before, after);
    if (isList(before) && isList(after) && !isPlainList(before, after))
      return Array.from({ length: Math.max(before.length, after.length) }, (_, index) =>
        fieldChanges(kind, at + pointer(index), before[index], after[index]),
      ).flat();
  }
  // A list of parameters that was not there at all: each of them is new.
  if (/\/(?:properties|patternProperties)$/.test(at)) {
    const each = memberChanges(kind, at, membersOf(before), membersOf(after));
    if (each.length > 0) return each;
  }
  const words =
    typeof before === 'string' && typeof after === 'string' ? compareWords(before, after) : undefined;
  return [{ pointer: at, class: classOf(kind, at, before, after), before, after, words }];
}

function memberChanges(kind: ChangedKind, at: string, before: JsonObject, after: JsonObject): FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .toSorted()
    .flatMap((name) => fieldChanges(kind, at + pointer(name), memberOf(before, name), memberOf(after, name)));
}

function membersOf(value: Json | undefined): JsonObject {
  return value !== undefined && isObject(value) ? value : {};
}

function memberOf(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Lists of names and values are compared as a whole: positions in them mean nothing. */
function isPlainList(...lists: ReadonlyArray<readonly Json[]>): boolean {
  return lists.every((list) => list.every((item) => typeof item !== 'object' || item === null));
}

function classOf(
  kind: ChangedKind,
  at: string,
  before: Json | undefined,
  after: Json | undefined,
): ChangeClass {
  const path = at.split('/').slice(1);
  const [top = ''] = path;
  const last = path.at(-1) ?? '';
  if (kind === 'server') return serverClass(top, before, after);
  if (top === 'annotations') return 'annotation';
  if (top === 'outputSchema') return 'output-schema';
  if (top === '_meta') return 'meta';
  if (top === 'icons') return 'icons';
  if (top === 'execution') return 'execution';
  const isParameter =
    (top === 'inputSchema' && (path.at(-2) === 'properties' || path.at(-2) === 'patternProperties')) ||
    (top === 'arguments' && path.length === 2);
  if (isParameter && before === undefined) return 'parameter-added';
  if (isParameter && after === undefined) return 'parameter-removed';
  if (last === 'description' || last === 'title') return textClass(before, after);
  if (top === 'inputSchema' || top === 'arguments') return schemaClass(last, before, after);
  return 'other';
}

function serverClass(top: string, before: Json | undefined, after: Json | undefined): ChangeClass {
  if (top === 'instructions') return textClass(before, after);
  return top === 'capabilities' ? 'capability' : 'server-info';
}

function schemaClass(keyword: string, before: Json | undefined, after: Json | undefined): ChangeClass {
  switch (keyword) {
    case '$schema':
      return 'notation';
    case 'required':
      // No list and an empty one say the same.
      return isEmpty(before) && isEmpty(after) ? 'notation' : 'required';
    case 'enum':
    case 'const':
      return 'enum';
    case 'type':
      return 'type';
    case 'default':
      return 'default';
    default:
      return 'constraint';
  }
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** Not those of JavaScript, among which are some that nobody sees. */
const BLANKS = /[^\S\ufeff\u2028\u2029]+/g;
const INVISIBLE = /[\p{C}\p{DI}\p{Zl}\p{Zp}]/gu;

function textClass(before: Json | undefined, after: Json | undefined): ChangeClass {
  if (before === undefined) return 'text-added';
  if (after === undefined) return 'text-removed';
  if (typeof before !== 'string' || typeof after !== 'string') return 'wording';
  if (before.normalize('NFC') === after.normalize('NFC')) return 'normalisation';
  const lines = (text: string): string => text.replaceAll(BLANKS, ' ').replaceAll(/^ | $/g, '');
  if (lines(before) === lines(after)) return 'whitespace';
  const seen = (text: string): string => lines(text).replaceAll(INVISIBLE, '');
  return seen(before) === seen(after) ? 'hidden-characters' : 'wording';
}
