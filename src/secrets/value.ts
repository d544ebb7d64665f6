// Bytes that a source gave -> the value, or why they are none. One line of text: what has more lines, or characters that
// steer a terminal, is a message or a file of another kind, and would reach a far end as a credential. Bytes are judged as
// bytes: a string cannot be overwritten.
import { isUtf8 } from 'node:buffer';
import { secretWords } from '../messages/secrets.ts';
import type { Answer } from './answer.ts';
import { secretCopy } from './memory.ts';

/** As long as a value in a profile may be. */
export const MAX_VALUE_BYTES = 32 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DELETE = 0x7f;
/** Line and paragraph separator, byte order mark. */
const [LINE, PARAGRAPH, MARK] = ['\u2028', '\u2029', '\ufeff'].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
];
const C1 = 0xc2;

/** The newline that programs and editors put at the end is not part of it. `given` is overwritten. */
export function readValue(given: Buffer): Answer {
  const line = withoutNewline(given);
  const why = faultOf(line);
  const answer: Answer =
    why === undefined ? { kind: 'value', bytes: secretCopy(line) } : { kind: 'malformed', why };
  given.fill(0);
  return answer;
}

function withoutNewline(bytes: Buffer): Buffer {
  let end = bytes.length;
  if (bytes[end - 1] === LF) end -= bytes[end - 2] === CR ? 2 : 1;
  return bytes.subarray(0, end);
}

function faultOf(bytes: Buffer): string | undefined {
  if (bytes.length > MAX_VALUE_BYTES) return secretWords.tooLong;
  if (!isUtf8(bytes)) return secretWords.notText;
  if (bytes.every((byte) => byte === SPACE || byte === LF || byte === CR)) return secretWords.empty;
  if (bytes.includes(0)) return secretWords.hasNul;
  if ([LF, CR, LINE, PARAGRAPH].some((end) => bytes.includes(end))) return secretWords.severalLines;
  const hasControls = bytes.some(
    (byte, index) => byte < SPACE || byte === DELETE || (byte === C1 && (bytes[index + 1] ?? 0) < 0xa0),
  );
  return hasControls || bytes.includes(MARK) ? secretWords.hasControls : undefined;
}
