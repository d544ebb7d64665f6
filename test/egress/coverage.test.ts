import { expect, test } from 'vitest';
import { unnamedIn } from '../fixtures/test-names.ts';
import { ATTACK_ROWS } from './attack-rows.ts';

test('every attack on the network is there once', () => {
  const ids = ATTACK_ROWS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(15);
});

test('every one is named by a test in each file that is said to show it', () => {
  const shown = ATTACK_ROWS.flatMap(({ id, shownBy }) => shownBy.map((file) => ({ id, file })));
  expect(unnamedIn(shown)).toEqual([]);
});
