// Names of entries, by which they refer to one another. Positions, never text of others.

export const findingId = (index: number): string => `finding-${index + 1}`;
export const definitionId = (index: number): string => `definition-${index + 1}`;
export const changeId = (index: number): string => `change-${index + 1}`;
