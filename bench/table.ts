// Rows -> one table. Figures are medians; `×` is the ratio to the bare server of the same run.
import { type Budget, spent } from './budgets.ts';
import { CONTENDER_LABELS, CONTENDER_NAMES } from './contenders.ts';
import type { Cell, Row, Unit } from './rows.ts';

export function renderTable(rows: readonly Row[]): string {
  const head = [
    'median',
    ...CONTENDER_NAMES.map((name) => CONTENDER_LABELS[name]),
    'cordon over bare',
    'budget',
    '',
  ];
  const lines = [head, ...rows.map(renderRow)];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function renderRow(row: Row): string[] {
  const { bare } = row.cells;
  const bareFigure = typeof bare === 'number' ? bare : undefined;
  const over = overBare(row);
  return [
    row.label,
    ...CONTENDER_NAMES.map((name) =>
      renderCell(row.cells[name], row.unit, name === 'bare' ? undefined : bareFigure),
    ),
    over === undefined ? '' : signed(over, row.unit),
    row.budget === undefined ? '' : renderBudget(row.budget, row.unit),
    verdict(row),
  ];
}

function renderBudget({ of, most }: Budget, unit: Unit): string {
  switch (of) {
    case 'absolute':
      return `≤ ${amount(most, unit)}`;
    case 'over-bare':
      return `≤ +${amount(most, unit)}`;
    case 'times-bare':
      return `≤ ×${most.toFixed(2)}`;
  }
}

/** `ok` or `over`, as the budget says; `?` when there is no figure to hold against it. */
export function verdict(row: Row): 'ok' | 'over' | '?' | '' {
  const { budget, cells } = row;
  if (budget === undefined) return '';
  if (typeof cells.cordon !== 'number') return '?';
  const bare = typeof cells.bare === 'number' ? cells.bare : undefined;
  const figure = spent(budget, { cordon: cells.cordon, bare, overBare: overBare(row) });
  if (figure === undefined) return '?';
  return figure <= budget.most ? 'ok' : 'over';
}

function overBare({ overBare: measured, cells: { bare, cordon } }: Row): number | undefined {
  if (measured !== undefined) return measured;
  return typeof cordon === 'number' && typeof bare === 'number' ? cordon - bare : undefined;
}

function renderCell(cell: Cell | undefined, unit: Unit, bare: number | undefined): string {
  if (cell === undefined) return '–';
  if (typeof cell === 'string') return cell;
  const ratio = bare === undefined || bare === 0 ? '' : ` ×${(cell / bare).toFixed(2)}`;
  return `${amount(cell, unit)}${ratio}`;
}

function signed(value: number, unit: Unit): string {
  return `${value < 0 ? '−' : '+'}${amount(Math.abs(value), unit)}`;
}

function amount(value: number, unit: Unit): string {
  if (unit === '') return String(value);
  if (unit === 'ms' && value < 2) return `${Math.round(value * 1000)} µs`;
  return `${value.toFixed(value < 100 ? 1 : 0)} ${unit}`;
}
