// A review of as much as a server may say ends. Each of these took minutes where the work grew with the square of it.
import { describe, expect, it } from 'vitest';
import { compareWithApproved } from '../../../src/review/compare.ts';
import { hiddenCharacters } from '../../../src/review/hidden.ts';
import { reviewModel } from '../../../src/review/model.ts';
import { renderReviewHtml } from '../../../src/review/html/page.ts';
import { renderReviewMarkdown } from '../../../src/review/render/markdown.ts';
import { definitionsOf, materialOf, tool } from './fixture.ts';

const ENOUGH_MS = 10_000;

describe('a server that says as much as it may', () => {
  it('renames two thousand tools', { timeout: ENOUGH_MS }, () => {
    const named = (prefix: string) => {
      const text = 'word '.repeat(600);
      const list = Array.from({ length: 2000 }, (_, index) =>
        tool(`${prefix}${index}`, { description: `${index} ${text}` }),
      );
      return [definitionsOf({ tools: list })];
    };
    const changes = compareWithApproved(named('a'), named('b'));
    expect(changes).toHaveLength(4000);
    expect(changes.find(({ key }) => key === 'b7')).toMatchObject({ change: 'added', renamed: 'a7' });
    expect(changes.find(({ key }) => key === 'a7')).toMatchObject({ change: 'removed', renamed: 'b7' });
  });

  it('describes a parameter in nothing but backslashes', { timeout: ENOUGH_MS }, () => {
    const description = '\\'.repeat(250_000);
    const inputSchema = { type: 'object', properties: { path: { description } } };
    const model = reviewModel(materialOf({ tools: [tool('a', { inputSchema })] }));
    expect(renderReviewMarkdown(model)).toContain(`\`${description}\` |`);
  });

  it('has six thousand parameters with a fault each', { timeout: 2 * ENOUGH_MS }, () => {
    const properties = Object.fromEntries(
      Array.from({ length: 6000 }, (_, index) => [`p${index}`, { title: 1 }]),
    );
    const model = reviewModel(materialOf({ tools: [tool('a', { inputSchema: { properties } })] }));
    const page = renderReviewHtml(model);
    // Each at the parameter that has it, and at no other.
    const flagged = page.match(/<tr class="depth-1">(?:(?!<\/tr>).)*class="flag high"/g);
    expect(flagged).toHaveLength(6000);
  });

  it('writes nothing but flags', { timeout: ENOUGH_MS }, () => {
    const flag = '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}';
    const count = 40_000;
    const found = hiddenCharacters(`\u{e0067}${flag.repeat(count)}\u{e0067}`);
    expect(found).toHaveLength(6 * count + 2);
    expect(found.filter(({ explained }) => !explained).map(({ index }) => index)).toEqual([
      0,
      2 + count * flag.length,
    ]);
  });
});
