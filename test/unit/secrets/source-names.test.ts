import { expect, test } from 'vitest';
import { sourceName } from '../../../src/messages/secrets.ts';

const shown = (name: string) => sourceName({ from: 'environment', name });

test.each(['GITHUB_TOKEN', 'OAUTH2_TOKEN', 'S3_KEY', 'http_proxy', '_PRIVATE', 'npm_config__auth', 'KEY_2'])(
  'a variable is named: %s',
  (name) => expect(shown(name)).toBe(`variable ${name} of the client`),
);

test.each([
  'ghp_4fK9aQ2uVz0x81Lm3nT7wYbCdEfGhIjKl',
  'AKIAIOSFODNN7EXAMPLE',
  'sk_live_51H8xYzKq',
  'github_pat_11ABCDE0Y0_x8ZzQ',
])('and a value that was put in its place is not: %s', (value) =>
  expect(shown(value)).toBe('variable of the client'),
);
