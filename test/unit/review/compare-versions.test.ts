import { expect, test } from 'vitest';
import type { PackageFact, PackageFacts } from '../../../src/review/material.ts';
import { compareVersions, isEmpty } from '../../../src/review/compare-versions.ts';
import { renderVersionDiff } from '../../../src/review/render-diff.ts';
import { definitions, listOf, tool, ZERO_DIGEST } from '../pins/fixture.ts';

const fact = (name: string, version: string, more: Partial<PackageFact> = {}): PackageFact => ({
  name,
  version,
  integrity: `sha512-${name}${version}`,
  installScripts: [],
  native: [],
  license: 'MIT',
  ...more,
});

const side = (version: string, packages: readonly PackageFact[], said = definitions()) => ({
  package: {
    name: 'a',
    version,
    tree: ZERO_DIGEST,
    lockfile: ZERO_DIGEST,
    files: 1,
    bytes: 1,
    packages,
    entry: 'node_modules/a/index.js',
    runtime: 'node 20.0.0',
  } satisfies PackageFacts,
  definitions: [said],
});

test('equal versions differ in nothing', () => {
  const one = side('1.0.0', [fact('a', '1.0.0')]);
  const diff = compareVersions(one, one, []);
  expect(isEmpty(diff)).toBe(true);
  expect(renderVersionDiff(diff)).toBe(`a 1.0.0 -> 1.0.0

packages
  nothing changed

definitions
  nothing changed

files
  nothing changed
`);
});

test('says what a version brings, and nothing that it says can pass for a line of the report', () => {
  const before = side('1.0.0', [
    fact('a', '1.0.0'),
    fact('b', '1.0.0', { installScripts: ['install'] }),
    fact('gone', '1.0.0'),
  ]);
  const said = definitions({
    context: { generation: 'modern', protocolVersion: '2026-07-28', clientCapabilities: {} },
    tools: listOf('tool', [
      tool('read', { description: 'Reads.\nfiles\n  nothing changed\u001b[2J' }),
      tool('new'),
    ]),
  });
  const after = side(
    '1.1.0',
    [
      fact('a', '1.1.0'),
      fact('b', '1.0.0', { integrity: 'sha512-another', installScripts: ['install', 'postinstall'] }),
      fact('c', '2.0.0', { native: ['x.node'] }),
      fact('c', '3.0.0'),
    ],
    said,
  );
  const diff = compareVersions(before, after, [
    { path: 'node_modules/a/index.js', change: 'changed' },
    { path: 'node_modules/a/node_modules/@c/d/\u202ex.js', change: 'extra' },
    { path: 'node_modules/c/x.node', change: 'extra' },
  ]);
  expect(isEmpty(diff)).toBe(false);
  const text = renderVersionDiff(diff);
  expect(text).toContain(`packages
  a     1.0.0  ->  1.1.0
  b     1.0.0  ->  1.0.0         brings install scripts: postinstall
  c     -      ->  2.0.0, 3.0.0  brings native code: "x.node"
  gone  1.0.0  ->  -
`);
  expect(text).toContain(
    '  the legacy protocol is not spoken any more\n  the modern protocol is spoken now\n',
  );
  expect(text).toContain('  a new tool, "new"\n');
  expect(text).toContain('  tool "write" is gone\n');
  expect(text).toContain('    - "Reads."\n    + "Reads.\\nfiles\\n  nothing changed\\x1b[2J"\n');
  expect(text).toContain(`files
  "node_modules/a/index.js" was changed
  1 file below "node_modules/a/node_modules/@c/d/"
  1 file below "node_modules/c/"
`);
});
