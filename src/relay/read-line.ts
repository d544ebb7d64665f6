// One line to one message: UTF-8, then what JSON.parse does not tell, then JSON.parse, then the envelope. The order
// matters: depth is bounded before anything recurses, and findings count only once the grammar is known to be JSON.
import { type Buffer, isUtf8 } from 'node:buffer';
import { isJsonObject, type Message, readEnvelope } from './envelope.ts';
import type { LineFault } from './fault.ts';
import { readPlainLine } from './read-plain.ts';
import { isCostly, scan } from './scan.ts';
import { type Skimmed, skim } from './skim.ts';

export type Reading =
  | { readonly ok: true; readonly message: Message }
  /** `skimmed`: whom to answer, as far as the line lets anybody tell. */
  | { readonly ok: false; readonly fault: LineFault; readonly skimmed: Skimmed };

const NOBODY: Skimmed = { id: undefined, hasMethod: false, hasVersion: false };
const CR = 0x0d;
const BRACE = 0x7b;
const BRACKET = 0x5b;

/** @param line one line with its LF, as framing.ts gives it */
export function readLine(line: Buffer): Reading {
  return readPlainLine(line) ?? readAnyLine(line);
}

/** Every line, and what is wrong with it. */
export function readAnyLine(line: Buffer): Reading {
  if (!isUtf8(line)) return { ok: false, fault: 'not-utf8', skimmed: NOBODY };
  const start = firstToken(line);
  if (start !== BRACE && start !== BRACKET) return { ok: false, fault: plainFault(line), skimmed: NOBODY };
  const scanned = scan(line);
  if (scanned.fault !== undefined && isCostly(scanned.fault)) return faulty(line, scanned.fault);
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch {
    return faulty(line, 'not-json');
  }
  // A program's own log in JSON, for example: no client takes it for a message, whatever else is odd about it.
  if (isJsonObject(value) && !Object.hasOwn(value, 'jsonrpc')) return faulty(line, 'not-a-message');
  if (scanned.fault !== undefined) return faulty(line, scanned.fault);
  const envelope = readEnvelope(value, scanned.idToken);
  return envelope.ok ? envelope : faulty(line, envelope.fault);
}

function faulty(line: Buffer, fault: LineFault): Reading {
  return { ok: false, fault, skimmed: skim(line) };
}

/** The first byte that is no space. */
function firstToken(line: Buffer): number {
  let at = 0;
  while (line[at] === 0x20 || line[at] === 0x09 || line[at] === CR) at += 1;
  return line[at] ?? 0;
}

/** A line that begins with neither an object nor a list: text that was printed by mistake, mostly. */
function plainFault(line: Buffer): LineFault {
  if (line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf) return 'byte-order-mark';
  try {
    JSON.parse(line.toString('utf8'));
    return 'not-an-object';
  } catch {
    return 'not-json';
  }
}
