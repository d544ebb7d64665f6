/** What makes a filter impossible to write down. All are faults of the policy, found when it is compiled. */
export type FilterFault =
  | { readonly kind: 'label-unknown'; readonly label: string }
  | { readonly kind: 'label-repeated'; readonly label: string }
  /** Jumps only go forward and hold the distance in 8 bits. */
  | { readonly kind: 'jump-out-of-reach'; readonly label: string; readonly distance: number }
  /** The kernel takes 4096 instructions at most. */
  | { readonly kind: 'too-long'; readonly instructions: number }
  | { readonly kind: 'value-out-of-range'; readonly value: number }
  | { readonly kind: 'condition-empty'; readonly syscall: string }
  | { readonly kind: 'syscall-repeated'; readonly syscall: string };

/** A policy that cannot be compiled. Never user input: it becomes INTERNAL at the top. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  readonly fault: FilterFault;

  constructor(fault: FilterFault) {
    super(`the system call filter cannot be compiled: ${JSON.stringify(fault)}`);
    this.fault = fault;
  }
}
