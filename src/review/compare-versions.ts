// Two collected versions of one package side by side: packages, files, definitions. Pure.
import { compareDefinitions, type DefinitionChange } from '../pins/compare-definitions.ts';
import {
  type DefinitionContext,
  type DefinitionKind,
  type Definitions,
  KINDS,
  LIST_MEMBER,
} from '../pins/definitions.ts';
import type { Change } from '../verify/compare.ts';
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

type Named = Exclude<DefinitionChange, { readonly change: 'added' }>;

export interface ContextChange {
  readonly context: DefinitionContext;
  /** `gone`, `new`: the server did not speak this generation on the other side. */
  readonly status: 'both' | 'gone' | 'new';
  readonly changes: readonly Named[];
  /** By their names, which nobody approved: escape before showing. */
  readonly added: ReadonlyArray<{ readonly kind: DefinitionKind; readonly key: string }>;
}

export interface VersionDiff {
  readonly package: string;
  readonly before: string;
  readonly after: string;
  readonly packages: readonly PackageChange[];
  readonly files: readonly Change[];
  readonly contexts: readonly ContextChange[];
}

type Side = Pick<ReviewMaterial, 'package' | 'definitions'>;

export function compareVersions(before: Side, after: Side, files: readonly Change[]): VersionDiff {
  return {
    package: after.package.name,
    before: before.package.version,
    after: after.package.version,
    packages: comparePackages(before.package.packages, after.package.packages),
    files,
    contexts: compareContexts(before, after),
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

/** Contexts are told apart by generation and capabilities: the version of the protocol may be what changed. */
function compareContexts(before: Side, after: Side): ContextChange[] {
  const key = ({ generation, clientCapabilities }: DefinitionContext) =>
    `${generation} ${JSON.stringify(clientCapabilities)}`;
  const old = new Map(before.definitions.map((one) => [key(one.context), one]));
  const now = new Map(after.definitions.map((one) => [key(one.context), one]));
  const gone = [...old].flatMap(([id, { context }]): ContextChange[] =>
    now.has(id) ? [] : [{ context, status: 'gone', changes: [], added: [] }],
  );
  const there = [...now].map(([id, definitions]): ContextChange => {
    const known = old.get(id);
    const { context } = definitions;
    if (known === undefined) return { context, status: 'new', changes: [], added: [] };
    const changes = compareDefinitions(known, definitions).filter(
      (change): change is Named => !('change' in change) || change.change !== 'added',
    );
    return { context, status: 'both', changes, added: addedTo(known, definitions) };
  });
  return [...gone, ...there];
}

function addedTo(before: Definitions, after: Definitions): ContextChange['added'] {
  return KINDS.flatMap((kind) => {
    const known = new Set(before[LIST_MEMBER[kind]].map(({ key }) => key));
    return after[LIST_MEMBER[kind]].filter(({ key }) => !known.has(key)).map(({ key }) => ({ kind, key }));
  });
}

export function isEmpty({ packages, files, contexts }: VersionDiff): boolean {
  return (
    packages.length === 0 &&
    files.length === 0 &&
    contexts.every(({ status, changes, added }) => status === 'both' && changes.length + added.length === 0)
  );
}
