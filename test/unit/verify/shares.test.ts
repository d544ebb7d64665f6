import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chooseShares, formatShares, parseShares } from '../../../src/verify/shares.ts';

const files = (count: number, folder: (index: number) => string) =>
  Array.from({ length: count }, (_value, index) => ({ path: `${folder(index)}/${index}.js`, bytes: 1000 }));

it('gives a small tree to one process', () => {
  expect(chooseShares(files(900, (index) => `node_modules/${index % 50}`))).toEqual([]);
});

it('gives a little less than half of a large one to the second', () => {
  const all = files(4000, (index) => `node_modules/p${index % 100}`);
  const shares = chooseShares(all);
  const share =
    all.filter(({ path }) => shares.some((folder) => path.startsWith(`${folder}/`))).length / all.length;
  expect(share).toBeGreaterThan(0.3);
  expect(share).toBeLessThan(0.5);
});

it('splits a tree that is one single package', () => {
  expect(chooseShares(files(4000, (index) => `node_modules/one/dist/${index % 40}`)).length).toBeGreaterThan(
    5,
  );
});

it('never lets two shares overlap', () => {
  const folder = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 5 });
  const tree = fc.array(fc.tuple(folder, fc.nat(10_000_000)), { maxLength: 300 });
  fc.assert(
    fc.property(tree, (list) => {
      const shares = chooseShares(
        list.map(([names, bytes], index) => ({ path: `${names.join('/')}/${index}`, bytes })),
      );
      for (const one of shares) for (const other of shares) expect(other.startsWith(`${one}/`)).toBe(false);
    }),
  );
});

it('is read back, and read as nothing when it is not a list of plain paths', () => {
  expect(parseShares(formatShares(['a/b', 'c']))).toEqual(['a/b', 'c']);
  for (const text of ['/etc\n', '../x\n', 'a/../b\n', 'a//b\n', 'a\0\n'])
    expect(parseShares(text)).toEqual([]);
});
