import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markedString } from '../../../src/review/render/marks.ts';
import { linesOf, reveal } from '../../../src/review/reveal.ts';

const tags = (text: string): string =>
  Array.from(text, (character) => String.fromCodePoint(0xe0000 + (character.codePointAt(0) ?? 0))).join('');

describe('what is hidden in text', () => {
  it.each([
    ['UC-03 zero width', 'ig\u200bnore', 'ig⟦\\u{200b} ZWSP⟧nore'],
    ['UC-04 bidi', 'a\u202eb', 'a⟦\\u{202e} RLO⟧b'],
    ['UC-08 separators', 'a\u2028b\u0085c', 'a⟦\\u{2028} LSEP⟧b⟦\\x85 NEL⟧c'],
    ['AN-01 escapes', '\u001b[2J', '⟦\\x1b ESC⟧[2J'],
    ['AN-05 carriage return', 'real\rfake', 'real⟦\\x0d CR⟧fake'],
    ['UC-01 tags', `x${tags('do it')}`, 'x⟦5 tag characters \\u{e0064}…\\u{e0074} that say "do it"⟧'],
    ['UC-10 half a pair', 'a\ud800b', 'a⟦\\u{d800}⟧b'],
    ['blanks', `a${' '.repeat(50)}b`, 'a⟦50 blanks⟧b'],
    ['blank lines', `a${'\n'.repeat(50)}b`, 'a⟦\\n⟧⟦49 blank lines⟧⟦\\n⟧b'],
    ['unusual blanks', 'a\u00a0b\u3000c', 'a⟦\\xa0 NBSP⟧b⟦\\u{3000} IDSP⟧c'],
    ['piled marks', 'a\u0301\u0301\u0301\u0301', 'a\u0301\u0301\u0301⟦\\u{301}⟧'],
    ['our own marks', '⟦\\x1b⟧', '⟦\\u{27e6}⟧\\x1b⟦\\u{27e7}⟧'],
    ['commands of CI services', '##[error]x ##vso[y] ## z', '#⟦\\x23⟧[error]x #⟦\\x23⟧vso[y] ## z'],
    ['text of people', 'zażółć 漢字 😀 نص', 'zażółć 漢字 😀 نص'],
  ])('%s', (_, text, shown) => {
    expect(markedString(text)).toBe(shown);
  });

  it('leaves nothing that Unicode calls a control, a format or ignorable', () => {
    const hidden = /[\p{C}\p{DI}\p{Zl}\p{Zp}]/u;
    const left: string[] = [];
    for (let block = 0; block < 0x110000; block += 256) {
      const characters = Array.from({ length: 256 }, (_, index) => String.fromCodePoint(block + index));
      const shown = markedString(characters.filter((character) => hidden.test(character)).join('a'));
      if (hidden.test(shown)) left.push(block.toString(16));
    }
    expect(left).toEqual([]);
  });

  it('marks are ours alone: brackets come in pairs that no text can make', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom('⟦', '⟧', ' ', '\n', '#', '[', 'a', '\u200b') }),
        (one, other) => {
          for (const text of [one, other]) {
            const shown = markedString(text);
            expect(shown).toMatch(/^(?:[^⟦⟧]|⟦[^⟦⟧]*⟧)*$/u);
            expect(shown).not.toMatch(/[\p{C}\p{DI}\p{Zl}\p{Zp}]/u);
            expect(shown).not.toMatch(/##(?:\[|vso\[)/);
          }
        },
      ),
    );
  });

  it('breaks lines where the text does and nowhere else', () => {
    expect(linesOf(reveal('a\nb\r\nc')).length).toBe(3);
    expect(linesOf(reveal('a\u2028b\u000bc\u0085d\re')).length).toBe(1);
  });
});
