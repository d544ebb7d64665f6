// What design 5 allows, and how a figure is held against it.

/** `over-bare`: the difference to the bare server counts; `absolute`: the figure itself. */
export interface Budget {
  readonly most: number;
  readonly of: 'over-bare' | 'absolute';
}

export const BUDGETS = {
  startWithoutVerification: { most: 40, of: 'over-bare' },
  call200B: { most: 0.1, of: 'over-bare' },
  call1MB: { most: 10, of: 'over-bare' },
  verification: { most: 100, of: 'absolute' },
  memory: { most: 40, of: 'absolute' },
  /** The launcher and bubblewrap's two. */
  processes: { most: 3, of: 'absolute' },
  gone: { most: 100, of: 'absolute' },
} as const satisfies Record<string, Budget>;

export function spent(budget: Budget, figure: number, overBare: number | undefined): number | undefined {
  return budget.of === 'absolute' ? figure : overBare;
}
