// How a value may look where a program prints it: as it is, inside JSON or a URL, and in base64 as a header has it. Made from
// bytes to bytes: a string cannot be overwritten.

/** What is shorter would be found everywhere. */
const MIN_BYTES = 4;
/** So much of a value in base64 is no accident. */
const MIN_BASE64_BYTES = 8;

const BASE64 = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const BASE64_OF_URLS = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
/** What encodeURIComponent leaves as it is. */
const UNRESERVED = new Set(
  Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()"),
);
const HEX = Buffer.from('0123456789ABCDEF');
const [BACKSLASH, QUOTE, PERCENT] = [0x5c, 0x22, 0x25];

/** UTF-8, no two alike. The caller overwrites them. */
export function formsOf(value: Buffer): readonly Buffer[] {
  const plain = [Buffer.from(value), inJson(value), inUrl(value)].filter(({ length }) => length >= MIN_BYTES);
  const base64 = [0, 1, 2]
    .flatMap((shift) => [BASE64, BASE64_OF_URLS].map((alphabet) => base64Within(value, shift, alphabet)))
    .filter(({ length }) => length >= MIN_BASE64_BYTES);
  const forms = [...plain, ...base64];
  return forms.filter((form, index) => forms.findIndex((other) => other.equals(form)) === index);
}

/** A value has no control characters: nothing else is escaped. */
function inJson(value: Buffer): Buffer {
  const escaped = Buffer.alloc(value.length * 2);
  let length = 0;
  for (const byte of value) {
    if (byte === BACKSLASH || byte === QUOTE) escaped[length++] = BACKSLASH;
    escaped[length++] = byte;
  }
  return escaped.subarray(0, length);
}

function inUrl(value: Buffer): Buffer {
  const escaped = Buffer.alloc(value.length * 3);
  let length = 0;
  for (const byte of value) {
    const bytes = UNRESERVED.has(byte) ? [byte] : [PERCENT, HEX[byte >> 4] ?? 0, HEX[byte & 15] ?? 0];
    for (const one of bytes) escaped[length++] = one;
  }
  return escaped.subarray(0, length);
}

/** The characters that the value alone decides when it begins `shift` bytes after a group of three. */
function base64Within(value: Buffer, shift: number, alphabet: Buffer): Buffer {
  const first = Math.ceil((shift * 8) / 6);
  const end = Math.floor(((shift + value.length) * 8) / 6);
  const text = Buffer.alloc(Math.max(0, end - first));
  for (let index = first; index < end; index += 1) {
    const bit = index * 6 - shift * 8;
    const pair = ((value[bit >> 3] ?? 0) << 8) | (value[(bit >> 3) + 1] ?? 0);
    text[index - first] = alphabet[(pair >> (10 - (bit & 7))) & 63] ?? 0;
  }
  return text;
}
