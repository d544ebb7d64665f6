// Names under which definitions are pinned, shown and called. One that cannot be told from another, or not be seen, is
// refused: whoever approves a name must be able to read it.
import type { DefinitionKind } from './definitions.ts';

const MAX_LENGTH = { tool: 128, prompt: 128, resource: 4096, template: 4096 } as const satisfies Record<
  DefinitionKind,
  number
>;
/** Nearly every name there is; spares it the rest. */
const PLAIN = /^[A-Za-z0-9_.:/{}?&=%#@+~-]+$/;
/** As in escape.ts: controls, format characters, what a reader may leave out, separators of lines and paragraphs. */
const UNREADABLE = /[\p{C}\p{DI}\p{Zl}\p{Zp}]/u;
/** Other than the plain one: each looks like it. */
const ODD_SPACE = /(?! )\p{Zs}|^ | $/u;

/** What is wrong with a name, uri or uriTemplate; undefined when nothing is. */
export function nameFault(kind: DefinitionKind, name: unknown): string | undefined {
  if (typeof name !== 'string') return 'is not text';
  if (name === '') return 'is empty';
  if (name.length > MAX_LENGTH[kind]) return `is longer than ${MAX_LENGTH[kind]} characters`;
  if (PLAIN.test(name)) return undefined;
  if (UNREADABLE.test(name)) return 'has characters that cannot be seen';
  if (ODD_SPACE.test(name)) return 'has spaces that cannot be seen';
  return undefined;
}

/**
 * Two names that are equal in this form are one name to a reader or to a client that normalises. Names that differ by case
 * alone are two: the protocol says so, and honest servers have them.
 */
export function readAs(name: string): string {
  return name.normalize('NFKC');
}
