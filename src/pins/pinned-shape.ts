// Whether the definitions of a pins.json have the shape that `pinsSchema` asks for. The schema says what is wrong with a file, but
// every launch comes through here, and a hundred definitions cost the schema milliseconds.
import { type DefinitionKind, KEY_MEMBER, KINDS, LIST_MEMBER } from './definitions.ts';
import { isJsonObject } from './json-value.ts';
import { MAX_CONTEXTS, type PinnedDefinitions } from './schema.ts';

const SHA256 = /^[0-9a-f]{64}$/;
const MEMBERS = [
  'context',
  'serverInfo',
  'capabilities',
  'instructions',
  ...KINDS.map((kind) => LIST_MEMBER[kind]),
];
const CONTEXT_MEMBERS = ['generation', 'protocolVersion', 'clientCapabilities'];

export function arePinnedDefinitions(value: unknown): value is readonly PinnedDefinitions[] {
  return Array.isArray(value) && value.length <= MAX_CONTEXTS && value.every(isPinnedContext);
}

function isPinnedContext(value: unknown): boolean {
  if (!hasExactly(value, MEMBERS)) return false;
  const { context, serverInfo, capabilities, instructions } = value;
  return (
    isContext(context) &&
    isJsonObject(serverInfo) &&
    isJsonObject(capabilities) &&
    (instructions === null || isInstructions(instructions)) &&
    KINDS.every((kind) => isPinnedList(kind, value[LIST_MEMBER[kind]]))
  );
}

function isContext(value: unknown): boolean {
  const members =
    isJsonObject(value) && 'secrets' in value ? [...CONTEXT_MEMBERS, 'secrets'] : CONTEXT_MEMBERS;
  if (!hasExactly(value, members)) return false;
  const { generation, protocolVersion, clientCapabilities, secrets } = value;
  return (
    (secrets === undefined || secrets === 'optional') &&
    (generation === 'legacy' || generation === 'modern') &&
    typeof protocolVersion === 'string' &&
    isJsonObject(clientCapabilities)
  );
}

function isInstructions(value: unknown): boolean {
  return (
    hasExactly(value, ['sha256', 'text']) && isSha256(value['sha256']) && typeof value['text'] === 'string'
  );
}

function isPinnedList(kind: DefinitionKind, value: unknown): boolean {
  const members = [KEY_MEMBER[kind], 'sha256', 'definition'];
  return (
    Array.isArray(value) &&
    value.every(
      (entry) =>
        hasExactly(entry, members) &&
        typeof entry[KEY_MEMBER[kind]] === 'string' &&
        isSha256(entry['sha256']) &&
        isJsonObject(entry['definition']),
    )
  );
}

function isSha256(value: unknown): boolean {
  return typeof value === 'string' && SHA256.test(value);
}

function hasExactly(
  value: unknown,
  members: readonly string[],
): value is { readonly [member: string]: unknown } {
  return (
    isJsonObject(value) &&
    Object.keys(value).length === members.length &&
    members.every((member) => Object.hasOwn(value, member))
  );
}
