// Lines that fit. A terminal that wraps by itself would put text of others into its first column, where only the report may
// stand (AN-08); so nothing longer than the width is ever written.

export interface Run {
  readonly text: string;
  /** How it is painted; wrapping does not look at it. */
  readonly style: string;
}

/** Two columns from here on, wherever a terminal might draw it so: too short a line does no harm. */
const WIDE_FROM = 0x1100;

export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text)
    columns += (character.codePointAt(0) ?? 0) >= WIDE_FROM && !BOX.test(character) ? 2 : 1;
  return columns;
}

/** What the report itself draws with. */
const BOX = /[\u2010-\u2027\u2190-\u21ff\u2500-\u25ff\u27e6\u27e7]/;

/** Breaks at blanks where it can, and anywhere where it must. Only blanks at the end of a line are left out. */
export function wrap(runs: readonly Run[], width: number): Run[][] {
  const lines: Run[][] = [];
  let line: Run[] = [];
  let used = 0;
  const flush = (): void => {
    lines.push(withoutEnd(line));
    line = [];
    used = 0;
  };
  for (const run of runs)
    for (const word of run.text.split(/(?<= )(?=[^ ])/)) {
      const columns = columnsOf(word.trimEnd());
      // What fits on no line begins where it stands.
      if (used > 0 && columns <= width && used + columns > width) flush();
      for (const part of hardPieces(word, width - used, width)) {
        if (used > 0 && used + columnsOf(part.trimEnd()) > width) flush();
        line.push({ text: part, style: run.style });
        used += columnsOf(part);
      }
    }
  if (line.length > 0 || lines.length === 0) flush();
  return lines;
}

function withoutEnd(line: readonly Run[]): Run[] {
  const last = line.at(-1);
  if (last === undefined || !last.text.endsWith(' ')) return [...line];
  const text = last.text.trimEnd();
  const others = line.slice(0, -1);
  return text === '' ? withoutEnd(others) : [...others, { ...last, text }];
}

/** `first`: what is left of the line that it begins on. */
function hardPieces(word: string, first: number, width: number): string[] {
  if (columnsOf(word.trimEnd()) <= width) return [word];
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const character of word) {
    const columns = columnsOf(character);
    if (used + columns > (pieces.length === 0 ? first : width)) {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += character;
    used += columns;
  }
  return piece === '' ? pieces : [...pieces, piece];
}
