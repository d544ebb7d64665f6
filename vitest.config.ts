import { defineConfig } from 'vitest/config';

const slow = { testTimeout: 60_000, hookTimeout: 180_000, fileParallelism: false };

export default defineConfig({
  test: {
    reporters: ['default', './test/plain-totals.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/golden/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      { test: { name: 'integration', include: ['test/integration/**/*.test.ts'], ...slow } },
      { test: { name: 'escape', include: ['test/escape/**/*.test.ts'], ...slow } },
      { test: { name: 'egress', include: ['test/egress/**/*.test.ts'], ...slow } },
      { test: { name: 'browser', include: ['test/browser/**/*.test.ts'], ...slow } },
      { test: { name: 'hostile', include: ['test/hostile/**/*.test.ts'], ...slow } },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...slow } },
    ],
  },
});
