import { describe, expect, it } from 'vitest';
import { compareWithApproved } from '../../../src/review/compare.ts';
import { grantChanges } from '../../../src/review/grants.ts';
import { reviewModel } from '../../../src/review/model.ts';
import { renderReviewText } from '../../../src/review/render/text.ts';
import { definitions, ZERO_DIGEST } from '../pins/fixture.ts';
import { materialOf, profileOf } from './fixture.ts';

const MODERN = { generation: 'modern', protocolVersion: '2026-07-28', clientCapabilities: {} } as const;

function grantsBetween(before: object[], after: object[]): unknown[] {
  const profile = (filesystem: object[]) => profileOf({ permissions: { filesystem } });
  return grantChanges(profile(before), profile(after)).map(({ change, wider, words }) => ({
    change,
    wider,
    words: words.map((word) => (typeof word === 'string' ? word : word.theirs)).join(''),
  }));
}

describe('a grant that may be missing', () => {
  const grant = { path: '${workspace}/.git', access: 'read' };
  const writable = { path: '${workspace}', access: 'write' };

  it('is told, as wider where it protected what is inside a writable one', () => {
    expect(grantsBetween([writable, grant], [writable, { ...grant, optional: true }])).toEqual([
      { change: 'changed', wider: true, words: '${workspace}/.git need not be there any more' },
    ]);
    expect(grantsBetween([grant], [{ ...grant, optional: true }])).toMatchObject([{ wider: false }]);
  });

  it('and one that must be there again', () => {
    expect(grantsBetween([{ ...grant, optional: true }], [grant])).toEqual([
      { change: 'changed', wider: false, words: '${workspace}/.git must be there now' },
    ]);
  });

  it('is no change where it says so in another way', () => {
    expect(grantsBetween([grant], [{ ...grant, optional: false }])).toEqual([]);
  });
});

describe('blanks', () => {
  const classes = (before: string, after: string): string[] =>
    compareWithApproved(
      [definitions({ instructions: before })],
      [definitions({ instructions: after })],
    ).flatMap(({ fields }) => fields.map((field) => field.class));

  it.each(['a  b', 'a\nb', ' a b ', 'a\u00a0b'])('only: %j', (after) => {
    expect(classes('a b', after)).toEqual(['whitespace']);
  });

  it.each(['a\ufeff b', '\ufeffa b', 'a b\u2028', 'a \u200bb'])('and what nobody sees: %j', (after) => {
    expect(classes('a b', after)).toEqual(['hidden-characters']);
  });
});

describe('contexts', () => {
  const report = (before: object[], now: object[]): string =>
    renderReviewText(
      reviewModel(
        materialOf(now, {
          approved: {
            approval: { digest: ZERO_DIGEST, by: 'ada', at: '2026-01-31T12:00:00Z', cordon: '0.1.0' },
            definitions: before.map((said) => definitions(said)),
            profile: undefined,
            package: undefined,
          },
        }),
      ),
      { color: false, width: 200 },
    );

  it('that are new are told, and those that are gone', () => {
    expect(report([{}], [{}, { context: MODERN }])).toContain('new: nothing was approved for it');
    expect(report([{}, { context: MODERN }], [{}])).toContain('approved, and not asked as any more');
  });

  it('that are the same are not', () => {
    expect(report([{}], [{}])).not.toMatch(/nothing was approved for it|not asked as any more/);
  });
});
