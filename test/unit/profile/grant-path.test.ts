import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  covers,
  isSamePlace,
  parseGrantPath,
  pathFaults,
  pathFaultsInDetail,
} from '../../../src/profile/grant-path.ts';

const part = fc.constantFrom(
  '${workspace}',
  '${home}',
  '${state}',
  '${x}',
  '/',
  '/',
  '/',
  'a',
  'B c',
  '.',
  '..',
  '.git',
  '...',
  '*',
  ':',
  '~',
  '\n',
  '$',
  '{',
  '}',
  'é',
);

test('the short cut says nothing else than the long way', () => {
  const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (path) => {
      expect(pathFaults(path)).toEqual(pathFaultsInDetail(path));
    }),
    { numRuns: 5000 },
  );
});

test.each<[string, string, boolean]>([
  ['${workspace}', '${workspace}/a', true],
  ['${workspace}/a', '${workspace}/a', true],
  ['${workspace}/a', '${workspace}/ab', false],
  ['${workspace}/a', '${workspace}', false],
  ['${workspace}', '${home}', false],
  ['/srv/a', '/srv/a/b', true],
  ['/', '/srv', true],
])('%s covers %s: %s', (outer, inner, expected) => {
  expect(covers(parseGrantPath(outer), parseGrantPath(inner))).toBe(expected);
  expect(isSamePlace(parseGrantPath(outer), parseGrantPath(inner))).toBe(outer === inner);
});
