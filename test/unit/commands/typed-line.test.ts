import { expect, test } from 'vitest';
import { TypedLine } from '../../../src/commands/typed-line.ts';

function type(keys: string): TypedLine {
  const line = new TypedLine();
  for (const byte of Buffer.from(keys)) line.take(byte);
  return line;
}

test.each([
  ['token\r', 'token'],
  ['token\n', 'token'],
  ['token\r\n', 'token'],
  ['tokem\u007fn\r', 'token'],
  ['pä漢😀\u007f\u0008\u007fässword\r', 'pässword'],
  ['\u007f\u007fa\r', 'a'],
  ['wrong\u0015token\r', 'token'],
  ['tok\u0004en\r', 'token'],
  ['\u001b[200~token\u001b[201~\r', 'token'],
  ['to\u001b[200~ke\u001b[201~n\r', 'token'],
  ['\u001b[200~token\r\u001b[201~', 'token'],
])('%j is one line', (keys, value) => {
  const line = type(keys);
  expect([line.end, line.bytes.toString()]).toEqual(['line', value]);
});

test.each([
  'one\rtwo',
  'one\ntwo\n',
  'one\r\r',
  'one\r\n\n',
  'one\r\u001b[A',
  '\u001b[200~one\rtwo\r\u001b[201~',
  '\u001b[200~one\r\u001b[201~two',
])('%j is more than one', (keys) => expect(type(keys).end).toBe('several-lines'));

test.each(['\u0003', 'tok\u0003', '\u0004', 'tok\u0015\u0004', '\u001b[200~a\rb\u0003'])(
  '%j gives up',
  (keys) => expect(type(keys).end).toBe('given-up'),
);

test('while a text is pasted there is more to come', () => {
  expect(type('\u001b[200~one\r').isPasting).toBe(true);
  expect(type('\u001b[200~one\r\u001b[201~').isPasting).toBe(false);
});

test('other keys are kept, to be refused with the value, and none of them hides Enter', () => {
  expect(type('a\u001b[Ab\r').bytes.toString()).toBe('a\u001b[Ab');
  expect(type('a\u001b\r').end).toBe('line');
  expect(type('a\u001b\u001b[200~b\u001b[201~\r').bytes.toString()).toBe('a\u001bb');
});

test('what was taken back is overwritten', () => {
  const line = type('secret\u0015');
  const whole = Buffer.from(line.bytes.buffer);
  expect(whole.every((byte) => byte === 0)).toBe(true);
});

test('what is too long shows as that', () => {
  expect(type(`${'x'.repeat(40_000)}\r`).bytes.length).toBeGreaterThan(32 * 1024 + 2);
});
