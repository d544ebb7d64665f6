import { expect, test } from 'vitest';
import { probeIds } from '../fixtures/probes/probes.mjs';
import { unnamedIn } from '../fixtures/test-names.ts';
import { REQUIREMENTS } from './requirements.ts';

/** Tools of the suite that are no rows. */
const NOT_ROWS = ['numbers', 'plant'];

test('every row is there once', () => {
  const ids = REQUIREMENTS.map((row) => row.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(91);
});

test('every row that a probe shows has the probe', () => {
  const without = REQUIREMENTS.filter((row) => row.proof.by === 'probe' && !probeIds.includes(row.id));
  expect(without.map((row) => row.id)).toEqual([]);
});

test('every probe names a row', () => {
  const rows = new Set(REQUIREMENTS.map((row) => row.id));
  expect(probeIds.filter((id) => !rows.has(id) && !NOT_ROWS.includes(id))).toEqual([]);
});

test('every row that has tests of its own is named in one', () => {
  const shown = REQUIREMENTS.flatMap(({ id, proof }) =>
    proof.by === 'test' ? [{ id, file: proof.file }] : [],
  );
  expect(unnamedIn(shown)).toEqual([]);
});

test('every row that is left for later says why', () => {
  for (const row of REQUIREMENTS) {
    if (row.proof.by === 'later') expect(row.proof.why.length, row.id).toBeGreaterThan(10);
  }
});
