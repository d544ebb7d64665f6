// Report -> text for a terminal. Whatever a server wrote stands behind a gutter, `│`, on each of its lines, and a line of the
// report that begins with a name of others, or goes on with their text, begins with `┆`. Lines of the report alone begin with
// neither. So no text of others can look like a line of the report (AN-08).
import { canonicalJson } from '../../pins/canonical-json.ts';
import type { ParameterRow } from '../parameters.ts';
import type { ReviewModel } from '../model.ts';
import { grouped } from '../plain-words.ts';
import type { Badge, Block, DiffBlock, EntryBlock, Line, Mark, Report, Section } from '../report/blocks.ts';
import { reportOf } from '../report/report.ts';
import { linesOf, reveal } from '../reveal.ts';
import type { Excerpt } from '../findings.ts';
import { mark, markedLine, markedPieces } from './marks.ts';
import { type Paint, badgeStyle, painter } from './paint.ts';
import { type Run, columnsOf, wrap } from './wrap.ts';

export interface TextOptions {
  readonly color: boolean;
  /** Columns; no line is longer. */
  readonly width: number;
}

const NARROWEST = 40;
const GUTTER = '│ ';
/** Of a line of the report that begins or goes on with text of others. */
const CONTINUED = '┆ ';
const MARKS: Readonly<Record<Mark, string>> = { added: '+', removed: '-', changed: '~', wider: '!' };

export function renderReviewText(model: ReviewModel, options: TextOptions): string {
  return `${new TextPage(options).report(reportOf(model)).join('\n')}\n`;
}

class TextPage {
  readonly #width: number;
  readonly #paint: Paint;

  constructor({ color, width }: TextOptions) {
    this.#width = Math.max(NARROWEST, width);
    this.#paint = painter(color);
  }

  report({ title, verdict, sections }: Report): string[] {
    return [
      ...this.#lines([run(title, 'title')], ''),
      ...this.#lines([run(verdict.headline, 'bold')], '  '),
      ...verdict.points.flatMap((point) => this.#lines([run(`- ${point}`)], '  ', '    ')),
      ...sections.flatMap((section) => this.#section(section)),
    ];
  }

  #section({ title, blocks }: Section): string[] {
    const rule = '─'.repeat(Math.max(3, Math.min(72, this.#width) - columnsOf(title) - 4));
    return ['', this.#paint('bold', `── ${title} ${rule}`), ...this.#blocks(blocks, '  ')];
  }

  #blocks(blocks: readonly Block[], indent: string): string[] {
    return blocks.flatMap((block) => this.#block(block, indent));
  }

  #block(block: Block, indent: string): string[] {
    switch (block.kind) {
      case 'note':
        return hasTheirs(block.text)
          ? this.#mixed(block.text, indent)
          : this.#lines(inlineRuns(block.text), indent);
      case 'heading':
        return ['', `${indent}${this.#paint('bold', block.text)}`];
      case 'facts':
        return this.#facts(block.rows, indent);
      case 'list':
        return block.items.flatMap(({ mark: kind, text }) => {
          const bullet = kind === undefined ? '-' : MARKS[kind];
          return this.#mixed(
            [
              `${bullet} ${beginsForeign(text) ? CONTINUED : ''}`,
              ...text,
              ...(kind === 'wider' ? [' (wider)'] : []),
            ],
            indent,
            kind ?? 'plain',
          );
        });
      case 'table':
        return block.folded === undefined
          ? this.#table(block.head, block.rows, indent)
          : this.#roster(block.folded, block.head, block.rows, indent);
      case 'payload':
        return this.#payload(block, indent);
      case 'excerpt':
        return this.#gutter(this.#excerpt(block.excerpt), indent);
      case 'parameters':
        return this.#parameters(block.label, block.rows, indent);
      case 'diff':
        return this.#diff(block.diff, indent);
      case 'entry':
        return this.#entry(block.entry, indent);
      // The same is above it, in words.
      case 'source':
        return [];
    }
  }

  #entry({ badges, title, place, blocks }: EntryBlock, indent: string): string[] {
    const head: Run[] = [
      ...badges.flatMap((badge) => [this.#badge(badge), run(' ')]),
      ...inlineRuns(title, 'bold'),
      ...(place === undefined ? [] : [run('  '), ...inlineRuns(place, 'dim')]),
    ];
    return [
      '',
      ...this.#lines(head, indent, `${indent}${CONTINUED}`),
      ...this.#blocks(blocks, `${indent}  `),
    ];
  }

  #badge(badge: Badge): Run {
    return run(`[${badge.text}]`, badgeStyle(badge));
  }

  #facts(rows: ReadonlyArray<readonly [string, Line]>, indent: string): string[] {
    const widest = Math.max(...rows.map(([label]) => columnsOf(label)), 0);
    const width = Math.min(widest, Math.floor(this.#width / 3));
    return rows.flatMap(([label, value]) => {
      const hanging = `${indent}${' '.repeat(width + 2)}`;
      const foreign = `${hanging.slice(0, -2)}${CONTINUED}`;
      const further = hasTheirs(value) ? foreign : hanging;
      if (columnsOf(label) > width)
        return [
          ...this.#lines([run(label, 'dim')], indent),
          ...this.#lines(inlineRuns(value), beginsForeign(value) ? foreign : hanging, further),
        ];
      return this.#lines([run(label.padEnd(width + 2), 'dim'), ...inlineRuns(value)], indent, further);
    });
  }

  /** Columns where they fit, else one record per row. */
  #table(head: readonly string[], rows: ReadonlyArray<readonly Line[]>, indent: string): string[] {
    const widths = head.map((title, column) =>
      Math.max(columnsOf(title), ...rows.map((row) => columnsOf(plain(row[column] ?? [])))),
    );
    const lead = rows.some(([first = []]) => beginsForeign(first)) ? CONTINUED.length : 0;
    const total = lead + indent.length + widths.reduce((sum, width) => sum + width + 2, 0);
    if (total <= this.#width) {
      const titles = head.map((title, column) => title.padEnd((widths[column] ?? 0) + 2)).join('');
      return [
        `${indent}${' '.repeat(lead)}${this.#paint('dim', titles.trimEnd())}`,
        ...rows.map((row) => {
          const cells = row.map((cell, column) => {
            const gap = (widths[column] ?? 0) + 2 - columnsOf(plain(cell));
            return `${this.#draw(inlineRuns(cell))}${' '.repeat(gap)}`;
          });
          const gutter = beginsForeign(row[0] ?? []) ? CONTINUED : ' '.repeat(lead);
          return `${indent}${gutter}${cells.join('').trimEnd()}`;
        }),
      ];
    }
    return rows.flatMap(([first = [], ...others]) => [
      ...this.#mixed(first, indent, 'bold'),
      ...this.#facts(
        others.flatMap((cell, index) => (plain(cell) === '' ? [] : [[head[index + 1] ?? '', cell] as const])),
        `${indent}  `,
      ),
    ]);
  }

  /** The first two columns of each row, one after the other. */
  #roster(
    label: string,
    head: readonly string[],
    rows: ReadonlyArray<readonly Line[]>,
    indent: string,
  ): string[] {
    const text = rows.map(([name = [], second = []]) => `${plain(name)} ${plain(second)}`).join(', ');
    const elsewhere = ` (${head.slice(2).join(', ')}: --html, --markdown, --json)`;
    return [
      '',
      ...this.#lines([run(label, 'bold'), run(elsewhere, 'dim')], indent),
      ...this.#lines([run(text)], `${indent}${CONTINUED}`),
    ];
  }

  #payload({ label, text, cutAt }: Extract<Block, { kind: 'payload' }>, indent: string): string[] {
    const head = this.#mixed(label, indent, 'dim');
    if (cutAt === undefined) return [...head, ...this.#gutter(piecesRuns(text), indent)];
    const cut = /[\udc00-\udfff]/.test(text[cutAt] ?? '') ? cutAt - 1 : cutAt;
    return [
      ...head,
      ...this.#gutter(piecesRuns(text.slice(0, cut)), indent),
      ...this.#lines([run(`╌╌ ${grouped(cutAt)} characters: some clients cut here ╌╌`, 'high')], indent),
      ...this.#gutter(piecesRuns(text.slice(cut)), indent),
    ];
  }

  #excerpt({ before, match, after, cut }: Excerpt): Run[][] {
    const flat = (text: string, style: string): Run[] =>
      markedLine(text).map((part) => run(part.text, part.isMark ? 'mark' : style));
    return [
      [
        ...(cut[0] ? [run('… ', 'dim')] : []),
        ...flat(before, 'plain'),
        ...(match === '' ? [] : [run('⟦▸', 'match'), ...flat(match, 'match'), run('◂⟧', 'match')]),
        ...flat(after, 'plain'),
        ...(cut[1] ? [run(' …', 'dim')] : []),
      ],
    ];
  }

  #parameters(label: string, rows: readonly ParameterRow[], indent: string): string[] {
    if (rows.length === 0) return this.#lines([run(`no ${label}`, 'dim')], indent);
    return [
      ...this.#lines([run(label, 'dim')], indent),
      ...rows.flatMap((row) => {
        const details = row.details
          .map(([keyword, value]) => `${keyword} ${canonicalJson(value)}`)
          .join('; ');
        return [
          ...this.#mixed(
            [
              row.path === '' ? 'all of it' : { theirs: row.path },
              '  ',
              { theirs: row.type },
              row.required ? ', required' : '',
              row.freeText ? ', free text' : '',
            ],
            `${indent}  `,
          ),
          ...(details === '' ? [] : this.#gutter(piecesRuns(details), `${indent}    `)),
          ...[row.title, row.description].flatMap((text) =>
            text === undefined
              ? []
              : this.#gutter(
                  piecesRuns(typeof text === 'string' ? text : canonicalJson(text)),
                  `${indent}    `,
                ),
          ),
        ];
      }),
    ];
  }

  #diff({ pointer, badges, words, has }: DiffBlock, indent: string): string[] {
    const side = (kind: 'removed' | 'added'): Run[][] => {
      const runs = words.flatMap((part): Run[] => {
        if (part.kind === 'skipped')
          return [run(mark(`${grouped(part.characters)} characters unchanged`), 'dim')];
        if (part.kind !== 'same' && part.kind !== kind) return [];
        const sign = kind === 'added' ? '+' : '-';
        const parts = markedPieces(reveal(part.text)).map((one) =>
          run(one.text, one.isMark ? 'mark' : part.kind === 'same' ? 'plain' : kind),
        );
        return part.kind === 'same' ? parts : [run(`⟦${sign}`, kind), ...parts, run(`${sign}⟧`, kind)];
      });
      return [runs];
    };
    return [
      ...this.#lines(
        [
          ...badges.flatMap((badge) => [this.#badge(badge), run(' ')]),
          ...inlineRuns([{ theirs: pointer === '' ? '/' : pointer }], 'plain'),
        ],
        indent,
        `${indent}${CONTINUED}`,
      ),
      ...(has.before ? this.#gutter(side('removed'), `${indent}- `) : []),
      ...(has.after ? this.#gutter(side('added'), `${indent}+ `) : []),
    ];
  }

  #gutter(lines: readonly Run[][], indent: string): string[] {
    return lines.flatMap((line) => {
      const width = Math.max(8, this.#width - indent.length - GUTTER.length);
      return wrap(line, width).map((part) =>
        `${indent}${this.#paint('gutter', GUTTER.trimEnd())} ${this.#draw(part)}`.trimEnd(),
      );
    });
  }

  /** Words of ours with text of others among them. */
  #mixed(text: Line, indent: string, style = 'plain'): string[] {
    const foreign = `${indent}${CONTINUED}`;
    return this.#lines(
      inlineRuns(text, style),
      beginsForeign(text) ? foreign : indent,
      hasTheirs(text) ? foreign : `${indent}  `,
    );
  }

  #lines(runs: readonly Run[], indent: string, hanging = indent): string[] {
    const width = Math.max(8, this.#width - Math.max(indent.length, hanging.length));
    return wrap(runs, width).map((line, index) =>
      `${index === 0 ? indent : hanging}${this.#draw(line)}`.trimEnd(),
    );
  }

  #draw(runs: readonly Run[]): string {
    return runs.map(({ text, style }) => this.#paint(style, text)).join('');
  }
}

function run(text: string, style = 'plain'): Run {
  return { text, style };
}

function inlineRuns(line: Line, style = 'plain'): Run[] {
  return line.flatMap((part) =>
    typeof part === 'string'
      ? [run(part, style)]
      : markedLine(part.theirs).map(({ text, isMark }) => run(text, isMark ? 'mark' : style)),
  );
}

function piecesRuns(text: string): Run[][] {
  return linesOf(reveal(text)).map((line) =>
    markedPieces(line).map((part) => run(part.text, part.isMark ? 'mark' : 'plain')),
  );
}

function plain(line: Line): string {
  return inlineRuns(line)
    .map(({ text }) => text)
    .join('');
}

function beginsForeign(line: Line): boolean {
  return typeof line.find((part) => part !== '') === 'object';
}

function hasTheirs(line: Line): boolean {
  return line.some((part) => typeof part !== 'string');
}
