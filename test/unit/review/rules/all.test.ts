import fs from 'node:fs';
import { expect, it } from 'vitest';
import { findingsOf } from '../../../../src/review/findings.ts';
import { RULES } from '../../../../src/review/rules/all.ts';
import { described } from './cases.ts';

it('each has an id of its own, and each file of rules a test', () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
  const files = (folder: string, ending: string) =>
    fs
      .readdirSync(new URL(folder, import.meta.url))
      .flatMap((name) => (name.endsWith(ending) ? [name.slice(0, -ending.length)] : []));
  const tested = files('.', '.test.ts').filter((name) => name !== 'all');
  const written = files('../../../../src/review/rules/', '.ts').filter(
    (name) => name !== 'all' && name !== 'rule',
  );
  expect(tested.toSorted()).toEqual(written.toSorted());
});

it('says of nothing that it is safe', () => {
  const words = RULES.flatMap(({ title, why }) => [title, why]).join(' ');
  expect(words).not.toMatch(/\bsafe\b|\bharmless\b|\bno risk\b|\btrusted\b/i);
});

it.each([
  ' ',
  '\n ',
  '\t',
  '%41',
  '\\x41',
  'A1b',
  'do not tell ',
  'pass the a b ',
  '\u200b',
  'a\u0301',
  '<important ',
])('JR-24: 128 KiB of %j take seconds, not minutes', (seed) => {
  const text = seed.repeat((128 * 1024) / seed.length);
  const from = performance.now();
  findingsOf(described(text));
  expect(performance.now() - from).toBeLessThan(10_000);
});
