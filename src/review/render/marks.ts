// Pieces -> one line of text, for terminals and Markdown. What was hidden stands in white square brackets, which are escaped
// themselves where others write them: so no text can forge a mark, and none can hide that it has one.
import { shortName } from '../hidden.ts';
import { grouped } from '../plain-words.ts';
import { type Piece, reveal } from '../reveal.ts';

export interface MarkedText {
  readonly text: string;
  /** Ours: a mark for what is not drawn. */
  readonly isMark: boolean;
}

export function markedPieces(pieces: readonly Piece[]): MarkedText[] {
  return pieces.flatMap((piece) => {
    if (piece.kind !== 'text') return [{ text: mark(words(piece)), isMark: true }];
    return splitBrackets(piece.text);
  });
}

/** All of it in one line, line ends marked. */
export function markedLine(text: string): MarkedText[] {
  return markedPieces(reveal(text));
}

export function markedString(text: string): string {
  return markedLine(text)
    .map((part) => part.text)
    .join('');
}

export function mark(content: string): string {
  return `⟦${content}⟧`;
}

/** Ours in others' text, and what makes a log of a CI service a command (`##vso[…]` counts anywhere in a line). */
const FORGED = /[⟦⟧]|##(?=\[|vso\[)/gu;

function splitBrackets(text: string): MarkedText[] {
  const parts: MarkedText[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(FORGED)) {
    if (index > from) parts.push({ text: text.slice(from, index), isMark: false });
    parts.push({
      text: found === '##' ? `#${mark('\\x23')}` : mark(codePoint(found.codePointAt(0) ?? 0)),
      isMark: true,
    });
    from = index + found.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isMark: false });
  return parts;
}

function words(piece: Exclude<Piece, { readonly kind: 'text' }>): string {
  switch (piece.kind) {
    case 'break':
      return '\\n';
    case 'hidden': {
      const name = shortName(piece.code);
      return name === '' ? codePoint(piece.code) : `${codePoint(piece.code)} ${name}`;
    }
    case 'smuggled': {
      const what = piece.of === 'tag' ? 'tag characters' : 'variation selectors';
      const range = `${piece.count} ${what} ${codePoint(piece.first)}…${codePoint(piece.last)}`;
      return piece.decoded === undefined ? range : `${range} that say ${JSON.stringify(piece.decoded)}`;
    }
    case 'blank':
      return `${grouped(piece.count)} ${piece.what === 'lines' ? 'blank lines' : 'blanks'}`;
  }
}

/** As `escapeText` writes it. */
function codePoint(code: number): string {
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
