export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error('no values to take a median of');
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Another one first each time: whoever comes after a heavy neighbour pays for it. */
export function rotated<T>(values: readonly T[], by: number): readonly T[] {
  const from = by % Math.max(1, values.length);
  return [...values.slice(from), ...values.slice(0, from)];
}

/** Median of the differences round by round, so that a busy moment of the machine is in both sides of each. */
export function medianDifference(values: readonly number[], from: readonly number[]): number {
  return median(values.map((value, round) => value - (from[round] ?? Number.NaN)));
}
