// Ids by their spelling. Clients turn `"0x1"`, `"1e0"` and `1.0` into the number 1 (protocol.md 0.4), so an id counts
// only in the one form in which everybody reads the same.

/** Strings and numbers stay what they are: `1` and `"1"` are two ids. */
export type RequestId = string | number;

const INTEGER = /^(?:0|-?[1-9][0-9]{0,15})$/;
const PRINTABLE = /^[\x20-\x7e]{1,128}$/;

/** The JSON text of an id -> the id; undefined for what is no string of 1 to 128 printable ASCII characters and no
 * integer literal within ±(2^53 − 1). */
export function readId(token: string): RequestId | undefined {
  if (INTEGER.test(token)) {
    const number = Number(token);
    return Number.isSafeInteger(number) ? number : undefined;
  }
  if (!token.startsWith('"')) return undefined;
  try {
    const text: unknown = JSON.parse(token);
    return typeof text === 'string' && PRINTABLE.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
