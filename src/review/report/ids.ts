// Names of entries, by which they refer to one another. Positions, never text of others.

import type { Finding } from '../findings.ts';

export const findingId = (index: number): string => `finding-${index + 1}`;
export const definitionId = (index: number): string => `definition-${index + 1}`;
export const changeId = (index: number): string => `change-${index + 1}`;

/** All at once: a server may bring about a hundred thousand, and to look each up in the list takes the square of that. */
export function findingIds(findings: readonly Finding[]): ReadonlyMap<Finding, string> {
  return new Map(findings.map((finding, index) => [finding, findingId(index)]));
}
