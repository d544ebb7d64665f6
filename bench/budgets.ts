// What design 5 allows, and how a figure is held against it.

/** `over-bare`: the difference to the bare server counts; `times-bare`: the ratio to it; `absolute`: the figure itself. */
export interface Budget {
  readonly most: number;
  readonly of: 'over-bare' | 'times-bare' | 'absolute';
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
  startWithEgress: { most: 25, of: 'over-bare' },
  connect: { most: 1, of: 'over-bare' },
  /** At least 60 % of direct throughput. */
  receive: { most: 1 / 0.6, of: 'times-bare' },
} as const satisfies Record<string, Budget>;

export interface Figures {
  readonly cordon: number;
  readonly bare: number | undefined;
  readonly overBare: number | undefined;
}

/** What is held against the budget; undefined when it cannot be told. */
export function spent(budget: Budget, { cordon, bare, overBare }: Figures): number | undefined {
  switch (budget.of) {
    case 'absolute':
      return cordon;
    case 'over-bare':
      return overBare;
    case 'times-bare':
      return bare === undefined ? undefined : cordon / bare;
  }
}
