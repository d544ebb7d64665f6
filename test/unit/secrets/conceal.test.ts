import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concealer } from '../../../src/secrets/conceal.ts';
import { formsOf } from '../../../src/secrets/forms.ts';

const TOKEN = 'ghp_4f/9a+Kq"uV\\zé';
const only = (value: string) => concealer(new Map([['TOKEN', Buffer.from(value)]]));
const conceal = (text: string, value = TOKEN) => only(value)?.conceal(text);

test.each([
  ['alone', TOKEN],
  ['in JSON', JSON.stringify({ token: TOKEN })],
  ['in a URL', `https://api.example/?token=${encodeURIComponent(TOKEN)}&x=1`],
  ['in basic authorization', `Basic ${Buffer.from(`user:${TOKEN}`).toString('base64')}`],
  ['in basic authorization, otherwise aligned', `Basic ${Buffer.from(`me:${TOKEN}:x`).toString('base64')}`],
  ['in base64url', Buffer.from(`u:${TOKEN}`).toString('base64url')],
])('P4: a value is not shown %s', (_, text) => {
  const shown = conceal(text) ?? '';
  expect(shown).toContain('[secret TOKEN]');
  for (const part of [TOKEN.slice(0, 8), 'ghp_', encodeURIComponent(TOKEN).slice(0, 12)])
    expect(shown).not.toContain(part);
});

test('every value is found wherever it stands, and nothing else is changed', () => {
  const word = fc.string({ minLength: 4, maxLength: 40, unit: 'grapheme' });
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 30 }), { minLength: 1, maxLength: 6 }),
      word,
      (parts, value) => {
        fc.pre(parts.every((part) => !part.includes(value)) && value.trim() !== '');
        const text = parts.join(value);
        fc.pre(text.split(value).length === parts.length);
        expect(only(value)?.conceal(text)).toBe(parts.join('[secret TOKEN]'));
      },
    ),
  );
});

test('a text that is cut shows nothing of a value that begins before the end', () => {
  const by = only('secret-value-123456');
  const text = `${'x'.repeat(90)}secret-value-123456 tail`;
  for (let end = 80; end <= text.length; end += 1) {
    const shown = by?.conceal(text, end) ?? '';
    expect(shown).toBe(
      end <= 90 ? 'x'.repeat(end) : `${'x'.repeat(90)}[secret TOKEN]${text.slice(109, Math.max(109, end))}`,
    );
  }
});

test('of values that begin alike the longer one is named', () => {
  const by = concealer(
    new Map([
      ['SHORT', Buffer.from('abcdefgh')],
      ['LONG', Buffer.from('abcdefgh-ijkl')],
    ]),
  );
  expect(by?.conceal('abcdefgh-ijkl abcdefgh abcdefg')).toBe('[secret LONG] [secret SHORT] abcdefg');
});

test('what is too short to be told from other text is not looked for', () => {
  expect(only('abc')).toBeUndefined();
  expect(conceal('abcd', 'abcd')).toBe('[secret TOKEN]');
});

test('keeps no value', () => {
  const by = only('a-value-that-nobody-keeps');
  expect(JSON.stringify(by)).not.toContain('nobody');
});

test('the forms are those that programs write', () => {
  fc.assert(
    fc.property(
      fc.string({
        minLength: 12,
        maxLength: 60,
        unit: fc.constantFrom('a', 'Z', '9', '"', '\\', ' ', '/', '+', '%', 'é', '漢', '😀', '~'),
      }),
      (value) => {
        const forms = formsOf(Buffer.from(value)).map((form) => form.toString());
        expect(forms).toContain(value);
        expect(forms).toContain(JSON.stringify(value).slice(1, -1));
        expect(forms).toContain(encodeURIComponent(value));
        for (const before of ['', 'a', 'ab']) {
          const whole = Buffer.from(`${before}${value}`);
          expect(forms.some((form) => whole.toString('base64').includes(form))).toBe(true);
          expect(forms.some((form) => whole.toString('base64url').includes(form))).toBe(true);
        }
      },
    ),
  );
});
