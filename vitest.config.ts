import os from 'node:os';
import { defineConfig } from 'vitest/config';
import { otherPlatform } from './test/platforms.ts';

/**
 * Files that need the machine to themselves: they measure how long something takes, or look at all that runs on it. Everything
 * else runs beside other files, each in folders, profiles and networks of its own.
 */
const ALONE = [
  'test/integration/lifecycle.test.ts',
  'test/egress/lifecycle.test.ts',
  'test/egress/floods.test.ts',
  'test/escape/sessions.test.ts',
];

const slow = { testTimeout: 60_000, hookTimeout: 180_000 };
/** One more than cores: many wait for servers, and for what must not come. */
const beside = { maxWorkers: Math.min(4, os.availableParallelism() + 1) };

/** Needs the other system; there it says why. */
const ELSEWHERE = otherPlatform(process.platform);

const suite = (name: string, more: object = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    exclude: [...ALONE, ...ELSEWHERE],
    ...slow,
    ...beside,
    ...more,
  },
});

export default defineConfig({
  test: {
    reporters: ['default', './test/plain-totals.ts'],
    projects: [
      suite('unit', {
        include: ['test/unit/**/*.test.ts', 'test/golden/**/*.test.ts'],
        testTimeout: 30_000,
      }),
      suite('integration'),
      suite('escape'),
      suite('egress'),
      suite('browser'),
      suite('hostile'),
      // Whole reviews of real packages, fetched from a registry: half a minute each where nothing else runs.
      suite('e2e', { testTimeout: 180_000 }),
      // A group of its own, after all others.
      {
        test: {
          name: 'alone',
          include: ALONE,
          exclude: ELSEWHERE,
          ...slow,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
