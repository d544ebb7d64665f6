// What is asked of the programs that keep keyrings. That of Linux is asked for real elsewhere; that of macOS nowhere yet.
import { expect, test } from 'vitest';
import { keyringOf, readLookup } from '../../../src/secrets/keyring.ts';

const entry = { profile: 'github', secret: 'TOKEN' };
const VALUE = 'canary "\'\\ é';

test.each(['linux', 'darwin'] as const)('P4: on %s no argument holds the value', (platform) => {
  const keyring = keyringOf(platform);
  const value = Buffer.from(VALUE);
  const { argv, input } = keyring.store(entry, value);
  for (const words of [argv, keyring.lookup(entry), keyring.remove(entry)]) {
    expect(words[0]).toBe(keyring.program);
    expect(words.join(' ')).not.toMatch(/canary|63616e617279/);
    expect(words.join(' ')).not.toContain('undefined');
  }
  expect(value.toString()).toBe(VALUE);
  const written = platform === 'linux' ? VALUE : Buffer.from(VALUE).toString('hex');
  expect(input.toString()).toContain(written);
});

test('on macOS the value is one word of one line, whatever it holds', () => {
  const { input } = keyringOf('darwin').store(entry, Buffer.from(VALUE));
  expect(input.toString()).toMatch(
    /^add-generic-password -U -s "cordon github" -a "TOKEN" -X (?:[0-9a-f]{2})+\n$/,
  );
});

test.each([
  ['linux', 1, 'absent'],
  ['linux', 2, 'unavailable'],
  ['darwin', 44, 'absent'],
  ['darwin', 1, 'unavailable'],
] as const)('on %s status %i says that it is %s', (platform, status, kind) => {
  const end = { kind: 'exited', status, output: Buffer.alloc(0), complained: false } as const;
  expect(readLookup(keyringOf(platform), end).kind).toBe(kind);
});

test('a complaint is no sign that there is none', () => {
  const end = { kind: 'exited', status: 1, output: Buffer.alloc(0), complained: true } as const;
  expect(readLookup(keyringOf('linux'), end).kind).toBe('unavailable');
});
