import { describe, expect, it } from 'vitest';
import { escapeText, quote } from '../../src/escape.ts';

describe('escapeText', () => {
  it.each([
    ['line ends', 'a\nb\rc\td', 'a\\nb\\rc\\td'],
    ['terminal controls', '\u001b[31m\u0007\u009b2J\u007f', '\\x1b[31m\\x07\\x9b2J\\x7f'],
    ['line and paragraph separators', '\u2028\u2029\u0085', '\\u{2028}\\u{2029}\\x85'],
    ['bidi controls', '\u202e\u2066\u200f\u061c', '\\u{202e}\\u{2066}\\u{200f}\\u{61c}'],
    ['zero width', 'a\u200bb\u2060\ufeff\u00ad', 'a\\u{200b}b\\u{2060}\\u{feff}\\xad'],
    ['fillers', '\u3164\u115f\uffa0', '\\u{3164}\\u{115f}\\u{ffa0}'],
    ['tags', '\u{e0041}', '\\u{e0041}'],
    ['selectors', '\ufe0f\u{e0100}\u180f', '\\u{fe0f}\\u{e0100}\\u{180f}'],
    ['formats of music and shorthand', '\u{1d173}\u{1bca0}', '\\u{1d173}\\u{1bca0}'],
    ['half a pair', '\ud800x', '\\u{d800}x'],
    ['private use and unassigned', '\ue000\uffff', '\\u{e000}\\u{ffff}'],
    ['text of people', 'zażółć 漢字 ✓ 😀 نص', 'zażółć 漢字 ✓ 😀 نص'],
  ])('%s', (_, text, escaped) => {
    expect(escapeText(text)).toBe(escaped);
  });

  it('leaves nothing that Unicode calls a control, a format or ignorable', () => {
    const left: string[] = [];
    for (let code = 0; code < 0x110000; code += 1) {
      const character = String.fromCodePoint(code);
      if (/[\p{Cc}\p{Cf}\p{DI}\p{Zl}\p{Zp}]/u.test(character) && escapeText(character) === character)
        left.push(code.toString(16));
    }
    expect(left).toEqual([]);
  });
});

describe('quote', () => {
  it('cuts after escaping', () => {
    expect(quote('\u001b'.repeat(5), 8)).toBe('"\\x1b\\x1b…"');
  });
});
