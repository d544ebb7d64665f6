// Text of a profile.json -> the profile, or every fault it has. Nothing is guessed and nothing is repaired.
import profileJsonSchema from '../../profiles/profile.schema.json' with { type: 'json' };
import { accept, type JsonSchema } from '../json/accept.ts';
import { checkShape } from '../json/check-shape.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import { piecesOf, salvage } from './pieces.ts';
import { ruleFaults } from './rules.ts';
import { type ProfileDocument, profileSchemas } from './schema.ts';

export type ParsedProfile =
  | { readonly ok: true; readonly document: ProfileDocument }
  /** One line per fault, `permissions.filesystem[0].path: must be …`. */
  | { readonly ok: false; readonly faults: readonly string[] };

export function parseProfile(text: string): ParsedProfile {
  const json = parseStrictJson(text);
  if (!json.ok) return { ok: false, faults: json.issues.map((issue) => `${issue.path}: ${issue.message}`) };
  const accepted = accept(profileJsonSchema as JsonSchema, json.value) as ProfileDocument | undefined;
  if (accepted !== undefined) return keepsRules(accepted);
  const shape = checkShape(profileSchemas().profile, json.value);
  if (!shape.ok) return { ok: false, faults: [...shape.lines, ...ruleFaults(salvage(json.value))] };
  return keepsRules(shape.value);
}

function keepsRules(document: ProfileDocument): ParsedProfile {
  const faults = ruleFaults(piecesOf(document));
  return faults.length === 0 ? { ok: true, document } : { ok: false, faults };
}
