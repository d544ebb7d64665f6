// Keys that are not the known one and may still be read as it: some parsers ignore case (Go, C#), fold `ſ` to `s` and the
// Kelvin sign to `k`, or stop at a NUL (CVE-2026-27896, GHSA-q382-vc8q-7jhj), and Claude Code writes the keys of a list of tools
// in their compatible form (NFKC) and without what Unicode calls format, private or unassigned.

// oxlint-disable-next-line no-control-regex
const INVISIBLE_ASCII = /[\u0000-\u0020\u007f]/g;
/** Compiled when it is first asked, which takes a millisecond. */
const INVISIBLE = /[\p{C}\p{Z}\p{DI}]/gu;
// oxlint-disable-next-line no-control-regex
const ASCII = /^[\u0000-\u007f]*$/;

/** What all spellings of one key have in common. */
export type FoldedKeys = ReadonlySet<string> & { readonly __folded: unique symbol };

export function foldKeys(keys: Iterable<string>): FoldedKeys {
  return new Set([...keys].map(foldKey)) as ReadonlySet<string> as FoldedKeys;
}

/**
 * Whether a key that is none of the known ones pretends to be one. `__proto__` too: whoever copies such an object member by
 * member gets another object.
 */
export function isLookAlike(key: string, known: FoldedKeys): boolean {
  return key === '__proto__' || known.has(foldKey(key));
}

/** Upper before lower case: together they fold `ſ`, the Kelvin sign and all that differs by case alone. */
function foldKey(key: string): string {
  const seen = ASCII.test(key)
    ? key.replace(INVISIBLE_ASCII, '')
    : key.normalize('NFKC').replace(INVISIBLE, '');
  return seen.toUpperCase().toLowerCase();
}
