// Every promise of SECURITY.md is followed by tests, and these are there. A line of its list is a file, alone or with the
// titles, or with the rows of the escape matrix, that prove the promise:
//   - `test/hostile/environment.test.ts`
//   - `test/unit/plan/mounts.test.ts`: "the package and the runtime are read-only"
//   - `test/escape/matrix.test.ts`: rows F01, F02
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { REQUIREMENTS } from '../../escape/requirements.ts';
import { readDocument, ROOT } from './markdown.ts';

interface Proof {
  readonly file: string;
  readonly titles: readonly string[];
  readonly rows: readonly string[];
}

/** Rows of the matrix that a probe shows. */
const PROBED = new Set(REQUIREMENTS.flatMap(({ id, proof }) => (proof.by === 'probe' ? [id] : [])));

const PROMISES = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8'];
const sections = new Map(
  readDocument('SECURITY.md')
    .split(/^(?=#{2,3} )/m)
    .map((section) => [/^#{2,3} (P[1-8]) /.exec(section)?.[1] ?? '', section]),
);

function proofsOf(promise: string): readonly Proof[] {
  // A list item may go on in the next, indented line.
  const items = [...(sections.get(promise) ?? '').matchAll(/^- `(test\/[^`]+)`((?:.|\n {2})*)$/gm)];
  return items.map(([, file = '', rest = '']) => {
    const text = rest.replaceAll(/\n\s+/g, ' ');
    return {
      file,
      titles: [...text.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? ''),
      rows: /\brows ([A-Z0-9, ]+)/.exec(text)?.[1]?.trim().split(/,\s*/) ?? [],
    };
  });
}

describe.each(PROMISES)('%s', (promise) => {
  it('names the tests that prove it', () => {
    expect(proofsOf(promise)).not.toEqual([]);
  });

  it('names tests that are there', () => {
    const missing = proofsOf(promise).flatMap(({ file, titles, rows }) => {
      const absolute = path.join(ROOT, file);
      if (!fs.existsSync(absolute)) return [file];
      const text = fs.readFileSync(absolute, 'utf8');
      if (rows.length > 0) return rows.filter((id) => !PROBED.has(id)).map((id) => `row ${id}`);
      if (titles.length === 0)
        return new RegExp(`\\b${promise}\\b`).test(text) ? [] : [`${promise} in ${file}`];
      return titles.filter((title) => !text.includes(title)).map((title) => `"${title}" in ${file}`);
    });
    expect(missing).toEqual([]);
  });
});
