import { expect, test } from 'vitest';
import { unnamedIn } from '../fixtures/test-names.ts';
import { ATTACK_ROWS } from './attack-rows.ts';

const NUMBERS = { TP: 11, RP: 19, SH: 7, PR: 7, UC: 7, AN: 7, JR: 28, S2C: 10, EV: 9, NC: 17 } as const;

test('every attack of a server on its client is there once', () => {
  const ids = ATTACK_ROWS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const families = ids.map((id) => id.slice(0, id.indexOf('-')));
  for (const [family, rows] of Object.entries(NUMBERS))
    expect([family, families.filter((one) => one === family).length]).toEqual([family, rows]);
});

test('every one is named by a test in each file that is said to show it', () => {
  const shown = ATTACK_ROWS.flatMap(({ id, shownBy }) => shownBy.map((file) => ({ id, file })));
  expect(unnamedIn(shown)).toEqual([]);
});
