// What a server says against what was approved. A change is described in words of ours and names that were approved: this goes
// into errors and logs that a model may read, and the new text is what an attacker wants it to read.
import { canonicalJson, type Json, type JsonObject } from './canonical-json.ts';
import { KNOWN_MEMBERS } from './definition-shape.ts';
import { type Definition, type DefinitionKind, type Definitions, KINDS, LIST_MEMBER } from './definitions.ts';

export type DefinitionChange =
  | { readonly what: 'context'; readonly field: 'generation' | 'protocolVersion' | 'clientCapabilities' }
  | { readonly what: 'server'; readonly field: 'serverInfo' | 'capabilities' | 'instructions' }
  /** Without its name, which nobody approved. */
  | { readonly what: DefinitionKind; readonly change: 'added'; readonly hash: string }
  | { readonly what: DefinitionKind; readonly change: 'removed'; readonly key: string }
  | {
      readonly what: DefinitionKind;
      readonly change: 'changed';
      readonly key: string;
      /** Members of the protocol by their name; `other` for what only this server knows. */
      readonly fields: readonly string[];
    };

/** Empty when nothing differs. */
export function compareDefinitions(pinned: Definitions, seen: Definitions): readonly DefinitionChange[] {
  return [
    ...contextChanges(pinned, seen),
    ...serverChanges(pinned, seen),
    ...KINDS.flatMap((kind) => compareLists(kind, pinned[LIST_MEMBER[kind]], seen[LIST_MEMBER[kind]])),
  ];
}

function contextChanges(
  { context: pinned }: Definitions,
  { context: seen }: Definitions,
): DefinitionChange[] {
  const fields = ['generation', 'protocolVersion', 'clientCapabilities'] as const;
  return fields
    .filter((field) => differ(pinned[field], seen[field]))
    .map((field) => ({ what: 'context', field }));
}

function serverChanges(pinned: Definitions, seen: Definitions): DefinitionChange[] {
  const fields = ['serverInfo', 'capabilities', 'instructions'] as const;
  return fields
    .filter((field) => differ(pinned[field], seen[field]))
    .map((field) => ({ what: 'server', field }));
}

/** Of one complete list: `seen` holds all pages. */
export function compareLists(
  kind: DefinitionKind,
  pinned: readonly Definition[],
  seen: readonly Definition[],
): readonly DefinitionChange[] {
  const known = new Map(pinned.map((definition) => [definition.key, definition]));
  const found = new Set(seen.map(({ key }) => key));
  const removed = pinned
    .filter(({ key }) => !found.has(key))
    .map(({ key }): DefinitionChange => ({ what: kind, change: 'removed', key }));
  const others = seen.flatMap(({ key, hash, value }): DefinitionChange[] => {
    const before = known.get(key);
    if (before === undefined) return [{ what: kind, change: 'added', hash }];
    if (before.hash === hash) return [];
    return [{ what: kind, change: 'changed', key, fields: changedFields(before.value, value) }];
  });
  return [...removed, ...others];
}

function changedFields(before: JsonObject, after: JsonObject): string[] {
  const members = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...members].filter((member) => {
    const wasThere = Object.hasOwn(before, member);
    if (wasThere !== Object.hasOwn(after, member)) return true;
    return differ(before[member] as Json, after[member] as Json);
  });
  return [...new Set(changed.map((member) => (KNOWN_MEMBERS.has(member) ? member : 'other')))].toSorted();
}

function differ(one: Json, other: Json): boolean {
  return canonicalJson(one) !== canonicalJson(other);
}
