// What a server says of itself, as a person reviewed it and as the client may see it. The hashes are those of the "tool
// definition hash" recipe, version 1, which other programs publish and compare: SHA-256 over RFC 8785 of the whole object as it
// was sent, every member of it.
import { sha256Hex } from '../sha256.ts';
import { canonicalJson, type JsonObject } from './canonical-json.ts';

export const KINDS = ['tool', 'prompt', 'resource', 'template'] as const;
export type DefinitionKind = (typeof KINDS)[number];

/** Member that tells the definitions of one list apart. */
export const KEY_MEMBER = {
  tool: 'name',
  prompt: 'name',
  resource: 'uri',
  template: 'uriTemplate',
} as const satisfies Record<DefinitionKind, string>;

/** Member of `Definitions` that holds the list, also in pins.json. */
export const LIST_MEMBER = {
  tool: 'tools',
  prompt: 'prompts',
  resource: 'resources',
  template: 'templates',
} as const satisfies Record<DefinitionKind, string>;

export interface Definition {
  readonly kind: DefinitionKind;
  /** Its name, uri or uriTemplate. */
  readonly key: string;
  readonly value: JsonObject;
  /** 64 hex digits. */
  readonly hash: string;
}

/** A listing depends on it (pinning.md 0.6), so definitions are pinned per context. */
export interface DefinitionContext {
  /** `legacy`: `initialize`, up to 2025-11-25. `modern`: `server/discover`, from 2026-07-28. */
  readonly generation: 'legacy' | 'modern';
  /** The newest that relay and server share. */
  readonly protocolVersion: string;
  /** Client capabilities as the relay lets them through: `{}` by default. */
  readonly clientCapabilities: JsonObject;
  /** `optional`: with all of its secrets; left out for the required ones alone. */
  readonly secrets?: 'optional' | undefined;
}

/** What a server says at the greeting, in the result of `initialize` or of `server/discover`. */
export interface Introduction {
  /** `{}` when a modern server does not say. */
  readonly serverInfo: JsonObject;
  readonly capabilities: JsonObject;
  readonly instructions: string | null;
}

/** Everything that a server says of itself in one context. Lists are sorted by key (UTF-16 order). */
export interface Definitions extends Introduction {
  readonly context: DefinitionContext;
  readonly tools: readonly Definition[];
  readonly prompts: readonly Definition[];
  readonly resources: readonly Definition[];
  readonly templates: readonly Definition[];
}

export function hashDefinition(value: JsonObject): string {
  return sha256Hex(canonicalJson(value));
}

/** Of the text as it came, without any normalisation. */
export function hashInstructions(text: string): string {
  return sha256Hex(text);
}

export function setHash(list: readonly Definition[]): string {
  const lines = list.map(({ key, hash }) => ({ key, hash })).toSorted(byKeyThenHash);
  return sha256Hex(lines.map(({ key, hash }) => `${key}:${hash}`).join('\n'));
}

export function byKeyThenHash(
  one: Pick<Definition, 'key' | 'hash'>,
  other: Pick<Definition, 'key' | 'hash'>,
): number {
  return compareText(one.key, other.key) || compareText(one.hash, other.hash);
}

/** By UTF-16 code units: `localeCompare` would sort as the machine's language does. */
function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Whether definitions of the one context hold for the other. */
export function sameContext(one: DefinitionContext, other: DefinitionContext): boolean {
  return (
    one.generation === other.generation &&
    one.protocolVersion === other.protocolVersion &&
    one.secrets === other.secrets &&
    canonicalJson(one.clientCapabilities) === canonicalJson(other.clientCapabilities)
  );
}
