// Bytes that a source gave -> the value, or why they are none. One line of text: what has more lines, or characters that
// steer a terminal, is a message or a file of another kind, and would reach a far end as a credential.
import type { Answer } from './answer.ts';
import { secretWords } from '../messages/secrets.ts';

/** As long as a value in a profile may be. */
export const MAX_VALUE_BYTES = 32 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/;

/** The newline that programs and editors put at the end is not part of it. `given` is overwritten. */
export function readValue(given: Buffer): Answer {
  const why = faultOf(withoutNewline(given));
  const bytes = why === undefined ? Buffer.from(withoutNewline(given)) : undefined;
  given.fill(0);
  return bytes === undefined ? { kind: 'malformed', why: why ?? '' } : { kind: 'value', bytes };
}

function withoutNewline(bytes: Buffer): Buffer {
  let end = bytes.length;
  if (bytes[end - 1] === LF) end -= bytes[end - 2] === CR ? 2 : 1;
  return bytes.subarray(0, end);
}

function faultOf(bytes: Buffer): string | undefined {
  if (bytes.length > MAX_VALUE_BYTES) return secretWords.tooLong;
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return secretWords.notText;
  }
  if (text.trim() === '') return secretWords.empty;
  if (text.includes('\u0000')) return secretWords.hasNul;
  if (/[\n\r\u2028\u2029]/.test(text)) return secretWords.severalLines;
  return CONTROL.test(text) ? secretWords.hasControls : undefined;
}
