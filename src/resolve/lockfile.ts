// package-lock.json (v3) as npm writes it, read strictly: what Arborist forgives (integrity.md 1.2) is an error here.
import { checkShape } from '../json/check-shape.ts';
import { jsonPath } from '../json/json-path.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import { lockfileInvalid, packageUnsupported } from '../messages/resolve.ts';
import { npmPlatform, type Platform } from '../platform.ts';
import { EXACT_VERSION } from '../profile/schema.ts';
import { placedNames } from './install-path.ts';
import { buildGraph, type LockfileGraph, type LockfileNode, reachable } from './lockfile-graph.ts';
import { entrySchema, type LockfileEntry, lockfileSchema, rootSchema } from './lockfile-schema.ts';

/** One package of the lockfile that belongs into the tree. */
export type LockedPackage = {
  /** Where it is placed: `node_modules/a` or `node_modules/a/node_modules/b`, forward slashes, never escaping. */
  readonly path: string;
  /** Its name in the registry; differs from the end of `path` when the lockfile holds an alias. */
  readonly name: string;
  readonly version: string;
  /** The tree may do without it (an optional dependency). */
  readonly optional: boolean;
} & (
  | { readonly bundled: false /** npm's SRI, `sha512-…`. */; readonly integrity: string }
  /** Comes inside the tarball of the package above it: nothing to fetch. */
  | { readonly bundled: true; readonly integrity: undefined }
);

export interface Lockfile {
  /** Packages that the root asks for: exactly what `cordon pin` wrote, name to exact version. */
  readonly dependencies: ReadonlyMap<string, string>;
  /** Every package, sorted by path. */
  readonly packages: readonly LockedPackage[];
  readonly graph: LockfileGraph;
}

/** @throws CordonError LOCKFILE_INVALID with all faults as details */
export function parseLockfile(text: string): Lockfile {
  const json = parseStrictJson(text);
  if (!json.ok) throw lockfileInvalid(json.issues.map((issue) => `${issue.path}: ${issue.message}`));
  const shell = checkShape(lockfileSchema, json.value);
  if (!shell.ok) throw lockfileInvalid(shell.lines);

  const faults: string[] = [];
  const report = (path: readonly PropertyKey[], message: string) =>
    faults.push(`${jsonPath(path)}: ${message}`);
  const root = checkShape(rootSchema, shell.value.packages[''], ['packages', '']);
  const dependencies = root.ok ? root.value.dependencies : {};
  if (!root.ok) faults.push(...root.lines);
  const { entries, unreadable } = readEntries(shell.value.packages, faults);
  const graph = buildGraph(dependencies, entries, unreadable, report);
  checkRoot(dependencies, entries, unreadable, report);
  checkPlaces(graph, unreadable, report);
  // With an entry missing from the graph everything below it would look as if nobody asked for it.
  if (root.ok && unreadable.size === 0) checkReachable(graph, report);
  if (faults.length > 0) throw lockfileInvalid(faults);

  const packages = [...graph.nodes.values()].map(toPackage).toSorted(byPath);
  return { dependencies: new Map(Object.entries(dependencies)), packages, graph };
}

/** Entries by path; those of a wrong shape only by path, so that nothing is said twice about them. */
function readEntries(packages: Readonly<Record<string, unknown>>, faults: string[]) {
  const entries = new Map<string, LockfileEntry>();
  const unreadable = new Set<string>();
  for (const [path, value] of Object.entries(packages)) {
    if (path === '') continue;
    if (placedNames(path) === undefined) {
      faults.push(`${jsonPath(['packages', path])}: must be a path such as "node_modules/a/node_modules/b"`);
      continue;
    }
    const entry = checkShape(entrySchema, value, ['packages', path]);
    if (entry.ok) entries.set(path, entry.value);
    else {
      unreadable.add(path);
      faults.push(...entry.lines);
    }
  }
  return { entries, unreadable };
}

type Report = (path: readonly PropertyKey[], message: string) => void;

function checkRoot(
  dependencies: Readonly<Record<string, string>>,
  entries: ReadonlyMap<string, LockfileEntry>,
  unreadable: ReadonlySet<string>,
  report: Report,
): void {
  for (const [name, version] of Object.entries(dependencies)) {
    const place = ['packages', '', 'dependencies', name];
    const entry = entries.get(`node_modules/${name}`);
    if (!EXACT_VERSION.test(version))
      report(place, 'must be one exact version, not a range, a tag or an alias');
    else if (unreadable.has(`node_modules/${name}`)) continue;
    else if (entry === undefined) report(place, 'is not in the lockfile');
    else if (entry.version !== version)
      report(
        ['packages', `node_modules/${name}`, 'version'],
        `is ${entry.version}, but ${version} is asked for`,
      );
    else if ((entry.name ?? name) !== name)
      report(['packages', `node_modules/${name}`, 'name'], 'must not be an alias');
  }
}

function checkPlaces(graph: LockfileGraph, unreadable: ReadonlySet<string>, report: Report): void {
  const folded = new Map<string, string>();
  for (const { path, entry } of graph.nodes.values()) {
    const place = ['packages', path];
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/')));
    if (parent !== '' && !graph.nodes.has(parent) && !unreadable.has(parent))
      report(place, `stands inside ${parent}, which is not in the lockfile`);
    // A disk that folds case (macOS) would put one package over the other.
    const other = folded.get(path.toLowerCase());
    if (other !== undefined) report(place, `differs from ${other} only by case`);
    folded.set(path.toLowerCase(), path);
    if (entry.inBundle === undefined && entry.integrity === undefined)
      report([...place, 'integrity'], 'must be there');
  }
}

function checkReachable(graph: LockfileGraph, report: Report): void {
  const wanted = reachable(graph, () => true);
  for (const path of graph.nodes.keys()) {
    if (!wanted.has(path)) report(['packages', path], 'nothing depends on it');
  }
}

function toPackage({ path, name, entry }: LockfileNode): LockedPackage {
  const common = { path, name, version: entry.version, optional: entry.optional === true };
  if (entry.inBundle === true || entry.integrity === undefined)
    return { ...common, bundled: true, integrity: undefined };
  return { ...common, bundled: false, integrity: entry.integrity };
}

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  if (one.path === other.path) return 0;
  return one.path < other.path ? -1 : 1;
}

/**
 * The packages to place for one platform, sorted by path (parents before children). Bundled ones are listed so that
 * they can be told from extra files; they need no fetching.
 * @throws CordonError PLATFORM_UNSUPPORTED when a package that cannot be done without does not support it
 */
export function packagesFor(lockfile: Lockfile, platform: Platform): LockedPackage[] {
  const { graph } = lockfile;
  const unfit = new Set(
    [...graph.nodes.values()].filter((node) => !supports(node.entry, platform)).map((node) => node.path),
  );
  const culprits = [...unfit];
  // What cannot do without an unfit package is unfit itself; npm leaves such a set out when it is optional.
  for (let before = -1; before !== unfit.size; ) {
    before = unfit.size;
    for (const node of graph.nodes.values())
      if (node.required.some((path) => unfit.has(path))) unfit.add(node.path);
  }
  if (graph.root.required.some((path) => unfit.has(path))) throw packageUnsupported(platform, culprits);
  const placed = reachable(graph, (node) => !unfit.has(node.path));
  return lockfile.packages.filter((locked) => placed.has(locked.path));
}

/** As npm-install-checks decides it: a list of words, of which `!word` excludes. */
function supports(entry: LockfileEntry, platform: Platform): boolean {
  const { os, cpu, libc } = npmPlatform(platform);
  return allows(entry.os, os) && allows(entry.cpu, cpu) && allows(entry.libc, libc);
}

function allows(words: readonly string[] | undefined, value: string | undefined): boolean {
  if (words === undefined || words.length === 0 || (words.length === 1 && words[0] === 'any')) return true;
  if (value === undefined || words.includes(`!${value}`)) return false;
  return words.includes(value) || words.every((word) => word.startsWith('!'));
}
