// Two versions of a package, for a terminal. Names that come from packages are escaped; texts of the server are for the review.
import { columns } from '../commands/layout.ts';
import { escapeText, quote } from '../escape.ts';
import { changeLine, diffWords } from '../messages.ts';
import type { DefinitionChange } from '../pins/compare-definitions.ts';
import type { ContextChange, PackageChange, VersionDiff } from './compare-versions.ts';

const INDENT = '  ';
const MAX_FILES = 60;

export function renderVersionDiff(diff: VersionDiff): string {
  const { package: name, before, after, packages, files, contexts } = diff;
  return [
    `${escapeText(name)} ${escapeText(before)} -> ${escapeText(after)}`,
    ...section('packages', columns(packages.map(packageRow), INDENT)),
    ...section('files', fileLines(files.map(changeLine))),
    ...section('definitions', contexts.flatMap(contextLines)),
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

function fileLines(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MAX_FILES).map((line) => `${INDENT}${line}`);
  return lines.length > MAX_FILES
    ? [...shown, `${INDENT}${diffWords.more(lines.length - MAX_FILES)}`]
    : shown;
}

function contextLines({ context, status, changes }: ContextChange): string[] {
  const where = `${context.generation} ${escapeText(context.protocolVersion)}`;
  if (status !== 'both') return [`${INDENT}${where}: ${diffWords[status]}`];
  if (changes.length === 0) return [`${INDENT}${where}: ${diffWords.same}`];
  return changes.map((change) => `${INDENT}${where}: ${definitionLine(change)}`);
}

function definitionLine(change: DefinitionChange): string {
  if (change.what === 'context' || change.what === 'server') return diffWords.changed(change.field);
  switch (change.change) {
    case 'added':
      return diffWords.added(change.what, change.hash.slice(0, 12));
    case 'removed':
      return diffWords.removed(change.what, quote(change.key));
    case 'changed':
      return diffWords.changed(`${change.what} ${quote(change.key)}`, change.fields);
  }
}
