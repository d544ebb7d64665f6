// Small wordings that the report and its rules share.

const BUCKETS = [1, 2, 5, 10, 20, 60] as const;

/** Coarse on purpose: it must not differ between two reviewers more often than it has to. */
export function longerThan(ms: number): string {
  return `longer than ${BUCKETS.findLast((bucket) => ms >= bucket * 1000) ?? 0} s`;
}

/** `1 file`, `2,345 files`. */
export function countWords(amount: number, one: string, many = `${one}s`): string {
  return `${grouped(amount)} ${amount === 1 ? one : many}`;
}

/** Thousands apart, the same in every locale. */
export function grouped(amount: number): string {
  return String(amount).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
