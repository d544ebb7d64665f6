import fs from 'node:fs';
import { it } from 'vitest';
import { reviewModel } from '../../../src/review/model.ts';
import { renderReviewText } from '../../../src/review/render/text.ts';
import { renderReviewMarkdown } from '../../../src/review/render/markdown.ts';
import { renderReviewHtml } from '../../../src/review/html/page.ts';
import { documentText, reviewDocument } from '../../../src/review/document.ts';
import { BENIGN, POISONED } from './samples.ts';
it('gen', () => {
  for (const [name, m] of [
    ['benign', BENIGN],
    ['poisoned', POISONED],
  ] as const) {
    const t = performance.now();
    const model = reviewModel(m);
    console.log(name, 'model ms', performance.now() - t);
    fs.writeFileSync(
      `/var/tmp/i4-review-out/${name}.txt`,
      renderReviewText(model, { color: false, width: 100 }),
    );
    fs.writeFileSync(
      `/var/tmp/i4-review-out/${name}.ansi`,
      renderReviewText(model, { color: true, width: 100 }),
    );
    fs.writeFileSync(`/var/tmp/i4-review-out/${name}.md`, renderReviewMarkdown(model));
    fs.writeFileSync(`/var/tmp/i4-review-out/${name}.html`, renderReviewHtml(model));
    fs.writeFileSync(`/var/tmp/i4-review-out/${name}.json`, documentText(reviewDocument(model)));
  }
});
