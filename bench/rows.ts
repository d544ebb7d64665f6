// What was measured, as data: bench.ts fills it, table.ts and `--json` show it.
import type { Budget } from './budgets.ts';
import type { ContenderName } from './contenders.ts';

export type Unit = 'ms' | 'MiB' | '';

/** A figure, or why there is none. */
export type Cell = number | string;

export interface Row {
  readonly id: string;
  readonly label: string;
  readonly unit: Unit;
  readonly cells: Readonly<Partial<Record<ContenderName, Cell>>>;
  /** The cordon column over the bare one, where it was measured round by round; else the difference of the two cells. */
  readonly overBare?: number;
  /** What the cordon column may cost. */
  readonly budget?: Budget;
}
