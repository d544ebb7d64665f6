// Two collected versions of one package side by side: packages, files, definitions. Pure.
import type { Change } from '../verify/compare.ts';
import { compareWithApproved, type DefinitionDiff } from './compare.ts';
import type { PackageFact, ReviewMaterial } from './material.ts';

export interface PackageChange {
  readonly name: string;
  /** Versions, sorted; several when the package stands in several places. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** What the new ones bring that no older one had. */
  readonly installScripts: readonly string[];
  readonly native: readonly string[];
}

export interface VersionDiff {
  readonly package: string;
  readonly before: string;
  readonly after: string;
  readonly packages: readonly PackageChange[];
  readonly files: readonly Change[];
  /** Generations that one of the two does not speak. */
  readonly generations: { readonly gone: readonly string[]; readonly new: readonly string[] };
  readonly definitions: readonly DefinitionDiff[];
}

type Side = Pick<ReviewMaterial, 'package' | 'definitions'>;

export function compareVersions(before: Side, after: Side, files: readonly Change[]): VersionDiff {
  return {
    package: after.package.name,
    before: before.package.version,
    after: after.package.version,
    packages: comparePackages(before.package.packages, after.package.packages),
    files,
    generations: compareGenerations(before, after),
    definitions: compareWithApproved(before.definitions, after.definitions),
  };
}

function comparePackages(before: readonly PackageFact[], after: readonly PackageFact[]): PackageChange[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))].toSorted();
  return names.flatMap((name) => {
    const [old, now] = [before, after].map((list) => list.filter((fact) => fact.name === name));
    const versions = (facts: readonly PackageFact[] = []) =>
      [...new Set(facts.map((fact) => fact.version))].toSorted();
    const integrities = (facts: readonly PackageFact[] = []) =>
      [...new Set(facts.map((fact) => fact.integrity))].toSorted().join(' ');
    if (integrities(old) === integrities(now)) return [];
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

function compareGenerations(before: Side, after: Side): VersionDiff['generations'] {
  const spoken = ({ definitions }: Side) => [
    ...new Set(definitions.map(({ context }) => context.generation)),
  ];
  const [old, now] = [spoken(before), spoken(after)];
  return {
    gone: old.filter((generation) => !now.includes(generation)),
    new: now.filter((generation) => !old.includes(generation)),
  };
}

export function isEmpty({ packages, files, generations, definitions }: VersionDiff): boolean {
  return [packages, files, generations.gone, generations.new, definitions].every((list) => list.length === 0);
}
