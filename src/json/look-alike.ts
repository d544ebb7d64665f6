// Keys that are not the known one and may still be read as it: some parsers ignore case (Go, C#), fold `ſ` to `s` and the
// Kelvin sign to `k`, or stop at a NUL (CVE-2026-27896, GHSA-q382-vc8q-7jhj).

// oxlint-disable-next-line no-control-regex
const INVISIBLE = /[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2060\ufeff]/g;

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
  return key.replace(INVISIBLE, '').toUpperCase().toLowerCase();
}
