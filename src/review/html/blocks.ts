// Blocks of the report -> HTML.
import { canonicalJson } from '../../pins/canonical-json.ts';
import type { Excerpt } from '../findings.ts';
import type { ParameterRow } from '../parameters.ts';
import { grouped } from '../plain-words.ts';
import type { Badge, Block, DiffBlock, EntryBlock, Line, Mark, Reference } from '../report/blocks.ts';
import { linesOf, reveal } from '../reveal.ts';
import type { WordPart } from '../words.ts';
import { type Markup, foreign, html, inline, pieces } from './markup.ts';

const MARK_WORDS: Readonly<Record<Mark, string>> = {
  added: 'new',
  removed: 'gone',
  changed: 'changed',
  wider: 'wider',
};

export function blockMarkup(block: Block): Markup {
  switch (block.kind) {
    case 'note':
      return html`<p class="note">${inline(block.text)}</p>`;
    case 'heading':
      return html`<h3>${block.text}</h3>`;
    case 'facts':
      return facts(block.rows);
    case 'list':
      return html`<ul class="list">${block.items.map(({ mark, text }) => html`<li>${mark === undefined ? undefined : chip({ text: MARK_WORDS[mark], tone: mark })} ${inline(text)}</li>`)}</ul>`;
    case 'table':
      return block.folded === undefined
        ? table(block.head, block.rows)
        : html`<details class="fold"><summary>${block.folded}</summary>${table(block.head, block.rows)}</details>`;
    case 'payload':
      return html`<figure class="payload"><figcaption>${inline(block.label)}</figcaption>${payloadLines(block.text, block.cutAt)}</figure>`;
    case 'excerpt':
      return excerpt(block.excerpt);
    case 'parameters':
      return parameters(block.label, block.rows, block.flags);
    case 'diff':
      return diff(block.diff);
    case 'source':
      return html`<details class="source"><summary>${block.label}</summary>${payloadLines(block.json)}</details>`;
    case 'entry':
      return entry(block.entry);
  }
}

function chip({ text, tone }: Badge): Markup {
  return html`<span class="chip ${tone}">${text}</span>`;
}

function entry({ id, type, severity, badges, title, place, target, related, blocks }: EntryBlock): Markup {
  const where =
    place === undefined
      ? undefined
      : target === undefined
        ? html`<span class="place">${inline(place)}</span>`
        : html`<a class="place" href="#${target}">${inline(place)}</a>`;
  return html`<details class="entry ${type} ${severity ?? 'none'}" id="${id}" data-severity="${severity ?? 'none'}" open>
<summary><span class="badges">${badges.map(chip)}</span><span class="name">${inline(title)}</span></summary>
<div class="body">${where}${related.length === 0 ? undefined : relatedList(related)}${blocks.map(blockMarkup)}</div>
</details>
`;
}

/** Each kind of finding once; the link leads to the first. */
function relatedList(related: readonly Reference[]): Markup {
  const first = related.filter(
    ({ title }, index) => related.findIndex((other) => other.title === title) === index,
  );
  return html`<ul class="related" aria-label="found in it">${first.map(({ id, severity, title }) => {
    const count = related.filter((other) => other.title === title).length;
    return html`<li><a class="flag ${severity}" href="#${id}">${title}${count > 1 ? ` ×${count}` : ''}</a></li>`;
  })}</ul>`;
}

function facts(rows: ReadonlyArray<readonly [string, Line]>): Markup {
  return html`<dl class="facts">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${inline(value)}</dd></div>`)}</dl>`;
}

function table(head: readonly string[], rows: ReadonlyArray<readonly Line[]>): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="table"><table><thead><tr>${head.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>
${rows.map(
  (row) => html`<tr>${row.map((cell) => html`<td>${inline(cell)}</td>`)}</tr>
`,
)}</tbody></table></div>`;
}

/** Each line by itself: its number is drawn by the style sheet, so that it is never part of the text. */
function payloadLines(text: string, cutAt?: number): Markup {
  if (cutAt === undefined) return html`<pre class="lines">${lineMarkup(text)}</pre>`;
  return html`<pre class="lines">${lineMarkup(text.slice(0, cutAt))}<span class="cut">${grouped(cutAt)} characters: some clients cut here</span>${lineMarkup(text.slice(cutAt))}</pre>`;
}

function lineMarkup(text: string): Markup[] {
  return linesOf(reveal(text)).map(
    (line) => html`<span class="ln">${pieces(line)}
</span>`,
  );
}

function excerpt({ before, match, after, cut }: Excerpt): Markup {
  const flat = (text: string): Markup[] => pieces(reveal(text));
  return html`<pre class="excerpt"><span class="ln">${cut[0] ? '… ' : ''}${flat(before)}${match === '' ? undefined : html`<mark>${flat(match)}</mark>`}${flat(after)}${cut[1] ? ' …' : ''}
</span></pre>`;
}

function parameters(
  label: string,
  rows: readonly ParameterRow[],
  flags: ReadonlyArray<Reference & { readonly pointer: string }>,
): Markup {
  if (rows.length === 0) return html`<p class="note">no ${label}</p>`;
  const placed = flagsByRow(rows, flags);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="parameters"><caption>${label}</caption><thead><tr><th scope="col">name</th><th scope="col">type</th><th scope="col">rules</th><th scope="col">text</th></tr></thead><tbody>
${rows.map((row) => parameterRow(row, placed.get(row.pointer) ?? []))}</tbody></table></div>`;
}

/** By the pointer of the innermost row that holds its place. */
function flagsByRow<Flag extends { readonly pointer: string }>(
  rows: readonly ParameterRow[],
  flags: readonly Flag[],
): ReadonlyMap<string, readonly Flag[]> {
  const placed = new Map<string, Flag[]>(rows.map(({ pointer }) => [pointer, []]));
  for (const flag of flags) {
    let place = flag.pointer;
    while (place !== '' && !placed.has(place)) place = place.slice(0, place.lastIndexOf('/'));
    placed.get(place)?.push(flag);
  }
  return placed;
}

function parameterRow(row: ParameterRow, flags: readonly Reference[]): Markup {
  const { name, path, type, required, freeText, details, title, description } = row;
  const texts = [title, description].flatMap((text) =>
    text === undefined
      ? []
      : [html`<div class="text">${foreign(typeof text === 'string' ? text : canonicalJson(text))}</div>`],
  );
  return html`<tr class="depth-${Math.min(row.depth, 8)}"><th scope="row">${path === '' ? html`<em>all of it</em>` : html`<span class="own" title="depth ${row.depth}">${foreign(name)}</span>`}${row.depth > 1 ? html`<div class="path">${foreign(path)}</div>` : undefined}</th><td><code>${foreign(type)}</code>${required ? html` <span class="required">required</span>` : undefined}${freeText ? html` <span class="free">free text</span>` : undefined}</td><td>${details.map(([keyword, value]) => html`<div class="rule"><b>${foreign(keyword)}</b> <code>${foreign(canonicalJson(value))}</code></div>`)}</td><td>${texts}${flags.length === 0 ? undefined : relatedList(flags)}</td></tr>
`;
}

function diff({ pointer, badges, words, has }: DiffBlock): Markup {
  return html`<section class="diff"><p class="head">${badges.map(chip)} <span class="place">${foreign(pointer === '' ? '/' : pointer)}</span></p>
<div class="sides">${side('approved', 'removed', words, has.before)}${side('now', 'added', words, has.after)}</div></section>`;
}

function side(title: string, kind: 'removed' | 'added', words: readonly WordPart[], exists: boolean): Markup {
  if (!exists)
    return html`<figure class="side ${kind} absent"><figcaption>${title}</figcaption><p>not there</p></figure>`;
  const parts = words.map((part) => {
    if (part.kind === 'skipped')
      return html`<span class="skipped">${grouped(part.characters)} characters unchanged</span>`;
    if (part.kind !== 'same' && part.kind !== kind) return html``;
    if (part.kind === 'same') return html`${diffPieces(part.text, false)}`;
    return kind === 'added'
      ? html`<ins>${diffPieces(part.text, true)}</ins>`
      : html`<del>${diffPieces(part.text, true)}</del>`;
  });
  return html`<figure class="side ${kind}"><figcaption>${title}</figcaption><pre><span class="ln">${parts}
</span></pre></figure>`;
}

/** Where something changed, blanks and line ends are drawn as well. */
function diffPieces(text: string, changed: boolean): Markup[] {
  const isBlank = changed && /^\s*$/.test(text);
  return reveal(text).flatMap((piece) => {
    if (piece.kind === 'break')
      return [
        ...(changed ? pieces([piece]) : []),
        html`
`,
      ];
    if (piece.kind === 'text' && isBlank)
      return [html`<span class="cp blank" title="blanks">${'␣'.repeat(piece.text.length)}</span>`];
    return pieces([piece]);
  });
}
