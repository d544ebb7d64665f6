import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  caseCollision,
  formatManifest,
  nameFault,
  parseManifest,
  sortBytewise,
  type TreeEntry,
} from '../../../src/verify/manifest.ts';
import { openFolder } from '../../../src/verify/descriptor.ts';
import { walkTree } from '../../../src/verify/tree-walk.ts';

const name = fc
  .oneof(
    fc.stringMatching(/^[A-Za-z0-9._@+-]{1,12}$/),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
    fc.constantFrom('ä', 'é', '\u{1f600}', '\ue000', '\uffee', ' ', '# x', '->', '~', 'a b', '-', '!'),
  )
  .filter((text) => nameFault(text) === undefined);
const treePath = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const sha256 = fc.stringMatching(/^[0-9a-f]{64}$/);
const entry: fc.Arbitrary<TreeEntry> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('file' as const),
      path: treePath,
      executable: fc.boolean(),
      sha256,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('link' as const), path: treePath, target: treePath }),
  },
);
const entries = fc.uniqueArray(entry, { selector: ({ path: place }) => place, maxLength: 30 });

const byPath = (list: readonly TreeEntry[]) => list.toSorted((a, b) => (a.path < b.path ? -1 : 1));

describe('formatManifest', () => {
  it('writes executables, links and hashes in this order, each sorted', () => {
    const zeros = '0'.repeat(64);
    const text = formatManifest([
      { kind: 'file', path: 'b', executable: true, sha256: zeros },
      { kind: 'link', path: 'c', target: '../a' },
      { kind: 'file', path: 'a/z', executable: true, sha256: zeros },
      { kind: 'file', path: 'a.b', executable: false, sha256: zeros },
    ]);
    expect(text).toBe(
      `# tree-manifest 1\n# x ./a/z\n# x ./b\n# l ./c -> ../a\n${zeros}  ./a.b\n${zeros}  ./a/z\n${zeros}  ./b\n`,
    );
  });

  it('of nothing is the header', () => {
    expect(formatManifest([])).toBe('# tree-manifest 1\n');
    expect(parseManifest('# tree-manifest 1\n')).toEqual([]);
  });

  it('does not depend on the order of entries', () => {
    fc.assert(
      fc.property(
        entries.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => formatManifest(list) === formatManifest(shuffled),
      ),
    );
  });

  it('is undone by parseManifest', () => {
    fc.assert(
      fc.property(entries, (list) => {
        expect(byPath(parseManifest(formatManifest(list)) ?? [])).toEqual(byPath(list));
      }),
    );
  });

  it('equals the coreutils recipe on a real tree, and `sha256sum -c` accepts it', () => {
    const top = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-manifest-'));
    const tree = path.join(top, 'tree');
    for (const file of [
      'b/a.js',
      'b.js',
      'B/c',
      'b/ä.js',
      'b/\u{1f600}',
      'b/\ue000',
      'a b/#',
      '-',
      'z/deep/er/x',
    ])
      write(path.join(tree, file));
    fs.chmodSync(path.join(tree, 'b/a.js'), 0o755);
    fs.chmodSync(path.join(tree, 'b/\ue000'), 0o744);
    fs.mkdirSync(path.join(tree, 'empty'));
    const recipe = `cd "$1" && { echo '# tree-manifest 1'
      find . -type f -perm -100 -printf '# x %p\\n' | LC_ALL=C sort
      find . -type l -printf '# l %p -> %l\\n' | LC_ALL=C sort
      find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum; }`;
    const folder = openFolder(tree);
    const text = formatManifest(walkTree(folder, '', { owner: 'user' }).entries);
    fs.closeSync(folder.fd);
    expect(text).toBe(execFileSync('sh', ['-c', recipe, 'sh', tree], { encoding: 'utf8' }));
    fs.writeFileSync(path.join(top, 'MANIFEST'), text);
    execFileSync('sha256sum', ['--quiet', '--strict', '-c', '../MANIFEST'], { cwd: tree });
    fs.rmSync(top, { recursive: true });
  });
});

function write(file: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, file, { mode: 0o644 });
}

describe('parseManifest', () => {
  const zeros = '0'.repeat(64);
  it('takes a name that holds what other programs call a line break', () => {
    const entry = { kind: 'file', path: 'a\u2028b\u2029', executable: false, sha256: zeros } as const;
    expect(parseManifest(formatManifest([entry]))).toEqual([entry]);
  });

  it.each([
    ['nothing', ''],
    ['another version', '# tree-manifest 2\n'],
    ['no newline at the end', `# tree-manifest 1\n${zeros}  ./a`],
    ['a hash that is too short', '# tree-manifest 1\n0000  ./a\n'],
    ['capitals in a hash', `# tree-manifest 1\n${'A'.repeat(64)}  ./a\n`],
    ['a path outside', `# tree-manifest 1\n${zeros}  /a\n`],
    ['lines out of order', `# tree-manifest 1\n${zeros}  ./b\n${zeros}  ./a\n`],
    ['one file twice', `# tree-manifest 1\n${zeros}  ./a\n${zeros}  ./a\n`],
    ['an executable that is no file', `# tree-manifest 1\n# x ./a\n`],
    ['a link without target', '# tree-manifest 1\n# l ./a\n'],
    ['an empty line', `# tree-manifest 1\n\n${zeros}  ./a\n`],
  ])('refuses %s', (_what, text) => {
    expect(parseManifest(text)).toBeUndefined();
  });
});

describe('sortBytewise', () => {
  it('is the order of the UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
        const expected = texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(sortBytewise([...texts])).toEqual(expected);
      }),
    );
  });
});

describe('nameFault', () => {
  it.each(['a', 'index.js', '.bin', '...', '@scope', 'ä', 'a b', '#', '-rf', '日本'])(
    'accepts %j',
    (text) => {
      expect(nameFault(text)).toBeUndefined();
    },
  );
  it.each([
    '',
    '.',
    '..',
    'a/b',
    'a\\b',
    'a\nb',
    'a\0',
    'a\u007f',
    'a\u0085',
    'e\u0301',
    'a\ufffd',
    '\ud800',
    'a -> b',
  ])('refuses %j', (text) => {
    expect(nameFault(text)).toBeTypeOf('string');
  });
});

describe('caseCollision', () => {
  it.each([
    [
      ['a/b', 'A/c'],
      ['a', 'A'],
    ],
    [
      ['a/B', 'a/b'],
      ['a/B', 'a/b'],
    ],
    [
      ['straße', 'STRASSE'],
      ['straße', 'STRASSE'],
    ],
    [
      ['ä', 'Ä'],
      ['ä', 'Ä'],
    ],
    [
      ['a', 'A/b'],
      ['a', 'A'],
    ],
  ])('finds %j', (paths, found) => {
    expect(caseCollision(paths)?.toSorted()).toEqual(found.toSorted());
  });
  it('lets different names be', () => {
    expect(caseCollision(['a/b', 'a/c', 'a.b', 'b/a'])).toBeUndefined();
  });
});
