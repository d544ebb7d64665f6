// Short lines as programs write them, read in three calls of the runtime in place of a walk over each byte: until it is compiled,
// and in a session it mostly is not, such a walk costs more than all else. When what JSON.parse made of a line is written by
// JSON.stringify as that very line, the line has one meaning: a key that is there twice, a number spelled otherwise, a needless
// escape, a carriage return or a space would not come back.
import { type Buffer, isUtf8 } from 'node:buffer';
import { type Envelope, isJsonObject, readEnvelope } from './envelope.ts';
import { MAX_DEPTH } from './scan.ts';

/** Longer lines are mostly long texts, over which the walk skips. */
const SHORT_BYTES = 8192;
/** What such an escape stands for may be half a character: for the reader of everything. */
const CODE_UNIT = '\\u';

/** undefined when the line is not of that kind, or has anything wrong with it: then it is to be read in the other way. */
export function readPlainLine(line: Buffer): Extract<Envelope, { ok: true }> | undefined {
  if (line.length > SHORT_BYTES || !isUtf8(line)) return undefined;
  const text = line.toString('utf8');
  if (text.includes(CODE_UNIT)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value) || `${JSON.stringify(value)}\n` !== text || isDeeper(value, MAX_DEPTH))
    return undefined;
  const id = value['id'];
  const envelope = readEnvelope(value, id === undefined ? undefined : JSON.stringify(id));
  return envelope.ok ? envelope : undefined;
}

function isDeeper(value: object, levels: number): boolean {
  if (levels === 0) return true;
  // Not Object.values: this is walked for every message, and mostly not compiled yet.
  for (const name in value) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (typeof member === 'object' && member !== null && isDeeper(member, levels - 1)) return true;
  }
  return false;
}
