import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareByTree, contains, isNormalised, joinPath, overlaps } from '../../../src/profile/paths.ts';
import { sizeInBytes } from '../../../src/profile/size.ts';
import { closest } from '../../../src/json/closest.ts';

const segment = fc.stringMatching(/^[a-c.!-]{1,3}$/).filter((name) => name !== '.' && name !== '..');
const absolute = fc.array(segment, { maxLength: 4 }).map((segments) => joinPath('/', segments));

test.each<[string, string, boolean]>([
  ['/', '/', true],
  ['/', '/a', true],
  ['/a', '/a', true],
  ['/a', '/a/b', true],
  ['/a', '/ab', false],
  ['/a/b', '/a', false],
])('contains(%s, %s) is %s', (outer, inner, expected) => {
  expect(contains(outer, inner)).toBe(expected);
});

test('contains and overlaps agree with node:path', () => {
  fc.assert(
    fc.property(absolute, absolute, (one, other) => {
      const relative = path.posix.relative(one, other);
      expect(contains(one, other)).toBe(
        relative === '' || !(relative === '..' || relative.startsWith('../')),
      );
      expect(overlaps(one, other)).toBe(contains(one, other) || contains(other, one));
    }),
  );
});

test('isNormalised agrees with node:path', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('/', 'a', '.', '..', 'b')).map((parts) => parts.join('')),
      (text) => {
        const isPlain =
          text.startsWith('/') &&
          path.posix.normalize(text) === text &&
          (text === '/' || !text.endsWith('/'));
        expect(isNormalised(text)).toBe(isPlain);
      },
    ),
  );
});

test('compareByTree sorts every folder before what lies below it, and is an order', () => {
  fc.assert(
    fc.property(fc.array(absolute, { maxLength: 8 }), (paths) => {
      const sorted = paths.toSorted(compareByTree);
      for (const [index, one] of sorted.entries())
        for (const later of sorted.slice(index + 1))
          expect(one !== later && contains(later, one)).toBe(false);
      expect(paths.toReversed().toSorted(compareByTree)).toEqual(sorted);
    }),
  );
});

describe('sizeInBytes', () => {
  test.each([
    ['1KiB', 1024],
    ['128MiB', 134_217_728],
    ['2GiB', 2_147_483_648],
  ])('%s is %d', (text, bytes) => {
    expect(sizeInBytes(text)).toBe(bytes);
  });
  test.each(['', '128', '128MB', '0KiB', '1.5GiB', '-1KiB', '1 GiB'])('%j is none', (text) => {
    expect(() => sizeInBytes(text)).toThrow(TypeError);
  });
});

describe('closest', () => {
  test.each([
    ['netwrok', 'network'],
    ['Limits', 'limits'],
    ['limit', 'limits'],
    ['xyzzy', undefined],
    ['', undefined],
  ])('%j means %j', (word, meant) => {
    expect(closest(word, ['limits', 'network', 'permissions'])).toBe(meant);
  });
});
