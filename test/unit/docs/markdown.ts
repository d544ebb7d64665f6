// What of a Markdown document can be held against the code.
import fs from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../../..');

export function readDocument(name: string): string {
  return fs.readFileSync(path.join(ROOT, name), 'utf8');
}

/** Fenced and indented blocks and `spans`: where a document names commands and files rather than speaks of them. */
function codeOf(markdown: string): readonly string[] {
  const fenced = [...markdown.matchAll(/^```[a-z]*\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
  const indented = [...markdown.matchAll(/^ {4}\S.*$/gm)].map(([line]) => line.trim());
  const spans = [...markdown.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  return [...fenced, ...indented, ...spans];
}

/** Everything that `pattern` captures in the document's code, each once. */
export function namedIn(markdown: string, pattern: RegExp): readonly string[] {
  return [
    ...new Set(
      codeOf(markdown).flatMap((code) => [...code.matchAll(pattern)].map((match) => match[1] ?? '')),
    ),
  ];
}
