// A text as programs read it that decode it: what libraries escape in a URL or in JSON differs from one to the next, and what
// they mean does not. Pure.

export interface Decoded {
  readonly bytes: Buffer;
  /** For each byte and for the end: where it stands in the text as it was written. */
  readonly places: Uint32Array;
}

const [BACKSLASH, PERCENT, SMALL_U, SMALL_X] = [0x5c, 0x25, 0x75, 0x78] as const;
/** What the letters b, f, n, r and t stand for is no part of a value. */
const CONTROLS: ReadonlyMap<number, number> = new Map([
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);
const DIGITS = Int8Array.from({ length: 256 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? -1 : digit;
});

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

/** Writes what begins at a mark, and says how long it is as written; 0 when it means itself. */
type Reader = (written: Buffer, index: number, into: Text) => number;

interface Text {
  readonly bytes: Buffer;
  length: number;
}

function decode(written: Buffer, mark: number, read: Reader): Decoded {
  // No reading is longer than what was written.
  const text: Text = { bytes: Buffer.alloc(written.length), length: 0 };
  const places = new Uint32Array(written.length + 1);
  for (let index = 0; index < written.length; ) {
    const byte = written[index] ?? 0;
    const first = text.length;
    let taken = byte === mark ? read(written, index, text) : 0;
    if (taken === 0) {
      text.bytes[text.length++] = byte;
      taken = 1;
    }
    for (let place = first; place < text.length; place += 1) places[place] = index;
    index += taken;
  }
  places[text.length] = written.length;
  return { bytes: text.bytes.subarray(0, text.length), places: places.subarray(0, text.length + 1) };
}

function percent(written: Buffer, index: number, into: Text): number {
  const byte = hex(written, index + 1, 2);
  if (byte === undefined) return 0;
  into.bytes[into.length++] = byte;
  return 3;
}

function escaped(written: Buffer, index: number, into: Text): number {
  const kind = written[index + 1];
  if (kind === undefined) return 0;
  if (kind === SMALL_U) return unicode(written, index, into);
  const byte = kind === SMALL_X ? hex(written, index + 2, 2) : (CONTROLS.get(kind) ?? kind);
  if (byte === undefined) return 0;
  into.bytes[into.length++] = byte;
  return kind === SMALL_X ? 4 : 2;
}

function unicode(written: Buffer, index: number, into: Text): number {
  const first = hex(written, index + 2, 4);
  if (first === undefined) return 0;
  const isPair =
    (first & 0xfc00) === 0xd800 && written[index + 6] === BACKSLASH && written[index + 7] === SMALL_U;
  const second = isPair ? hex(written, index + 8, 4) : undefined;
  const text = second === undefined ? String.fromCharCode(first) : String.fromCharCode(first, second);
  into.length += into.bytes.write(text, into.length);
  return second === undefined ? 6 : 12;
}

function hex(written: Buffer, start: number, length: number): number | undefined {
  let value = 0;
  for (let index = start; index < start + length; index += 1) {
    const digit = DIGITS[written[index] ?? 0] ?? -1;
    if (digit < 0) return undefined;
    value = value * 16 + digit;
  }
  return value;
}
