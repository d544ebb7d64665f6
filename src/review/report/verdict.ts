// The first lines of the report. They count; they never judge: nothing here says that a server is safe.
import type { ReviewModel } from '../model.ts';
import { countWords } from '../plain-words.ts';
import { SEVERITIES } from '../rules/rule.ts';
import type { Verdict } from './blocks.ts';

export function verdictOf(model: ReviewModel): Verdict {
  return { state: model.state, headline: headline(model), points: points(model), counts: model.counts };
}

function headline({ state, approval }: ReviewModel): string {
  switch (state) {
    case 'first':
      return 'first review: nothing was approved before';
    case 'unchanged':
      return `unchanged since it was approved on ${dayOf(approval)}`;
    case 'changed':
      return `changed since it was approved on ${dayOf(approval)}: it does not run until it is approved again`;
  }
}

function dayOf(approval: ReviewModel['approval']): string {
  return /^\d{4}-\d{2}-\d{2}/.exec(approval?.at ?? '')?.[0] ?? 'an unknown day';
}

function points(model: ReviewModel): string[] {
  const { changes, grantChanges = [], packageChanges = [], profile } = model;
  const wider = grantChanges.filter((change) => change.wider).length;
  return [
    findingsWords(model),
    ...(changes === undefined ? [] : [changesWords(changes)]),
    ...(grantChanges.length === 0
      ? []
      : [
          `${countWords(grantChanges.length, 'grant or setting', 'grants and settings')} changed, ${wider} of them wider`,
        ]),
    ...(packageChanges.length === 0
      ? []
      : [`${countWords(packageChanges.length, 'package')} of the dependencies changed`]),
    ...(profile.definitions === 'unpinned'
      ? ['the profile does not pin definitions: the server may change them at any time']
      : []),
  ];
}

/** "0 findings" would read as praise. */
export function findingsWords({ counts, rules }: Pick<ReviewModel, 'counts' | 'rules'>): string {
  const found = SEVERITIES.filter((severity) => counts[severity] > 0);
  if (found.length === 0) return `no rule matched (of ${rules}), which does not mean that nothing is wrong`;
  const all = SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0);
  return `${countWords(all, 'finding')}: ${found.map((severity) => `${counts[severity]} ${severity}`).join(', ')}`;
}

function changesWords(changes: NonNullable<ReviewModel['changes']>): string {
  if (changes.length === 0) return 'it says what was approved, byte for byte';
  const kinds = (['added', 'removed', 'changed'] as const).flatMap((kind) => {
    const count = changes.filter(({ change }) => change === kind).length;
    return count === 0 ? [] : [`${count} ${{ added: 'new', removed: 'gone', changed: 'changed' }[kind]}`];
  });
  return `what it says: ${kinds.join(', ')}`;
}
