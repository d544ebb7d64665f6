// Text of a pins.json -> the pins, or every fault it has. Pure.
import { checkShape } from '../json/check-shape.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import { type Pins, pinsSchema } from './schema.ts';

export type ParsedPins =
  | { readonly ok: true; readonly pins: Pins }
  | { readonly ok: false; readonly faults: readonly string[] };

export function parsePins(text: string): ParsedPins {
  const json = parseStrictJson(text);
  if (!json.ok) return { ok: false, faults: json.issues.map((issue) => `${issue.path}: ${issue.message}`) };
  const shape = checkShape(pinsSchema, json.value);
  return shape.ok ? { ok: true, pins: shape.value } : { ok: false, faults: shape.lines };
}
