import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns, paragraph } from '../../../src/commands/layout.ts';

describe('columns', () => {
  it('aligns cells and leaves nothing after the last one', () => {
    expect(columns([['a', 'bb', 'c'], ['long', 'b', 'cc'], ['x']], '  ')).toEqual([
      '  a     bb  c',
      '  long  b   cc',
      '  x',
    ]);
  });

  it('counts code points, not UTF-16 units', () => {
    expect(
      columns([
        ['𝒳', '1'],
        ['ab', '2'],
      ]),
    ).toEqual(['𝒳   1', 'ab  2']);
  });

  it('gives no lines for no rows', () => {
    expect(columns([])).toEqual([]);
  });
});

describe('paragraph', () => {
  it('keeps every word in order and every line within the width', () => {
    const words = fc.array(fc.stringMatching(/^[a-z/.,-]{1,12}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 20, max: 60 }), (given, width) => {
        const lines = paragraph(given.join(' '), '  ', width);
        expect(lines.map((line) => line.trim()).join(' ')).toBe(given.join(' '));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('lets a word that is longer than a line stand alone', () => {
    expect(paragraph('a bbbbbbbbbb c', '', 5)).toEqual(['a', 'bbbbbbbbbb', 'c']);
  });
});
