// Two versions of a package, for a terminal. Names that come from packages are escaped; texts of the server are for the review.
import { columns } from '../commands/layout.ts';
import { escapeText, quote } from '../escape.ts';
import { diffWords } from '../messages/review.ts';
import { changeLine } from '../messages/store.ts';
import type { Json } from '../pins/canonical-json.ts';
import type { Change } from '../verify/compare.ts';
import type { DefinitionDiff } from './compare.ts';
import type { PackageChange } from './compare-packages.ts';
import type { VersionDiff } from './compare-versions.ts';

const INDENT = '  ';
const MAX_FILES = 60;
/** All of it is in the document, and in the review after the switch. */
const MAX_TEXT = 400;

export function renderVersionDiff(diff: VersionDiff): string {
  const { package: name, before, after, packages, files } = diff;
  return [
    `${escapeText(name)} ${escapeText(before)} -> ${escapeText(after)}`,
    ...section('packages', columns(packages.map(packageRow), INDENT)),
    ...section('definitions', [...generationLines(diff), ...diff.definitions.flatMap(definitionLines)]),
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

function generationLines({ generations }: VersionDiff): string[] {
  return [
    ...generations.gone.map((generation) => `${INDENT}${diffWords.gone(generation)}`),
    ...generations.new.map((generation) => `${INDENT}${diffWords.new(generation)}`),
  ];
}

/** What was and what is stands behind a sign of its own on each line: no text of the server can look like a line of ours. */
function definitionLines({ kind, key, change, fields }: DefinitionDiff): string[] {
  return [
    `${INDENT}${diffWords[change](kind, quote(key))}`,
    ...fields.flatMap(({ pointer, class: what, before, after }) => [
      `${INDENT}${INDENT}${escapeText(pointer)}  ${what}`,
      ...(before === undefined ? [] : [`${INDENT}${INDENT}- ${shown(before)}`]),
      ...(after === undefined ? [] : [`${INDENT}${INDENT}+ ${shown(after)}`]),
    ]),
  ];
}

function shown(value: Json): string {
  if (typeof value === 'string') return quote(value, MAX_TEXT);
  const text = escapeText(JSON.stringify(value));
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
