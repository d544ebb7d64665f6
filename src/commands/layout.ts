// Columns and paragraphs of plain text. Pure; callers escape what is not ours before it comes here.

const GAP = '  ';

/** Rows as aligned columns, one line each, nothing after the last cell's text. The width of a cell is counted in code points. */
export function columns(rows: ReadonlyArray<readonly string[]>, indent = ''): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
  return rows.map((row) => {
    const cells = row.map(
      (cell, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell))),
    );
    return `${indent}${cells.join(GAP)}`.trimEnd();
  });
}

/** Words filled into lines of at most `width`, all indented; a longer word stands alone. */
export function paragraph(text: string, indent = '', width = 100): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, indent + line];
}

function widthOf(cell: string): number {
  return Array.from(cell).length;
}
