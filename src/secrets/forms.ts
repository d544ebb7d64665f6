// How a value may look where a program prints it: as it is, in base64 as a header has it, and in hex; escapes are taken away
// before (decoded.ts). Made from bytes to bytes: a string cannot be overwritten.

import { secretCopy, secretMemory } from './memory.ts';

/** What is shorter would be found everywhere. */
const MIN_BYTES = 4;
/** So much of a value in base64 or hex is no accident. */
const MIN_CODED_BYTES = 8;

const BASE64 = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const BASE64_OF_URLS = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const HEX = ['0123456789abcdef', '0123456789ABCDEF'].map((digits) => Buffer.from(digits));
const [SPACE, PLUS, CAPITAL_A, CAPITAL_Z] = [0x20, 0x2b, 0x41, 0x5a] as const;

/** UTF-8, no two alike. The caller overwrites them. */
export function formsOf(value: Buffer): readonly Buffer[] {
  const forms: Buffer[] = [];
  const add = (form: Buffer, minBytes: number): void => {
    if (form.length >= minBytes && !forms.some((other) => other.equals(form))) forms.push(form);
    else form.fill(0);
  };
  add(secretCopy(value), MIN_BYTES);
  add(inForm(value), MIN_BYTES);
  add(inSmallLetters(value), MIN_BYTES);
  for (const shift of [0, 1, 2])
    for (const alphabet of [BASE64, BASE64_OF_URLS])
      add(base64Within(value, shift, alphabet), MIN_CODED_BYTES);
  for (const digits of HEX) add(inHex(value, digits), MIN_CODED_BYTES);
  return forms;
}

/** In a form of the web, beside what is escaped there. */
function inForm(value: Buffer): Buffer {
  const text = secretCopy(value);
  for (const [index, byte] of value.entries()) if (byte === SPACE) text[index] = PLUS;
  return text;
}

/** As names of hosts are asked for, whatever a server makes of them. */
function inSmallLetters(value: Buffer): Buffer {
  const text = secretCopy(value);
  for (const [index, byte] of value.entries())
    if (byte >= CAPITAL_A && byte <= CAPITAL_Z) text[index] = byte | SPACE;
  return text;
}

function inHex(value: Buffer, digits: Buffer): Buffer {
  const text = secretMemory(value.length * 2);
  for (const [index, byte] of value.entries()) {
    text[index * 2] = digits[byte >> 4] ?? 0;
    text[index * 2 + 1] = digits[byte & 15] ?? 0;
  }
  return text;
}

/** The characters that the value alone decides when it begins `shift` bytes after a group of three. */
function base64Within(value: Buffer, shift: number, alphabet: Buffer): Buffer {
  const first = Math.ceil((shift * 8) / 6);
  const end = Math.floor(((shift + value.length) * 8) / 6);
  const text = secretMemory(Math.max(0, end - first));
  for (let index = first; index < end; index += 1) {
    const bit = index * 6 - shift * 8;
    const pair = ((value[bit >> 3] ?? 0) << 8) | (value[(bit >> 3) + 1] ?? 0);
    text[index - first] = alphabet[(pair >> (10 - (bit & 7))) & 63] ?? 0;
  }
  return text;
}
