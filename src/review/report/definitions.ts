import { canonicalJson, type Json, type JsonObject } from '../../pins/canonical-json.ts';
import { KNOWN_MEMBERS } from '../../pins/definition-shape.ts';
import { type DefinitionKind, KEY_MEMBER } from '../../pins/definitions.ts';
import { prettyJson } from '../pretty-json.ts';
import type { Finding } from '../findings.ts';
import type { ReviewModel, ReviewedDefinition, ServerStatement } from '../model.ts';
import { grouped } from '../plain-words.ts';
import { SEVERITIES } from '../rules/rule.ts';
import { CUT_AT } from '../rules/layout.ts';
import { entriesOf, isObject } from '../walk.ts';
import {
  type Badge,
  type Block,
  type EntryBlock,
  type Line,
  type Reference,
  type Section,
  theirs,
} from './blocks.ts';
import { contextName } from './identity.ts';
import { definitionId, findingIds } from './ids.ts';

const HEADINGS: Readonly<Record<DefinitionKind, string>> = {
  tool: 'tools',
  prompt: 'prompts',
  resource: 'resources',
  template: 'resource templates',
};

export function definitionsSection(model: ReviewModel): Section {
  const { definitions, contexts, findings } = model;
  const entries = { ids: findingIds(findings), allContexts: contexts.length };
  return {
    id: 'definitions',
    title: 'definitions',
    count: definitions.length,
    blocks: [
      { kind: 'heading', text: 'the server' },
      ...model.server.flatMap((statement) => serverBlocks(statement, contexts.length)),
      ...(['tool', 'prompt', 'resource', 'template'] as const).flatMap((kind): Block[] => {
        const own = [...definitions.entries()].filter(([, definition]) => definition.kind === kind);
        return [
          { kind: 'heading', text: `${HEADINGS[kind]} (${own.length})` },
          ...own.map(([index, definition]): Block => {
            return { kind: 'entry', entry: definitionEntry(definition, index, entries) };
          }),
        ];
      }),
    ],
  };
}

function serverBlocks({ part, value, contexts }: ServerStatement, all: number): Block[] {
  const where = contexts.length === all ? '' : ` (${contextsWords(contexts)})`;
  if (value === null) return [{ kind: 'note', text: [`no instructions${where}`] }];
  if (typeof value === 'string') return [payload([`instructions, ${lengthWords(value)}${where}`], value)];
  return [payload([`${part}${where}`], prettyJson(value))];
}

function contextsWords(contexts: readonly number[]): string {
  return `only in ${contexts.map(contextName).join(', ')}`;
}

function payload(label: Line, text: string): Block {
  return { kind: 'payload', label, text, ...(text.length > CUT_AT ? { cutAt: CUT_AT } : {}) };
}

function lengthWords(text: string): string {
  const after = text.length - CUT_AT;
  return `${grouped(text.length)} characters${after > 0 ? `, ${grouped(after)} of them after the mark at ${grouped(CUT_AT)}` : ''}`;
}

interface Entries {
  readonly ids: ReadonlyMap<Finding, string>;
  readonly allContexts: number;
}

function definitionEntry(
  definition: ReviewedDefinition,
  index: number,
  { ids, allContexts }: Entries,
): EntryBlock {
  const { kind, key, value, hash, contexts, findings } = definition;
  const worst = SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity));
  const badges: Badge[] =
    worst === undefined || worst === 'info'
      ? []
      : [{ text: `${findings.filter((finding) => finding.severity !== 'info').length} found`, tone: worst }];
  const points = /[^\u0020-\u007e]/.test(key) ? [codePoints(key)] : [];
  return {
    id: definitionId(index),
    type: 'definition',
    severity: worst,
    badges: [{ text: kind, tone: 'plain' }, ...badges],
    title: [theirs(key)],
    place: contexts.length === allContexts ? undefined : [contextsWords(contexts)],
    target: undefined,
    related: findings.map((finding) => reference(finding, ids)),
    blocks: [
      ...(points.length === 0
        ? []
        : [{ kind: 'note' as const, text: ['code points of the name: ', ...points] }]),
      ...memberBlocks(definition, ids),
      { kind: 'facts', rows: [['sha256', [hash]]] },
      { kind: 'source', label: 'as JSON', json: prettyJson(value) },
    ],
  };
}

function reference(finding: Finding, ids: Entries['ids']): Reference {
  return { id: ids.get(finding) ?? '', severity: finding.severity, title: finding.title };
}

function codePoints(name: string): string {
  return Array.from(
    name,
    (character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
  ).join(' ');
}

const SHOWN_BY_ITSELF = new Set([
  'name',
  'title',
  'description',
  'inputSchema',
  'outputSchema',
  'annotations',
  'arguments',
]);

function memberBlocks(definition: ReviewedDefinition, ids: Entries['ids']): Block[] {
  const { kind, value, key, input, output } = definition;
  const flags = definition.findings.map((finding) => ({
    ...reference(finding, ids),
    pointer: finding.pointer.slice(definition.pointer.length),
  }));
  const { title, description, annotations } = value;
  const rest = entriesOf(value).filter(([name]) => !SHOWN_BY_ITSELF.has(name) && name !== KEY_MEMBER[kind]);
  return [
    ...textBlocks('title', title),
    ...textBlocks('description', description),
    ...(typeof value['name'] === 'string' && value['name'] !== key ? textBlocks('name', value['name']) : []),
    ...(kind === 'tool' || input.length > 0
      ? [{ kind: 'parameters' as const, label: 'parameters', rows: input, flags }]
      : []),
    ...(output.length > 0 ? [{ kind: 'parameters' as const, label: 'output', rows: output, flags }] : []),
    ...argumentBlocks(value['arguments']),
    ...(kind === 'tool' ? [annotationsBlock(annotations)] : textBlocks('annotations', annotations)),
    ...rest.map(([name, member]): Block => payload(memberLabel(name), prettyJson(member))),
  ];
}

/** A name that the protocol does not know is the server's own text. */
function memberLabel(name: string): Line {
  return KNOWN_MEMBERS.has(name) ? [name] : ['member ', theirs(name)];
}

function textBlocks(label: string, value: Json | undefined): Block[] {
  if (value === undefined) return label === 'description' ? [{ kind: 'note', text: ['no description'] }] : [];
  if (typeof value === 'string')
    return [payload([label === 'title' ? label : `${label}, ${lengthWords(value)}`], value)];
  return [payload([`${label}, which is no text`], prettyJson(value))];
}

function argumentBlocks(value: Json | undefined): Block[] {
  return value === undefined ? [] : [payload(['arguments'], prettyJson(value))];
}

/** What a client assumes where the server says nothing (specification, ToolAnnotations). */
const DEFAULTS = [
  ['readOnlyHint', false],
  ['destructiveHint', true],
  ['idempotentHint', false],
  ['openWorldHint', true],
] as const;

function annotationsBlock(value: Json | undefined): Block {
  const hints: JsonObject = isObject(value) ? value : {};
  const known = DEFAULTS.map(([name, assumed]): readonly Line[] => {
    const said = hints[name];
    return [
      [name],
      said === undefined ? [`not said, so ${assumed}`] : [theirs(canonicalJson(said))],
      [MEANING[name]],
    ];
  });
  const others = entriesOf(hints)
    .filter(([name]) => !DEFAULTS.some(([hint]) => hint === name))
    .map(([name, member]): readonly Line[] => [[theirs(name)], [theirs(canonicalJson(member))], ['']]);
  return { kind: 'table', head: ['annotation', 'value', 'true means'], rows: [...known, ...others] };
}

const MEANING = {
  readOnlyHint: 'changes nothing',
  destructiveHint: 'may destroy what is there',
  idempotentHint: 'twice is the same as once',
  openWorldHint: 'deals with what is outside',
} as const;
