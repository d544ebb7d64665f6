// Text of a pins.json -> the pins, or every fault it has. Pure.
import pinsJsonSchema from '../../profiles/pins.schema.json' with { type: 'json' };
import { accept, type JsonSchema } from '../json/accept.ts';
import { checkShape, type ShapeResult } from '../json/check-shape.ts';
import { jsonPath } from '../json/json-path.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import {
  type Definition,
  type DefinitionKind,
  type Definitions,
  hashInstructions,
  KEY_MEMBER,
  KINDS,
  LIST_MEMBER,
  sameContext,
} from './definitions.ts';
import type { Approval } from './approval.ts';
import { isJsonObject } from './json-value.ts';
import { arePinnedDefinitions } from './pinned-shape.ts';
import { readDefinitions } from './read-definitions.ts';
import { readIntroduction } from './read-introduction.ts';
import {
  type PackagePins,
  packagePinsSchema,
  type PinnedDefinitions,
  type Pins,
  pinsSchema,
} from './schema.ts';

export type ParsedPins =
  | { readonly ok: true; readonly pins: Pins }
  | { readonly ok: false; readonly faults: readonly string[] };

export function parsePins(text: string): ParsedPins {
  const json = parseStrictJson(text);
  if (!json.ok) return { ok: false, faults: json.issues.map((issue) => `${issue.path}: ${issue.message}`) };
  const shape = readShape(json.value);
  if (!shape.ok) return shape;
  const faults: string[] = [];
  const { definitions, approval, ...packagePins } = shape.document;
  const read = definitions.map((pinned, index) =>
    readPinned(pinned, (place, message) =>
      faults.push(`${jsonPath(['definitions', index, ...place])}: ${message}`),
    ),
  );
  for (const [index, { context }] of read.entries())
    if (read.slice(0, index).some((earlier) => sameContext(earlier.context, context)))
      faults.push(`${jsonPath(['definitions', index, 'context'])}: is there twice`);
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, pins: { ...packagePins, definitions: read, approval } };
}

/** What the package is, without a look at the definitions: for verbs that go through a thousand profiles. */
export function parsePackagePins(
  text: string,
):
  | { readonly ok: true; readonly pins: PackagePins }
  | { readonly ok: false; readonly faults: readonly string[] } {
  const head = headOf(text);
  if (head !== undefined) return { ok: true, pins: head };
  const json = parseStrictJson(text);
  if (!json.ok) return { ok: false, faults: json.issues.map((issue) => `${issue.path}: ${issue.message}`) };
  const { definitions: _, ...rest } = isJsonObject(json.value) ? (json.value as Record<string, unknown>) : {};
  const shape = readPackagePins(rest);
  if (!shape.ok) return { ok: false, faults: shape.lines };
  const { approval: __, ...pins } = shape.value;
  return { ok: true, pins };
}

/**
 * Of a text as `formatPins` writes it, what stands before the definitions, which are most of it; undefined for any other, also
 * for one with a fault. In JSON no line begins inside a text, so what looks like such a line is one.
 */
function headOf(text: string): PackagePins | undefined {
  const at = text.indexOf(',\n  "definitions": [');
  // Of one that was cut the last line is another.
  if (at === -1 || !text.endsWith('\n}\n')) return undefined;
  const more = text.indexOf('\n  "', at + 2);
  if (more !== -1 && (!text.startsWith('\n  "approval": {', more) || text.includes('\n  "', more + 1)))
    return undefined;
  const json = parseStrictJson(`${text.slice(0, at)}}`);
  if (!json.ok) return undefined;
  const head = acceptedPackagePins(json.value);
  if (head === undefined) return undefined;
  const { approval: _, ...pins } = head;
  return pins;
}

type PackageDocument = PackagePins & { readonly approval?: Approval | undefined };

function readPackagePins(value: unknown): ShapeResult<PackageDocument> {
  const accepted = acceptedPackagePins(value);
  return accepted === undefined ? checkShape(packagePinsSchema(), value) : { ok: true, value: accepted };
}

/** undefined for what is not valid: the schema of zod then says why. */
function acceptedPackagePins(withoutDefinitions: unknown): PackageDocument | undefined {
  return accept(pinsJsonSchema as JsonSchema, withoutDefinitions) as PackageDocument | undefined;
}

type PinsDocument = Omit<Pins, 'definitions'> & { readonly definitions: readonly PinnedDefinitions[] };

function readShape(
  value: unknown,
):
  | { readonly ok: true; readonly document: PinsDocument }
  | { readonly ok: false; readonly faults: readonly string[] } {
  const { definitions = [], ...rest } = isJsonObject(value) ? (value as Record<string, unknown>) : {};
  const accepted = acceptedPackagePins(rest);
  if (accepted !== undefined && arePinnedDefinitions(definitions))
    return { ok: true, document: { ...accepted, approval: accepted.approval, definitions } };
  const whole = checkShape(pinsSchema(), value);
  if (!whole.ok) return { ok: false, faults: whole.lines };
  return {
    ok: true,
    document: { ...whole.value, approval: whole.value.approval, definitions: whole.value.definitions ?? [] },
  };
}

type Report = (place: readonly PropertyKey[], message: string) => void;

/** A person reads the text and the relay compares the hash, so both must say the same. */
function readPinned(pinned: PinnedDefinitions, report: Report): Definitions {
  const { serverInfo, capabilities, instructions } = pinned;
  const introduction = readIntroduction('legacy', {
    serverInfo,
    capabilities,
    instructions: instructions?.text ?? null,
  });
  if (!introduction.ok) report([], introduction.fault);
  if (instructions !== null && hashInstructions(instructions.text) !== instructions.sha256)
    report(['instructions', 'sha256'], 'is not the hash of the text');
  const lists = Object.fromEntries(
    KINDS.map((kind) => [LIST_MEMBER[kind], readPinnedList(kind, pinned[LIST_MEMBER[kind]], report)]),
  ) as Record<(typeof LIST_MEMBER)[DefinitionKind], readonly Definition[]>;
  return {
    context: pinned.context as Definitions['context'],
    ...(introduction.ok
      ? introduction.introduction
      : { serverInfo: {}, capabilities: {}, instructions: null }),
    ...lists,
  };
}

interface PinnedEntry {
  readonly sha256: string;
  readonly definition: { readonly [member: string]: unknown };
}

function readPinnedList(
  kind: DefinitionKind,
  entries: readonly PinnedEntry[],
  report: Report,
): readonly Definition[] {
  const read = readDefinitions(
    kind,
    entries.map(({ definition }) => definition),
  );
  if (!read.ok) {
    report([LIST_MEMBER[kind]], read.fault);
    return [];
  }
  const hashes = new Map(read.list.map(({ key, hash }) => [key, hash]));
  for (const [index, entry] of entries.entries()) {
    const key = entry.definition[KEY_MEMBER[kind]] as string;
    const place = [LIST_MEMBER[kind], index];
    if ((entry as unknown as Record<string, unknown>)[KEY_MEMBER[kind]] !== key)
      report([...place, KEY_MEMBER[kind]], `is not the ${KEY_MEMBER[kind]} of the definition`);
    if (hashes.get(key) !== entry.sha256) report([...place, 'sha256'], 'is not the hash of the definition');
  }
  return read.list;
}
