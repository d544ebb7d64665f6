// Report -> one HTML file that needs nothing else and asks for nothing: its style and its script stand in it, and its policy
// allows these two by their hashes and everything else by none. Without the script all of it can still be read.
import { sha256Base64 } from './hash.ts';
import { blockMarkup } from './blocks.ts';
import { type Markup, Markup as Raw, foreign, html, inline } from './markup.ts';
import type { ReviewModel } from '../model.ts';
import type { EntryBlock, Report, Section, Verdict } from '../report/blocks.ts';
import { reportOf } from '../report/report.ts';
import { SEVERITIES } from '../rules/rule.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

export function renderReviewHtml(model: ReviewModel): string {
  return `<!doctype html>\n${page(reportOf(model), model).text}`;
}

const POLICY = [
  "default-src 'none'",
  `script-src 'sha256-${sha256Base64(SCRIPT)}'`,
  `style-src 'sha256-${sha256Base64(STYLE)}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

function page(report: Report, model: ReviewModel): Markup {
  const { title, verdict, sections } = report;
  return html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Raw(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">to the report</a>
<header class="bar">
<a class="brand" href="#top"><b>cordon</b> review</a>
<label class="search"><span class="away">search names and texts</span><input type="search" id="search" placeholder="search names and texts   /" autocomplete="off" spellcheck="false" disabled></label>
<fieldset class="filters"><legend class="away">findings of</legend>
${SEVERITIES.map(
  (
    severity,
  ) => html`<label class="chip ${verdict.counts[severity] === 0 ? 'zero' : severity}"><input type="checkbox" name="severity" value="${severity}" checked disabled><span>${verdict.counts[severity]} ${severity}</span></label>
`,
)}</fieldset>
<button type="button" id="fold" disabled>fold all</button>
<button type="button" id="theme" disabled aria-label="light or dark">◐</button>
</header>
<p id="status" class="status" role="status" aria-live="polite"></p>
<div class="frame">
<nav aria-label="sections"><ol>
${sections.map(navigation)}</ol></nav>
<main id="main">
${hero(verdict, model)}
${sections.map(sectionMarkup)}</main>
</div>
<script>${new Raw(SCRIPT)}</script>
</body>
</html>
`;
}

function hero(verdict: Verdict, { profile, package: facts }: ReviewModel): Markup {
  return html`<section class="hero ${verdict.state}" id="top">
<p class="what">${foreign(`${facts.name}@${facts.version}`)}</p>
<h1>${foreign(profile.name)}</h1>
<p class="headline">${verdict.headline}</p>
<ul>${verdict.points.map((point) => html`<li>${point}</li>`)}</ul>
</section>`;
}

function sectionMarkup({ id, title, count, blocks }: Section): Markup {
  return html`<section class="part" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}${count === undefined ? undefined : html` <span class="count">${count}</span>`}</h2>
${blocks.map(blockMarkup)}</section>
`;
}

/** Definitions and changes by name; findings are too many for that and stand in order of weight. */
function navigation({ id, title, count, blocks }: Section): Markup {
  const entries = blocks.flatMap((block) =>
    block.kind === 'entry' && block.entry.type !== 'finding' ? [block.entry] : [],
  );
  return html`<li><a href="#${id}">${title}${count === undefined ? undefined : html`<span class="count">${count}</span>`}</a>${
    entries.length === 0
      ? undefined
      : html`<ol>
${entries.map(navigationEntry)}</ol>`
  }</li>
`;
}

function navigationEntry({ id, title, severity }: EntryBlock): Markup {
  return html`<li><a href="#${id}"${severity === undefined ? undefined : new Raw(` class="${severity}"`)}>${inline(title)}</a></li>
`;
}
