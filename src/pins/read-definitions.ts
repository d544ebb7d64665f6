// Entries of a list as a server sent them -> definitions that can be pinned, shown and compared; or why not. A list is taken
// whole or not at all: what is left out of it silently is what nobody reviews.
import { sha256Hex } from '../sha256.ts';
import { nameFault, readAs } from './definition-names.ts';
import { shapeFault } from './definition-shape.ts';
import { byKeyThenHash, type Definition, type DefinitionKind, KEY_MEMBER } from './definitions.ts';
import { isJsonObject, pinnable } from './json-value.ts';

export type ListRead =
  | { readonly ok: true; readonly list: readonly Definition[] }
  /** Our own words; nothing that the server wrote. */
  | { readonly ok: false; readonly fault: string };

export const MAX_DEFINITIONS = 2000;
const MAX_DEFINITION_BYTES = 256 * 1024;
const MAX_LIST_BYTES = 8 * 1024 * 1024;

/** @param items of all pages together */
export function readDefinitions(kind: DefinitionKind, items: readonly unknown[]): ListRead {
  if (items.length > MAX_DEFINITIONS) return refused(`more than ${MAX_DEFINITIONS} definitions`);
  const list: Definition[] = [];
  const names = new Set<string>();
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    const place = `${kind} ${index + 1} of ${items.length}`;
    const read = readDefinition(kind, item);
    if (typeof read === 'string') return refused(`${place}: ${read}`);
    const name = readAs(read.definition.key);
    if (names.has(name)) return refused(`${place}: has the ${KEY_MEMBER[kind]} of another one`);
    names.add(name);
    bytes += read.bytes;
    if (bytes > MAX_LIST_BYTES) return refused(`more than ${MAX_LIST_BYTES} bytes`);
    list.push(read.definition);
  }
  return { ok: true, list: list.toSorted(byKeyThenHash) };
}

function readDefinition(
  kind: DefinitionKind,
  item: unknown,
): { readonly definition: Definition; readonly bytes: number } | string {
  if (!isJsonObject(item)) return 'is not an object';
  const pinned = pinnable(item);
  if (!pinned.ok) return pinned.fault;
  const fault = shapeFault(kind, item);
  if (fault !== undefined) return fault;
  const key = item[KEY_MEMBER[kind]];
  const wrongName = nameFault(kind, key);
  if (wrongName !== undefined) return `${KEY_MEMBER[kind]} ${wrongName}`;
  const bytes = Buffer.byteLength(pinned.canonical);
  if (bytes > MAX_DEFINITION_BYTES) return `has more than ${MAX_DEFINITION_BYTES} bytes`;
  return { definition: { kind, key: key as string, value: item, hash: sha256Hex(pinned.canonical) }, bytes };
}

function refused(fault: string): ListRead {
  return { ok: false, fault };
}
