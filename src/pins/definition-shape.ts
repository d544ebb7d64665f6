// Types of the members of a definition that the protocol names, all revisions together. Anything else may be there: it is
// hashed and shown like the rest. A wrong type is refused, for clients differ in what they make of it (TP-14).
import { type FoldedKeys, foldKeys, isLookAlike } from '../json/look-alike.ts';
import type { JsonObject } from './canonical-json.ts';
import type { DefinitionKind } from './definitions.ts';
import { isJsonObject } from './json-value.ts';

type MemberType = 'text' | 'number' | 'yes-no' | 'object' | { readonly each: Shape };
interface Shape {
  readonly members: Readonly<Record<string, MemberType>>;
  readonly required: readonly string[];
  readonly folded: FoldedKeys;
}

function shapeOf(members: Shape['members'], required: Shape['required']): Shape {
  return { members, required, folded: foldKeys(Object.keys(members)) };
}

const icon = shapeOf({ src: 'text', mimeType: 'text', theme: 'text' }, ['src']);
const described = {
  name: 'text',
  title: 'text',
  description: 'text',
  icons: { each: icon },
  _meta: 'object',
} as const;
const argument = shapeOf({ name: 'text', title: 'text', description: 'text', required: 'yes-no' }, ['name']);

const SHAPES: Readonly<Record<DefinitionKind, Shape>> = {
  tool: shapeOf(
    {
      ...described,
      inputSchema: 'object',
      outputSchema: 'object',
      annotations: 'object',
      execution: 'object',
    },
    ['name', 'inputSchema'],
  ),
  prompt: shapeOf({ ...described, arguments: { each: argument } }, ['name']),
  resource: shapeOf({ ...described, uri: 'text', mimeType: 'text', annotations: 'object', size: 'number' }, [
    'name',
    'uri',
  ]),
  template: shapeOf({ ...described, uriTemplate: 'text', mimeType: 'text', annotations: 'object' }, [
    'name',
    'uriTemplate',
  ]),
};

/** Of a tool: a client that reads another case would see hints that the review did not. */
const TOOL_HINTS = shapeOf(
  {
    title: 'text',
    readOnlyHint: 'yes-no',
    destructiveHint: 'yes-no',
    idempotentHint: 'yes-no',
    openWorldHint: 'yes-no',
  },
  [],
);

/** Members that the protocol names for definitions of any kind: what a comparison may call by their name. */
export const KNOWN_MEMBERS: ReadonlySet<string> = new Set(
  Object.values(SHAPES).flatMap((shape) => Object.keys(shape.members)),
);

/** What is wrong with the object; undefined when nothing is. Names only members that the protocol knows. */
export function shapeFault(kind: DefinitionKind, value: JsonObject): string | undefined {
  const fault = memberFault(SHAPES[kind], value);
  if (fault !== undefined || kind !== 'tool') return fault;
  const { annotations } = value;
  const hint = isJsonObject(annotations) ? memberFault(TOOL_HINTS, annotations) : undefined;
  return hint === undefined ? undefined : `annotations: ${hint}`;
}

function memberFault(shape: Shape, value: JsonObject): string | undefined {
  const missing = shape.required.find((member) => !Object.hasOwn(value, member));
  if (missing !== undefined) return `${missing} is missing`;
  for (const [key, member] of Object.entries(value)) {
    const type = Object.hasOwn(shape.members, key) ? shape.members[key] : undefined;
    if (type === undefined) {
      if (isLookAlike(key, shape.folded))
        return 'a member has a name that only looks like one of the protocol';
      continue;
    }
    const fault = typeFault(type, member);
    if (fault !== undefined) return `${key} ${fault}`;
  }
  return undefined;
}

function typeFault(type: MemberType, value: unknown): string | undefined {
  switch (type) {
    case 'text':
      return typeof value === 'string' ? undefined : 'is not text';
    case 'number':
      return typeof value === 'number' ? undefined : 'is not a number';
    case 'yes-no':
      return typeof value === 'boolean' ? undefined : 'is not true or false';
    case 'object':
      return isJsonObject(value) ? undefined : 'is not an object';
    default:
      return entriesFault(type.each, value);
  }
}

function entriesFault(shape: Shape, list: unknown): string | undefined {
  if (!Array.isArray(list)) return 'is not a list';
  for (const entry of list as readonly unknown[]) {
    if (!isJsonObject(entry)) return 'has an entry that is not an object';
    const fault = memberFault(shape, entry);
    if (fault !== undefined) return `has an entry of which ${fault}`;
  }
  return undefined;
}
