import { canonicalJson, type Json } from '../pins/canonical-json.ts';

/** Indented, members sorted: the order in which a server wrote them is not part of what was reviewed. */
export function prettyJson(value: Json): string {
  return JSON.stringify(JSON.parse(canonicalJson(value)), null, 2);
}
