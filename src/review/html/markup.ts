// The only way to make HTML here: a tag function that escapes every value but markup made by itself. A string of others
// becomes pieces (`foreign`), of which each hidden character is an element of its own.
import { codePointText, longName, shortName } from '../hidden.ts';
import { grouped } from '../plain-words.ts';
import { type Piece, reveal } from '../reveal.ts';
import type { Line } from '../report/blocks.ts';

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Markup | undefined | readonly Markup[];

export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  let text = strings[0] ?? '';
  for (const [index, value] of values.entries()) text += render(value) + (strings[index + 1] ?? '');
  return new Markup(text);
}

function render(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map((one) => one.text).join('');
  return escapeHtml(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');
}

/** Text of others in one line, apart from the direction of what stands around it. */
export function foreign(text: string): Markup {
  return html`<bdi class="foreign">${pieces(reveal(text))}</bdi>`;
}

export function inline(line: Line): Markup {
  return html`${line.map((part) => (typeof part === 'string' ? ours(part) : foreign(part.theirs)))}`;
}

const DIGEST = /(sha256:[0-9a-f]{64}|\b[0-9a-f]{64}\b|--digest [0-9a-f]+)/;

function ours(text: string): Markup {
  return html`${text.split(DIGEST).map((part, index) => (index % 2 === 1 ? html`<span class="digest">${part}</span>` : html`${part}`))}`;
}

export function pieces(list: readonly Piece[]): Markup[] {
  return list.map((piece) => {
    switch (piece.kind) {
      case 'text':
        return html`${piece.text}`;
      case 'break':
        return badge('break', '↵', 'line end');
      case 'hidden': {
        const point = codePointText(piece.code);
        const name = shortName(piece.code);
        const title = `${point} ${longName({ code: piece.code, kind: piece.of })}`;
        return badge(piece.explained ? 'quiet' : piece.of, name === '' ? point : name, title);
      }
      case 'smuggled': {
        const what = piece.of === 'tag' ? 'tag characters' : 'variation selectors';
        const title = `${piece.count} ${what}, ${codePointText(piece.first)} to ${codePointText(piece.last)}`;
        const said = piece.decoded === undefined ? html`` : html` <q>${piece.decoded}</q>`;
        return html`<span class="cp smuggled" title="${title}">${piece.count} ${what}${said}</span>`;
      }
      case 'blank': {
        const words = `${grouped(piece.count)} ${piece.what === 'lines' ? 'blank lines' : 'blanks'}`;
        return badge('blank', words, words);
      }
    }
  });
}

function badge(kind: string, text: string, title: string): Markup {
  return html`<span class="cp ${kind}" title="${title}">${text}</span>`;
}
