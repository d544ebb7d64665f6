// The one way from text of others to something that may be shown: every renderer draws these pieces and nothing else of a
// server. A piece of text has nothing hidden in it; what is hidden, and blanks wide enough to push text out of sight, are
// pieces of their own.
import { type HiddenCharacter, type HiddenKind, decodeHidden, hiddenCharacters } from './hidden.ts';

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'break' }
  | {
      readonly kind: 'hidden';
      readonly code: number;
      readonly of: HiddenKind;
      readonly explained: boolean;
    }
  /** Several of one kind, which only say something together. */
  | {
      readonly kind: 'smuggled';
      readonly of: 'tag' | 'selector';
      readonly count: number;
      readonly first: number;
      readonly last: number;
      readonly decoded: string | undefined;
    }
  | { readonly kind: 'blank'; readonly what: 'spaces' | 'lines'; readonly count: number };

const LONG_LINES = 3;

export function reveal(text: string): Piece[] {
  const pieces: Piece[] = [];
  const hidden = hiddenCharacters(text);
  let from = 0;
  for (let at = 0; at < hidden.length; at += 1) {
    const character = hidden[at] as HiddenCharacter;
    pushPlain(pieces, text.slice(from, character.index));
    const run = smuggledRun(hidden, at);
    const last = run.at(-1) ?? character;
    if (run.length > 1 && (character.kind === 'tag' || character.kind === 'selector')) {
      pieces.push({
        kind: 'smuggled',
        of: character.kind,
        count: run.length,
        first: character.code,
        last: last.code,
        decoded: decodeHidden(run),
      });
      at += run.length - 1;
    } else
      pieces.push({
        kind: 'hidden',
        code: character.code,
        of: character.kind,
        explained: character.explained,
      });
    from = last.index + last.length;
  }
  pushPlain(pieces, text.slice(from));
  return pieces;
}

/** Neighbours of the same kind, for the kinds that carry text. */
export function smuggledRun(hidden: readonly HiddenCharacter[], at: number): HiddenCharacter[] {
  const first = hidden[at];
  if (first === undefined) return [];
  const run = [first];
  if (first.explained || (first.kind !== 'tag' && first.kind !== 'selector')) return run;
  for (let next = at + 1; next < hidden.length; next += 1) {
    const before = run.at(-1) as HiddenCharacter;
    const character = hidden[next] as HiddenCharacter;
    if (character.kind !== first.kind || character.index !== before.index + before.length) break;
    run.push(character);
  }
  return run;
}

/** In line with text ten blanks are no longer layout, nor twenty-four at its start. */
const BLANKS = /\r?\n(?:[ \t]*\r?\n)*|(?<=[^\s])[ \t]{10,}|[ \t]{24,}|\t/g;

function pushPlain(pieces: Piece[], text: string): void {
  let from = 0;
  for (const { 0: blank, index } of text.matchAll(BLANKS)) {
    pushText(pieces, text.slice(from, index));
    pushBlank(pieces, blank);
    from = index + blank.length;
  }
  pushText(pieces, text.slice(from));
}

function pushText(pieces: Piece[], text: string): void {
  if (text !== '') pieces.push({ kind: 'text', text });
}

function pushBlank(pieces: Piece[], blank: string): void {
  if (!blank.includes('\n')) {
    if (blank === '\t') pushText(pieces, '    ');
    else pieces.push({ kind: 'blank', what: 'spaces', count: blank.length });
    return;
  }
  const ends = blank.split('\n').length - 1;
  if (ends - 1 > LONG_LINES) {
    pieces.push({ kind: 'break' }, { kind: 'blank', what: 'lines', count: ends - 1 }, { kind: 'break' });
  } else for (let end = 0; end < ends; end += 1) pieces.push({ kind: 'break' });
}

/** Pieces by line: what stands between breaks. */
export function linesOf(pieces: readonly Piece[]): Piece[][] {
  const lines: Piece[][] = [[]];
  for (const piece of pieces) {
    if (piece.kind === 'break') lines.push([]);
    else lines.at(-1)?.push(piece);
  }
  return lines;
}
