import type { ChangeClass } from '../compare.ts';
import type { Json } from '../../pins/canonical-json.ts';
import { prettyJson } from '../pretty-json.ts';
import type { ReviewModel, ReviewedChange, ReviewedField } from '../model.ts';
import { compareWords, type WordPart } from '../words.ts';
import { type Badge, type Block, type EntryBlock, type Line, type Section, theirs } from './blocks.ts';
import { contextName } from './identity.ts';
import { changeId, definitionId } from './ids.ts';

export function changesSection(model: ReviewModel): Section {
  const { changes } = model;
  return {
    id: 'changes',
    title: 'changes',
    count: changes?.length,
    blocks:
      changes === undefined
        ? [{ kind: 'note', text: ['nothing was approved before, so all of it is new'] }]
        : changes.length === 0
          ? [{ kind: 'note', text: ['every definition is the approved one, byte for byte'] }]
          : [
              ...summary(changes),
              ...changes.map(
                (change, index): Block => ({ kind: 'entry', entry: changeEntry(change, index, model) }),
              ),
            ],
  };
}

const CLASS_WORDS: Readonly<Record<ChangeClass, string>> = {
  'parameter-added': 'new parameter',
  'parameter-removed': 'parameter gone',
  required: 'what is required',
  enum: 'allowed values',
  type: 'type',
  default: 'default',
  constraint: 'constraint',
  annotation: 'annotation',
  'output-schema': 'output schema',
  'text-added': 'new text',
  'text-removed': 'text gone',
  wording: 'wording',
  whitespace: 'blanks and line ends only',
  'hidden-characters': 'hidden characters only',
  normalisation: 'Unicode normalisation only',
  notation: 'notation only',
  meta: '_meta',
  icons: 'icons',
  execution: 'execution',
  capability: 'capabilities',
  'server-info': 'name of the server',
  other: 'other',
};

/** How many of each kind: the one that matters must not drown in forty of the others. */
function summary(changes: readonly ReviewedChange[]): Block[] {
  const counts = new Map<string, number>();
  const add = (words: string): void => {
    counts.set(words, (counts.get(words) ?? 0) + 1);
  };
  for (const { change, fields } of changes) {
    if (change !== 'changed') add(change === 'added' ? 'new definition' : 'definition gone');
    for (const field of fields) add(CLASS_WORDS[field.class]);
    for (const field of fields)
      if (field.newly.length > 0) add('text that a rule matches now and did not before');
  }
  return [{ kind: 'facts', rows: [...counts].map(([words, count]) => [words, [String(count)]] as const) }];
}

function changeEntry(change: ReviewedChange, index: number, model: ReviewModel): EntryBlock {
  const { definitions } = model;
  const target = definitions.findIndex((one) => one.pointer === change.pointer);
  const { kind, key, renamed, fields } = change;
  const newly = fields.some((field) => field.newly.length > 0);
  return {
    id: changeId(index),
    type: 'change',
    severity: newly ? 'high' : undefined,
    badges: [
      {
        text: change.change === 'added' ? 'new' : change.change === 'removed' ? 'gone' : 'changed',
        tone: change.change,
      },
      ...(kind === 'server' ? [] : [{ text: kind, tone: 'plain' as const }]),
      ...(newly ? [{ text: 'matches rules', tone: 'high' as const }] : []),
    ],
    title: [theirs(key)],
    place: placeWords(change, model, target >= 0),
    target: target < 0 ? undefined : definitionId(target),
    related: [],
    blocks: [
      ...(renamed === undefined ? [] : [{ kind: 'note' as const, text: renamedWords(change, renamed) }]),
      ...fields.map(fieldBlock),
    ],
  };
}

function placeWords({ contexts }: ReviewedChange, model: ReviewModel, isShown: boolean): Line | undefined {
  const words = [
    ...(isShown ? ['in full above'] : []),
    ...(contexts.length === model.contexts.length ? [] : [`only in ${contexts.map(contextName).join(', ')}`]),
  ];
  return words.length === 0 ? undefined : [words.join('; ')];
}

function renamedWords({ change }: ReviewedChange, renamed: string): Line {
  return change === 'added'
    ? ['equal but for the name to ', theirs(renamed), ', which is gone: renamed?']
    : ['equal but for the name to ', theirs(renamed), ', which is new: renamed?'];
}

function fieldBlock(field: ReviewedField): Block {
  const badges: Badge[] = [
    { text: CLASS_WORDS[field.class], tone: field.class === 'notation' ? 'info' : 'plain' },
    ...field.newly.map((rule): Badge => ({ text: rule, tone: 'high' })),
  ];
  return {
    kind: 'diff',
    diff: {
      pointer: field.pointer,
      badges,
      words: field.words ?? valueWords(field.before, field.after),
      has: { before: field.before !== undefined, after: field.after !== undefined },
    },
  };
}

function valueWords(before: Json | undefined, after: Json | undefined): readonly WordPart[] {
  if (before === undefined) return after === undefined ? [] : [{ kind: 'added', text: valueText(after) }];
  if (after === undefined) return [{ kind: 'removed', text: valueText(before) }];
  return compareWords(valueText(before), valueText(after));
}

function valueText(value: Json): string {
  return typeof value === 'string' ? value : prettyJson(value);
}
