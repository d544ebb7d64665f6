import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { namesTest } from '../fixtures/test-names.ts';
import { ROOT } from '../fixtures/launcher.ts';
import { ATTACK_ROWS } from './attack-rows.ts';

test('every attack on the network is there once', () => {
  const ids = ATTACK_ROWS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(15);
});

test('every one is named by a test in each file that is said to show it', () => {
  const unnamed = ATTACK_ROWS.flatMap(({ id, shownBy }) =>
    shownBy
      .filter((file) => {
        const absolute = path.join(ROOT, file);
        return !fs.existsSync(absolute) || !namesTest(fs.readFileSync(absolute, 'utf8'), id);
      })
      .map((file) => `${id} in ${file}`),
  );
  expect(unnamed).toEqual([]);
});
