// Material -> what rules look at: each distinct definition once, whatever number of contexts it was seen in, and each of its
// texts with its folded form.
import type { JsonObject } from '../pins/canonical-json.ts';
import { LIST_MEMBER, type Definition, type DefinitionKind, type Definitions } from '../pins/definitions.ts';
import { type FoldedText, foldText } from './fold.ts';
import { type HiddenCharacter, hiddenCharacters } from './hidden.ts';
import type { ReviewMaterial } from './material.ts';
import { pointer } from './pointer.ts';
import { type OddType, type WalkedText, walkDefinition, walkPlain } from './walk.ts';

/** One definition as it was sent in some contexts. Another text under the same key is another entry. */
export interface Entry {
  readonly kind: DefinitionKind;
  readonly key: string;
  readonly value: JsonObject;
  readonly hash: string;
  readonly pointer: string;
  /** Positions in `material.definitions`. */
  readonly contexts: readonly number[];
}

export interface SubjectText extends WalkedText {
  readonly folded: FoldedText;
  readonly hidden: readonly HiddenCharacter[];
  readonly entry: Entry | undefined;
}

export interface Subject {
  readonly material: ReviewMaterial;
  readonly entries: readonly Entry[];
  readonly texts: readonly SubjectText[];
  readonly odd: ReadonlyArray<OddType & { readonly entry: Entry }>;
}

export function subjectOf(material: ReviewMaterial): Subject {
  const entries = entriesIn(material.definitions);
  const texts: SubjectText[] = [];
  const odd: Array<OddType & { readonly entry: Entry }> = [];
  const add = (found: readonly WalkedText[], entry: Entry | undefined): void => {
    for (const text of found) texts.push(subjectText(text, entry));
  };
  for (const entry of entries) {
    const walked = walkDefinition(entry.kind, entry.pointer, entry.value);
    add(walked.texts, entry);
    odd.push(...walked.odd.map((one) => ({ ...one, entry })));
  }
  for (const text of serverTexts(material.definitions)) add([text], undefined);
  for (const [index, probe] of material.probes.entries()) {
    if (probe.stderr !== '')
      add([{ pointer: pointer('probes', index, 'stderr'), role: 'stderr', text: probe.stderr }], undefined);
  }
  return { material, entries, texts, odd };
}

export function subjectText(text: WalkedText, entry: Entry | undefined): SubjectText {
  return { ...text, folded: foldText(text.text), hidden: hiddenCharacters(text.text), entry };
}

/** Sorted by kind, key, and the first context that has it. */
export function entriesIn(definitions: readonly Definitions[]): Entry[] {
  const entries: Entry[] = [];
  for (const kind of ['tool', 'prompt', 'resource', 'template'] as const) {
    const byIdentity = new Map<string, { definition: Definition; contexts: number[] }>();
    for (const [context, set] of definitions.entries())
      for (const definition of set[LIST_MEMBER[kind]]) {
        const identity = `${definition.hash} ${definition.key}`;
        const known = byIdentity.get(identity);
        if (known === undefined) byIdentity.set(identity, { definition, contexts: [context] });
        else known.contexts.push(context);
      }
    const list = [...byIdentity.values()].map(({ definition: { key, value, hash }, contexts }): Entry => {
      return { kind, key, value, hash, pointer: pointer(LIST_MEMBER[kind], key), contexts };
    });
    entries.push(...list.toSorted((one, other) => byText(one.key, other.key) || byContext(one, other)));
  }
  return entries;
}

function byContext(one: Entry, other: Entry): number {
  return (one.contexts[0] ?? 0) - (other.contexts[0] ?? 0);
}

/** By UTF-16 units: the same in every locale. */
export function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** What the server says beside its definitions, each text once. */
function serverTexts(definitions: readonly Definitions[]): WalkedText[] {
  const found = definitions.flatMap(({ instructions, serverInfo, capabilities }): WalkedText[] => [
    ...(instructions === null
      ? []
      : [{ pointer: pointer('instructions'), role: 'instructions' as const, text: instructions }]),
    ...walkPlain(pointer('serverInfo'), serverInfo).texts,
    ...walkPlain(pointer('capabilities'), capabilities).texts,
  ]);
  const once = new Map(found.map((text) => [`${text.pointer}\n${text.role}\n${text.text}`, text]));
  return [...once.values()];
}
