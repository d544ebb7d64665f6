// A text as programs read it that decode it: what libraries escape in a URL or in JSON differs from one to the next, and what
// they mean does not. Pure.

export interface Decoded {
  readonly bytes: Buffer;
  /** For each byte and for the end: where it stands in the text as it was written. */
  readonly places: Uint32Array;
}

const [BACKSLASH, PERCENT] = [0x5c, 0x25];
/** What these stand for is no part of a value. */
const CONTROLS: Readonly<Record<string, number>> = { b: 0x08, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09 };

/** Every reading of it that differs from what is written. JSON is read twice: errors often hold JSON in a text of JSON. */
export function decodings(written: Buffer): readonly Decoded[] {
  const found: Decoded[] = [];
  if (written.includes(PERCENT)) found.push(decode(written, PERCENT, percent));
  if (!written.includes(BACKSLASH)) return found;
  const once = decode(written, BACKSLASH, escaped);
  found.push(once);
  if (once.bytes.includes(BACKSLASH)) {
    const { bytes, places } = decode(once.bytes, BACKSLASH, escaped);
    found.push({ bytes, places: places.map((place) => once.places[place] ?? 0) });
  }
  return found;
}

/** What begins at a mark: how long it is as written, and its bytes. undefined when it means itself. */
type Reader = (
  written: Buffer,
  index: number,
) => { readonly length: number; readonly bytes: Uint8Array } | undefined;

function decode(written: Buffer, mark: number, read: Reader): Decoded {
  // No reading is longer than what was written.
  const bytes = Buffer.alloc(written.length);
  const places = new Uint32Array(written.length + 1);
  let length = 0;
  for (let index = 0; index < written.length; ) {
    const one = written[index] === mark ? read(written, index) : undefined;
    for (const byte of one?.bytes ?? [written[index] ?? 0]) {
      places[length] = index;
      bytes[length++] = byte;
    }
    index += one?.length ?? 1;
  }
  places[length] = written.length;
  return { bytes: bytes.subarray(0, length), places: places.subarray(0, length + 1) };
}

function percent(written: Buffer, index: number): ReturnType<Reader> {
  const byte = hex(written, index + 1, 2);
  return byte === undefined ? undefined : { length: 3, bytes: Uint8Array.of(byte) };
}

function escaped(written: Buffer, index: number): ReturnType<Reader> {
  const kind = String.fromCharCode(written[index + 1] ?? 0);
  if (kind === 'u') return unicode(written, index);
  if (kind === 'x') {
    const byte = hex(written, index + 2, 2);
    return byte === undefined ? undefined : { length: 4, bytes: Uint8Array.of(byte) };
  }
  if (index + 1 >= written.length) return undefined;
  return { length: 2, bytes: Uint8Array.of(CONTROLS[kind] ?? kind.charCodeAt(0)) };
}

function unicode(written: Buffer, index: number): ReturnType<Reader> {
  const first = hex(written, index + 2, 4);
  if (first === undefined) return undefined;
  const isPair = (first & 0xfc00) === 0xd800 && written[index + 6] === BACKSLASH;
  const second = isPair ? hex(written, index + 8, 4) : undefined;
  const text = second === undefined ? String.fromCharCode(first) : String.fromCharCode(first, second);
  return { length: second === undefined ? 6 : 12, bytes: Buffer.from(text) };
}

function hex(written: Buffer, start: number, length: number): number | undefined {
  const digits = written.toString('latin1', start, start + length);
  return digits.length === length && /^[0-9a-f]+$/i.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
