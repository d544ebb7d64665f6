// Two versions of a package, for a terminal. Names that come from packages are escaped; texts of the server are for the review.
import { columns } from '../commands/layout.ts';
import { escapeText, quote } from '../escape.ts';
import { changeLine, diffWords } from '../messages.ts';
import type { Change } from '../verify/compare.ts';
import type { ContextChange, PackageChange, VersionDiff } from './compare-versions.ts';

const INDENT = '  ';
const MAX_FILES = 60;

export function renderVersionDiff(diff: VersionDiff): string {
  const { package: name, before, after, packages, files, contexts } = diff;
  return [
    `${escapeText(name)} ${escapeText(before)} -> ${escapeText(after)}`,
    ...section('packages', columns(packages.map(packageRow), INDENT)),
    ...section('definitions', contexts.flatMap(contextLines)),
    ...section('files', fileLines(name, files)),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', title, ...(lines.length === 0 ? [`${INDENT}${diffWords.nothing}`] : lines)];
}

function packageRow({ name, before, after, installScripts, native }: PackageChange): string[] {
  const version = (versions: readonly string[]): string =>
    versions.length === 0 ? '-' : versions.map(escapeText).join(', ');
  const brings = [
    ...(installScripts.length === 0 ? [] : [diffWords.scripts(installScripts)]),
    ...(native.length === 0 ? [] : [diffWords.native(native)]),
  ];
  return [escapeText(name), version(before), '->', version(after), brings.join('; ')];
}

/** Those of the package itself one by one; of what it depends on how many. */
function fileLines(name: string, files: readonly Change[]): string[] {
  const own = files.filter(({ path }) => packageFolder(path) === `node_modules/${name}/`).map(changeLine);
  const others = new Map<string, number>();
  for (const { path } of files) {
    const folder = packageFolder(path);
    if (folder !== `node_modules/${name}/`) others.set(folder, (others.get(folder) ?? 0) + 1);
  }
  return [
    ...own.slice(0, MAX_FILES),
    ...(own.length > MAX_FILES ? [diffWords.more(own.length - MAX_FILES)] : []),
    ...[...others].map(([folder, count]) => diffWords.filesBelow(folder, count)),
  ].map((line) => `${INDENT}${line}`);
}

/** `node_modules/a/node_modules/@b/c/`: of the innermost package that the file belongs to. */
function packageFolder(file: string): string {
  return /^(?:node_modules\/(?:@[^/]+\/)?[^/]+\/)+/.exec(file)?.[0] ?? '';
}

function contextLines({ context, status, changes, added }: ContextChange): string[] {
  const where = `${context.generation} ${escapeText(context.protocolVersion)}`;
  if (status !== 'both') return [`${INDENT}${where}: ${diffWords[status]}`];
  if (changes.length + added.length === 0) return [`${INDENT}${where}: ${diffWords.same}`];
  return [
    ...added.map(({ kind, key }) => diffWords.added(kind, quote(key))),
    ...changes.map(definitionLine),
  ].map((line) => `${INDENT}${where}: ${line}`);
}

function definitionLine(change: ContextChange['changes'][number]): string {
  if (change.what === 'context' || change.what === 'server') return diffWords.changed(change.field);
  switch (change.change) {
    case 'removed':
      return diffWords.removed(change.what, quote(change.key));
    case 'changed':
      return diffWords.changed(`${change.what} ${quote(change.key)}`, change.fields);
  }
}
