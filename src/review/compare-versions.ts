// Two collected versions of one package side by side: packages, files, definitions. Pure.
import type { Change } from '../verify/compare.ts';
import { compareWithApproved, type DefinitionDiff } from './compare.ts';
import { comparePackages, type PackageChange } from './compare-packages.ts';
import type { ReviewMaterial } from './material.ts';

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
