import { expect, test } from 'vitest';
import { readValue } from '../../../src/secrets/value.ts';
import { SecretValues } from '../../../src/secrets/secret-values.ts';
import { inspect } from 'node:util';

const read = (content: string | Buffer) => {
  const answer = readValue(Buffer.from(content));
  return answer.kind === 'value' ? answer.bytes.toString() : answer.kind === 'malformed' ? answer : undefined;
};

test.each([
  ['token', 'token'],
  ['token\n', 'token'],
  ['token\r\n', 'token'],
  [' a pass phrase ', ' a pass phrase '],
  ['pässwörd', 'pässwörd'],
])('takes %j', (content, value) => expect(read(content)).toBe(value));

test.each([
  ['', 'gave nothing'],
  ['\n', 'gave nothing'],
  ['  \n', 'gave nothing'],
  ['a\n\n', 'gave several lines, and a secret is one'],
  ['token\nuser: ann\n', 'gave several lines, and a secret is one'],
  ['a\rb', 'gave several lines, and a secret is one'],
  ['a\u0000b', 'gave a NUL character'],
  ['\u001b[31mred', 'gave control characters, and a secret is plain text'],
  ['\ufefftoken', 'gave control characters, and a secret is plain text'],
  [Buffer.from([0x61, 0xff, 0xfe]), 'gave bytes that are not UTF-8'],
  ['x'.repeat(32 * 1024 + 1), 'gave more than a secret has, 32 KiB'],
])('refuses %j', (content, why) => expect(read(content)).toEqual({ kind: 'malformed', why }));

test('overwrites what it was given', () => {
  const given = Buffer.from('token\n');
  readValue(given);
  expect(given).toEqual(Buffer.alloc(6));
});

test('values show in no JSON and no inspection, and are gone when they were dropped', () => {
  const bytes = Buffer.from('canary');
  const values = SecretValues.of(new Map([['TOKEN', bytes]]));
  expect(JSON.stringify({ values })).not.toContain('canary');
  expect(inspect(values, { depth: 9, showHidden: true })).not.toMatch(/canary|63 61 6e/);
  expect(values.bytesOf('TOKEN')).toBe(bytes);
  values.drop();
  expect(bytes).toEqual(Buffer.alloc(6));
  expect(() => values.bytesOf('TOKEN')).toThrow('there is no value for the secret TOKEN');
});
