import type { Excerpt, Finding } from '../findings.ts';
import type { ReviewModel } from '../model.ts';
import { type Block, type EntryBlock, type Section, theirs } from './blocks.ts';
import { definitionId, findingId } from './ids.ts';
import { findingsWords } from './verdict.ts';

export function findingsSection(model: ReviewModel): Section {
  const targets = targetsOf(model);
  return {
    id: 'findings',
    title: 'findings',
    count: model.findings.length,
    blocks: [
      {
        kind: 'note',
        text:
          model.findings.length === 0
            ? [findingsWords(model)]
            : [
                `${findingsWords(model)}. Rules look for what is known; they do not understand what they read, and what they do not name is not thereby harmless`,
              ],
      },
      ...model.findings.map(
        (finding, index): Block => ({ kind: 'entry', entry: findingEntry(finding, index, targets) }),
      ),
    ],
  };
}

/** The first definition that each finding is in. */
function targetsOf({ definitions }: ReviewModel): ReadonlyMap<Finding, string> {
  const targets = new Map<Finding, string>();
  for (const [index, { findings }] of definitions.entries())
    for (const finding of findings) if (!targets.has(finding)) targets.set(finding, definitionId(index));
  return targets;
}

function findingEntry(finding: Finding, index: number, targets: ReadonlyMap<Finding, string>): EntryBlock {
  const hidden = finding.matches - finding.excerpts.length;
  return {
    id: findingId(index),
    type: 'finding',
    severity: finding.severity,
    badges: [{ text: finding.severity, tone: finding.severity }],
    title: [finding.title],
    place: [theirs(finding.pointer)],
    target: targets.get(finding),
    related: [],
    blocks: [
      ...finding.excerpts.flatMap(excerptBlocks),
      ...(hidden > 0 ? [{ kind: 'note' as const, text: [`and ${hidden} more times in this text`] }] : []),
      { kind: 'note', text: [finding.why] },
      { kind: 'facts', rows: [['rule', [[finding.rule, ...finding.labels].join(' · ')]]] },
    ],
  };
}

function excerptBlocks(excerpt: Excerpt): Block[] {
  const { note, decoded } = excerpt;
  const shown = excerpt.match !== '' || excerpt.before !== '' || excerpt.after !== '';
  return [
    ...(shown ? [{ kind: 'excerpt' as const, excerpt }] : []),
    ...(note.length === 0 ? [] : [{ kind: 'note' as const, text: note }]),
    ...(decoded === undefined ? [] : [{ kind: 'payload' as const, label: ['decoded'], text: decoded }]),
  ];
}
