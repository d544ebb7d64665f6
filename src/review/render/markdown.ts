// Report -> Markdown, for a pull request or a ticket. Text of others is only ever inside code: a span with more backticks
// than it has itself, or a fenced block whose lines all begin with a gutter. There nothing is a link, an image, HTML, a
// mention, a table cell or the end of the block.
import { canonicalJson } from '../../pins/canonical-json.ts';
import type { ReviewModel } from '../model.ts';
import { grouped } from '../plain-words.ts';
import type { Badge, Block, DiffBlock, EntryBlock, Line, Section } from '../report/blocks.ts';
import { reportOf } from '../report/report.ts';
import { linesOf, reveal } from '../reveal.ts';
import { mark, markedPieces, markedString } from './marks.ts';

const GUTTER = '│';

export function renderReviewMarkdown(model: ReviewModel): string {
  const { title, verdict, sections } = reportOf(model);
  return [
    `# ${ours(title)}`,
    '',
    `**${ours(verdict.headline)}**`,
    '',
    ...verdict.points.map((point) => `- ${ours(point)}`),
    ...sections.flatMap(sectionLines),
  ]
    .join('\n')
    .concat('\n');
}

function sectionLines({ title, blocks }: Section): string[] {
  return ['', `## ${ours(title)}`, ...blocks.flatMap((block) => blockLines(block, 3))];
}

function blockLines(block: Block, level: number): string[] {
  switch (block.kind) {
    case 'note':
      return ['', inline(block.text)];
    case 'heading':
      return ['', `${'#'.repeat(level)} ${ours(block.text)}`];
    case 'facts':
      return ['', ...block.rows.map(([label, value]) => `- **${ours(label)}**: ${inline(value)}`)];
    case 'list':
      return [
        '',
        ...block.items.map(
          ({ mark: kind, text }) => `- ${kind === undefined ? '' : `**${kind}** `}${inline(text)}`,
        ),
      ];
    case 'table':
      return [
        ...(block.folded === undefined ? [] : ['', `${'#'.repeat(level)} ${ours(block.folded)}`]),
        '',
        tableRow(block.head.map(ours)),
        tableRow(block.head.map(() => '---')),
        ...block.rows.map((row) => tableRow(row.map((cell) => inline(cell, true)))),
      ];
    case 'payload':
      return ['', `${inline(block.label)}:`, ...payload(block.text, block.cutAt)];
    case 'excerpt': {
      const { before, match, after, cut } = block.excerpt;
      const marked = match === '' ? '' : `⟦▸${markedString(match)}◂⟧`;
      return fence([
        `${GUTTER} ${cut[0] ? '… ' : ''}${markedString(before)}${marked}${markedString(after)}${cut[1] ? ' …' : ''}`,
      ]);
    }
    case 'parameters':
      return block.rows.length === 0
        ? ['', `no ${ours(block.label)}`]
        : [
            '',
            `${ours(block.label)}:`,
            '',
            tableRow(['name', 'type', 'required', 'rules', 'text']),
            tableRow(['---', '---', '---', '---', '---']),
            ...block.rows.map(({ path, type, required, details, title, description }) =>
              tableRow([
                path === '' ? '*all of it*' : span(path, true),
                span(type, true),
                required ? 'yes' : 'no',
                details.map(([keyword, value]) => span(`${keyword} ${canonicalJson(value)}`, true)).join(' '),
                [title, description]
                  .flatMap((text) =>
                    text === undefined ? [] : [typeof text === 'string' ? text : canonicalJson(text)],
                  )
                  .map((text) => span(text, true))
                  .join(' '),
              ]),
            ),
          ];
    case 'diff':
      return diffLines(block.diff);
    case 'entry':
      return entryLines(block.entry, level);
    case 'source':
      return [];
  }
}

function entryLines({ badges, title, place, blocks }: EntryBlock, level: number): string[] {
  const head = [...badges.map(badge), inline(title)].join(' ');
  return [
    '',
    `${'#'.repeat(level)} ${head}`,
    ...(place === undefined ? [] : ['', inline(place)]),
    ...blocks.flatMap((block) => blockLines(block, level + 1)),
  ];
}

function badge({ text }: Badge): string {
  return `**${ours(text)}**`;
}

function diffLines({ pointer, badges, words, has }: DiffBlock): string[] {
  const side = (kind: 'removed' | 'added', sign: string): string[] => {
    const text = words
      .map((part) => {
        if (part.kind === 'skipped') return mark(`${grouped(part.characters)} characters unchanged`);
        if (part.kind !== 'same' && part.kind !== kind) return '';
        return part.kind === 'same' ? markedString(part.text) : `⟦${sign}${markedString(part.text)}${sign}⟧`;
      })
      .join('');
    return [`${sign} ${GUTTER} ${text}`];
  };
  return [
    '',
    `${badges.map(badge).join(' ')} ${span(pointer === '' ? '/' : pointer)}`,
    ...fence([...(has.before ? side('removed', '-') : []), ...(has.after ? side('added', '+') : [])], 'diff'),
  ];
}

function payload(text: string, cutAt: number | undefined): string[] {
  const lines = (part: string): string[] =>
    linesOf(reveal(part)).map((line) =>
      `${GUTTER} ${markedPieces(line)
        .map((one) => one.text)
        .join('')}`.trimEnd(),
    );
  if (cutAt === undefined) return fence(lines(text));
  return fence([
    ...lines(text.slice(0, cutAt)),
    `${grouped(cutAt)} characters: some clients cut here`,
    ...lines(text.slice(cutAt)),
  ]);
}

function fence(lines: readonly string[], language = ''): string[] {
  const ticks = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return ['', `${ticks}${language === '' ? 'text' : language}`, ...lines, ticks];
}

function inline(line: Line, inTable = false): string {
  return line.map((part) => (typeof part === 'string' ? ours(part) : span(part.theirs, inTable))).join('');
}

/** A code span. In a table a bar ends the cell even there, unless it is escaped. */
function span(text: string, inTable = false): string {
  const marked = markedString(text);
  if (marked.trim() === '') return marked === '' ? '`⟦⟧`' : `\`${mark(`${marked.length} blanks`)}\``;
  const ticks = '`'.repeat(longestRun(marked) + 1);
  // Backslashes from their first one on: to look at a run of them once for each would take the square of its length.
  const content = inTable ? marked.replaceAll(/(?<!\\)(\\*)\|/g, '$1$1\\|') : marked;
  const pad = /^[` ]|[` ]$/.test(content) ? ' ' : '';
  return `${ticks}${pad}${content}${pad}${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Our own words hold names of profiles and hosts, which have no Markdown in them but `_` and `*`. */
function ours(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|]/g, '\\$&');
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
