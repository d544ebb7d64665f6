// An upgrade as it happened: what @modelcontextprotocol/server-filesystem 2025.8.21 and 2025.11.25 said, with the dependencies that
// npm gives both today. The older one then has schemas without a single parameter; a reader of descriptions sees one change.
import fs from 'node:fs';
import { expect, it } from 'vitest';
import { digestFromHex } from '../../../src/digest.ts';
import type { Definitions } from '../../../src/pins/definitions.ts';
import { renderReviewHtml } from '../../../src/review/html/page.ts';
import { reviewModel } from '../../../src/review/model.ts';
import { renderReviewText } from '../../../src/review/render/text.ts';
import { definitionsOf, materialOf, packageFact, packageOf, profileOf, type Said } from './fixture.ts';

const NAME = '@modelcontextprotocol/server-filesystem';

function recorded(version: string): Said {
  const file = new URL(`../../fixtures/recorded/server-filesystem-${version}.json`, import.meta.url);
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Said;
}

const packageAt = (version: string) =>
  packageOf({
    name: NAME,
    version,
    entry: `node_modules/${NAME}/dist/${version}.js`,
    packages: [packageFact(NAME, { version })],
  });
const before: readonly Definitions[] = [definitionsOf(recorded('2025.8.21'))];
const model = reviewModel(
  materialOf(recorded('2025.11.25'), {
    package: packageAt('2025.11.25'),
    approved: {
      definitions: before,
      approval: {
        digest: digestFromHex('cd'.repeat(32)),
        by: 'ann (1000)',
        at: '2025-09-01T09:30:00Z',
        cordon: '0.1.0',
      },
      profile: profileOf(),
      package: packageAt('2025.8.21'),
    },
  }),
);
const changes = model.changes ?? [];
const fieldsOf = (key: string) =>
  changes.filter((change) => change.key === key).flatMap(({ fields }) => fields);

it('says that every tool changed, and none came or went', () => {
  const tools = changes.filter(({ kind }) => kind === 'tool');
  expect(tools).toHaveLength(14);
  expect(new Set(tools.map(({ change }) => change))).toEqual(new Set(['changed']));
  const text = renderReviewText(model, { color: false, width: 100 });
  expect(text).toContain(
    'changed since it was approved on 2025-09-01: it does not run until it is approved again',
  );
  expect(text).toMatch(/what it says: 1[456] changed/);
  expect(text.replaceAll(/\s+┆?\s*/g, ' ')).toContain('dist/2025.11.25.js (was node_modules/');
  expect(text).toContain('package @modelcontextprotocol/server-filesystem 2025.8.21 became 2025.11.25');
});

it('names each new parameter, the annotations and the one description', () => {
  const classes = (key: string) => fieldsOf(key).map((field) => `${field.pointer} ${field.class}`);
  expect(classes('move_file')).toEqual([
    '/annotations annotation',
    '/execution execution',
    '/inputSchema/properties/destination parameter-added',
    '/inputSchema/properties/source parameter-added',
    '/inputSchema/required required',
    '/inputSchema/type type',
    '/outputSchema output-schema',
    '/title text-added',
  ]);
  const described = changes.filter(({ fields }) => fields.some(({ pointer }) => pointer === '/description'));
  expect(described.map(({ key }) => key)).toEqual(['search_files']);
});

it('shows all of it in the page, old and new beside one another', () => {
  const html = renderReviewHtml(model);
  for (const { key } of changes) expect(html).toContain(key);
  for (const word of ['excludePatterns', 'destructiveHint', 'new parameter']) expect(html).toContain(word);
});
