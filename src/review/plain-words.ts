// Small wordings that the report and its rules share.

const BUCKETS = [1, 2, 5, 10, 20, 60] as const;

/** Coarse on purpose: two reviewers of the same server must get the same bytes. */
export function startWords(ms: number): string {
  const seconds = BUCKETS.find((bucket) => ms < bucket * 1000);
  return seconds === undefined ? longerThan(ms) : `within ${seconds} s`;
}

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
