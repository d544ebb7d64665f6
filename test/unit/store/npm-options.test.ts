import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadNpmOptions } from '../../../src/store/npm-options.ts';

let home = '';
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'npm-options-'));
});
afterEach(() => fs.rmSync(home, { recursive: true }));

const load = (npmrc: string): ReturnType<typeof loadNpmOptions> => {
  fs.writeFileSync(path.join(home, '.npmrc'), npmrc);
  // Of a Node.js whose prefix has no npmrc.
  return loadNpmOptions(home, path.join(home, 'bin/node'));
};

describe('how often a registry that does not answer is asked', () => {
  test('three times more, within seconds', async () => {
    const { retry } = await load('');
    const { retries, minTimeout, factor } = retry as Record<string, number>;
    const waits = Array.from(
      { length: retries ?? 0 },
      (_, round) => (minTimeout ?? 0) * (factor ?? 0) ** round,
    );
    expect(waits.length).toBe(3);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(5000);
  });

  test.each([
    'fetch-retries=7',
    'fetch-retry-mintimeout=7',
    'fetch-retry-maxtimeout=70000',
    'fetch-retry-factor=7',
  ])('as an npmrc says: %s', async (line) => {
    const own = (await load(line))['retry'] as Record<string, number>;
    expect(Object.values(own)).toContain(Number(line.split('=')[1]));
  });
});

test('nothing passes that chooses packages or where they are placed', async () => {
  const options = await load(
    'registry=http://127.0.0.1:9/\nbefore=2020-01-01\nomit=dev\ninstall-strategy=linked\n',
  );
  expect(options['registry']).toBe('http://127.0.0.1:9/');
  for (const key of ['before', 'omit', 'installStrategy']) expect(options).not.toHaveProperty(key);
});
