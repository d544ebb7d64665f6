import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inspect } from 'node:util';
import { concealer } from '../../../src/secrets/conceal.ts';

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

const ascii = (text: string): string =>
  text.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** How programs write a value into what they print. */
const WRITERS: Readonly<Record<string, (value: string) => string>> = {
  JSON: (value) => JSON.stringify({ token: value }),
  'JSON in JSON': (value) => JSON.stringify({ body: JSON.stringify({ token: value }) }),
  'JSON of Python, ASCII alone': (value) => ascii(JSON.stringify({ token: value })),
  'JSON of PHP': (value) => JSON.stringify({ token: value }).replaceAll('/', String.raw`\/`),
  'the inspection of Node.js': (value) =>
    inspect({ headers: { authorization: `Bearer ${value}` } }, { breakLength: Infinity }),
  encodeURIComponent: (value) => `https://h.example/?key=${encodeURIComponent(value)}&x=1`,
  'small letters in a URL': (value) =>
    `key=${encodeURIComponent(value).replaceAll(/%../g, (code) => code.toLowerCase())}`,
  'every byte in a URL': (value) =>
    [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'a form of the web': (value) => new URLSearchParams({ x: '1', key: value }).toString(),
  'a header of basic authorization': (value) => Buffer.from(`user:${value}`).toString('base64'),
  'base64, otherwise aligned': (value) => Buffer.from(`me:${value}:x`).toString('base64'),
  'base64 in a URL': (value) => encodeURIComponent(Buffer.from(`u:${value}`).toString('base64')),
  base64url: (value) => Buffer.from(`u:${value}`).toString('base64url'),
  'the name of a host': (value) =>
    `${value.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())}.example.test`,
  hex: (value) => Buffer.from(value).toString('hex'),
};

test.each(Object.entries(WRITERS))('P4: a value is found as it is written by %s', (_, write) => {
  fc.assert(
    fc.property(
      fc.string({
        minLength: 12,
        maxLength: 60,
        unit: fc.constantFrom('a', 'Z', '9', '"', '\\', "'", ' ', '/', '+', '%', '!', '~', 'é', '漢', '😀'),
      }),
      (value) => {
        fc.pre(value.trim() === value);
        const shown = only(value)?.conceal(write(value)) ?? '';
        expect(shown).toContain('[secret TOKEN]');
        // Of a value that begins with backslashes the escapes before it may stay: they say nothing else of it.
        const rest = shown.replaceAll('\\', '');
        expect(rest.length).toBeLessThan(write('').length + '[secret TOKEN]'.length + 8);
      },
    ),
    { examples: [['\\\\\\aaaaaaaaaaa']] },
  );
});

test('of values that overlap, and of one that holds another, nothing shows', () => {
  const by = concealer(
    new Map([
      ['ONE', Buffer.from('12345678')],
      ['TWO', Buffer.from('5678-abcdefgh')],
      ['WHOLE', Buffer.from('key-5678-abcdefgh-end')],
    ]),
  );
  expect(by?.conceal('a 12345678-abcdefgh b')).toBe('a [secret ONE] b');
  expect(by?.conceal('a key-5678-abcdefgh-end b 5678-abcdefgh')).toBe('a [secret WHOLE] b [secret TWO]');
});

test('a text of nothing but beginnings of a value stops nobody', () => {
  const value = `${'a'.repeat(4000)}b`;
  const begun = performance.now();
  const shown = only(value)?.conceal('a'.repeat(400_000)) ?? '';
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(shown).toBe('[not shown: too much in it looks like a secret]');
  // And one that is only long is shown.
  expect(only('a-secret-value')?.conceal('a-secret-valu '.repeat(20_000))).toHaveLength(280_000);
});
