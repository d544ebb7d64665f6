// Text of a profile.json -> the profile, or every fault it has. Nothing is guessed and nothing is repaired.
import { checkShape } from '../json/check-shape.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import { piecesOf, salvage } from './pieces.ts';
import { ruleFaults } from './rules.ts';
import { type ProfileDocument, profileSchema } from './schema.ts';

export type ParsedProfile =
  | { readonly ok: true; readonly document: ProfileDocument }
  /** One line per fault, `permissions.filesystem[0].path: must be …`. */
  | { readonly ok: false; readonly faults: readonly string[] };

export function parseProfile(text: string): ParsedProfile {
  const json = parseStrictJson(text);
  if (!json.ok) return { ok: false, faults: json.issues.map((issue) => `${issue.path}: ${issue.message}`) };
  const shape = checkShape(profileSchema, json.value);
  if (!shape.ok) return { ok: false, faults: [...shape.lines, ...ruleFaults(salvage(json.value))] };
  const faults = ruleFaults(piecesOf(shape.value));
  return faults.length === 0 ? { ok: true, document: shape.value } : { ok: false, faults };
}
