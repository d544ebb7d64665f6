// Short lines as programs write them, read in three calls of the runtime in place of a walk over each byte: until it is compiled,
// and in a session it mostly is not, such a walk costs more than all else. When what JSON.parse made of a line is written by
// JSON.stringify as that very line, the line has one meaning: a key that is there twice, a number spelled otherwise, a needless
// escape, a carriage return or a space would not come back.
import type { Buffer } from 'node:buffer';
import { type Envelope, isJsonObject, readEnvelope } from './envelope.ts';
import { MAX_DEPTH } from './scan.ts';

const SHORT_BYTES = 2048;
/** Whatever is not ASCII, and escapes, which may stand for half a character: for the reader of everything. */
// oxlint-disable-next-line no-control-regex
const UNUSUAL = /[^\u0000-\u007e]|\\/;

/** undefined when the line is not of that kind, or has anything wrong with it: then it is to be read in the other way. */
export function readPlainLine(line: Buffer): Extract<Envelope, { ok: true }> | undefined {
  if (line.length > SHORT_BYTES) return undefined;
  const text = line.toString('latin1');
  if (UNUSUAL.test(text)) return undefined;
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
  for (const member of Object.values(value) as readonly unknown[])
    if (typeof member === 'object' && member !== null && isDeeper(member, levels - 1)) return true;
  return false;
}
