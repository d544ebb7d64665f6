// The packages of two trees side by side: for a review against what was approved, and for two versions. Pure.
import type { PackageFact } from './material.ts';

export interface PackageChange {
  readonly name: string;
  /** Versions, sorted; several when the package stands in several places. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** What the new ones bring that no older one had. */
  readonly installScripts: readonly string[];
  readonly native: readonly string[];
}

/** By name. A package is another one when its version or its tarball is. */
export function comparePackages(
  before: readonly PackageFact[],
  after: readonly PackageFact[],
): PackageChange[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))].toSorted();
  return names.flatMap((name) => {
    const [old, now] = [before, after].map((list) => list.filter((fact) => fact.name === name));
    const versions = (facts: readonly PackageFact[] = []) =>
      [...new Set(facts.map((fact) => fact.version))].toSorted();
    const contents = (facts: readonly PackageFact[] = []) =>
      [...new Set(facts.map((fact) => `${fact.version} ${fact.integrity}`))].toSorted().join(' ');
    if (contents(old) === contents(now)) return [];
    const added = (of: 'installScripts' | 'native') => {
      const known = new Set(old?.flatMap((fact) => fact[of]));
      return [...new Set(now?.flatMap((fact) => fact[of]))].filter((one) => !known.has(one)).toSorted();
    };
    return [
      {
        name,
        before: versions(old),
        after: versions(now),
        installScripts: added('installScripts'),
        native: added('native'),
      },
    ];
  });
}
