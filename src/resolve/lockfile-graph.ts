// The edges of a lockfile: who asked for which entry, and under what name. An entry that nobody asks for is installed
// by npm all the same (integrity.md 1.2), and an entry may call itself another package than the one that is asked for.
import { quote } from '../escape.ts';
import { jsonPath } from '../json/json-path.ts';
import { isPlacedName, lookups, placedNames } from './install-path.ts';
import type { LockfileEntry } from './lockfile-schema.ts';

export interface LockfileNode {
  readonly path: string;
  /** Name in the registry. */
  readonly name: string;
  readonly entry: LockfileEntry;
  /** Paths of the entries it cannot do without. */
  readonly required: readonly string[];
  /** Paths of the entries it uses when they are there: optional ones and peers. */
  readonly wished: readonly string[];
}

export interface LockfileGraph {
  readonly root: Pick<LockfileNode, 'required'>;
  readonly nodes: ReadonlyMap<string, LockfileNode>;
}

type Report = (path: readonly PropertyKey[], message: string) => void;

/**
 * Entries by install path (already of npm's form) -> their graph; every fault of it goes to `report`.
 * @param unreadable paths that are there but whose entries could not be read
 */
export function buildGraph(
  dependencies: Readonly<Record<string, string>>,
  entries: ReadonlyMap<string, LockfileEntry>,
  unreadable: ReadonlySet<string>,
  report: Report,
): LockfileGraph {
  const find = (from: string, name: string) =>
    [...lookups(from, name)].find((path) => entries.has(path) || unreadable.has(path));
  const nodes = new Map<string, LockfileNode>();
  for (const [path, entry] of entries) {
    const name = entry.name ?? placedNames(path)?.at(-1) ?? path;
    const required = new Set<string>();
    const wished = new Set<string>();
    for (const [kind, wanted, range] of edgesOf(entry)) {
      const place = ['packages', path, kind, wanted];
      const target = isPlacedName(wanted) ? find(path, wanted) : undefined;
      if (!isPlacedName(wanted)) report(place, 'is not the name of a package');
      else if (target !== undefined) {
        (kind === 'dependencies' ? required : wished).add(target);
        checkName(place, wanted, range, target, entries.get(target), report);
      } else if (kind === 'dependencies' && entry.inBundle === undefined)
        report(place, 'is not in the lockfile');
      // What comes inside a tarball is not fetched by these words.
      if (kind !== 'peerDependencies' && entry.inBundle === undefined) checkRange(place, range, report);
    }
    nodes.set(path, { path, name, entry, required: [...required], wished: [...wished] });
  }
  const root = Object.keys(dependencies).map((name) => `node_modules/${name}`);
  return { root: { required: root.filter((path) => entries.has(path)) }, nodes: withBundles(nodes, report) };
}

function* edgesOf(entry: LockfileEntry) {
  for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies'] as const) {
    for (const [name, range] of Object.entries(entry[kind] ?? {})) {
      // npm lists an optional dependency under both keys when the package does.
      if (kind === 'dependencies' && Object.hasOwn(entry.optionalDependencies ?? {}, name)) continue;
      yield [kind, name, range] as const;
    }
  }
}

const ALIAS = /^npm:((?:@[^/@]+\/)?[^/@]+)(?:@[^/:]*)?$/;

function checkRange(place: readonly string[], range: string, report: Report): void {
  if (/[:/\\]/.test(range) && !ALIAS.test(range)) {
    report(place, `must be a range of the registry, not git, a file, a link or a URL: ${quote(range, 80)}`);
  }
}

function checkName(
  place: readonly string[],
  askedAs: string,
  range: string,
  target: string,
  entry: LockfileEntry | undefined,
  report: Report,
): void {
  if (entry === undefined || entry.inBundle !== undefined) return;
  const expected = ALIAS.exec(range)?.[1] ?? askedAs;
  const found = entry.name ?? placedNames(target)?.at(-1) ?? '';
  if (found !== expected) {
    report(
      ['packages', target, 'name'],
      `is ${quote(found)}, but ${jsonPath(place)} asks for ${quote(expected)}`,
    );
  }
}

/** A package that brings others in its own tarball needs them: an edge to each. */
function withBundles(
  nodes: ReadonlyMap<string, LockfileNode>,
  report: Report,
): ReadonlyMap<string, LockfileNode> {
  const bundled = new Map<string, string[]>();
  for (const node of nodes.values()) {
    const parent = parentOf(nodes, node.path);
    if (node.entry.inBundle === undefined) {
      if (parent?.entry.inBundle !== undefined)
        report(['packages', node.path], 'stands inside a bundled package without being bundled');
      continue;
    }
    const bundler = bundlerOf(nodes, node.path);
    if (bundler === undefined)
      report(['packages', node.path, 'inBundle'], 'no package above it bundles others');
    else bundled.set(bundler.path, [...(bundled.get(bundler.path) ?? []), node.path]);
  }
  return new Map(
    [...nodes].map(([path, node]) => [
      path,
      { ...node, required: [...node.required, ...(bundled.get(path) ?? [])] },
    ]),
  );
}

function parentOf(nodes: ReadonlyMap<string, LockfileNode>, path: string): LockfileNode | undefined {
  return nodes.get(path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))));
}

/** The nearest package above that is fetched itself; it must say that it bundles. */
function bundlerOf(nodes: ReadonlyMap<string, LockfileNode>, path: string): LockfileNode | undefined {
  const parent = parentOf(nodes, path);
  if (parent?.entry.inBundle !== undefined) return bundlerOf(nodes, parent.path);
  const bundles = parent?.entry.bundleDependencies;
  return bundles === true || (Array.isArray(bundles) && bundles.length > 0) ? parent : undefined;
}

/** Paths reached from the root through entries for which `enter` holds. */
export function reachable(graph: LockfileGraph, enter: (node: LockfileNode) => boolean): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...graph.root.required];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const node = graph.nodes.get(path);
    if (node === undefined || seen.has(path) || !enter(node)) continue;
    seen.add(path);
    waiting.push(...node.required, ...node.wished);
  }
  return seen;
}
