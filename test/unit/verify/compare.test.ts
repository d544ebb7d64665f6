import { expect, it } from 'vitest';
import { compareTrees } from '../../../src/verify/compare.ts';
import type { TreeEntry } from '../../../src/verify/manifest.ts';

const file = (path: string, digit = '0', executable = false): TreeEntry => ({
  kind: 'file',
  path,
  executable,
  sha256: digit.repeat(64),
});
const link = (path: string, target: string): TreeEntry => ({ kind: 'link', path, target });

it('finds nothing between equal trees in any order', () => {
  expect(compareTrees([file('a'), link('b', 'c')], [link('b', 'c'), file('a')])).toEqual([]);
});

it('says each kind of change, sorted by path', () => {
  const expected = [
    file('gone'),
    file('same'),
    file('text'),
    file('bit'),
    link('l', 'x'),
    file('f'),
    link('k', 'x'),
  ];
  const observed = [
    file('text', '1'),
    file('same'),
    file('bit', '0', true),
    file('added'),
    link('l', 'y'),
    link('f', 'x'),
    file('k'),
  ];
  expect(compareTrees(expected, observed)).toEqual([
    { path: 'added', change: 'extra' },
    { path: 'bit', change: 'execute-bit', executable: true },
    { path: 'f', change: 'kind', found: 'link' },
    { path: 'gone', change: 'missing' },
    { path: 'k', change: 'kind', found: 'file' },
    { path: 'l', change: 'link-target', target: 'y' },
    { path: 'text', change: 'changed' },
  ]);
});
