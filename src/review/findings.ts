// Runs the rules over the subject, and puts what they found in the order in which a person should read it.
import type { DefinitionKind } from '../pins/definitions.ts';
import type { ReviewMaterial } from './material.ts';
import { RULES } from './rules/all.ts';
import { type Inline, type Match, type Rule, SEVERITIES, type Severity } from './rules/rule.ts';
import { type Subject, byText, subjectOf, subjectText } from './subject.ts';

export interface Excerpt {
  readonly before: string;
  readonly match: string;
  readonly after: string;
  /** Text was left out in front of it, behind it. */
  readonly cut: readonly [front: boolean, back: boolean];
  readonly note: readonly Inline[];
  readonly decoded: string | undefined;
}

export interface Finding {
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly labels: readonly string[];
  readonly why: string;
  readonly pointer: string;
  /** The definition that it is in. */
  readonly definition: { readonly kind: DefinitionKind; readonly key: string } | undefined;
  /** How often the rule matched at this place. */
  readonly matches: number;
  /** The first of them. */
  readonly excerpts: readonly Excerpt[];
}

const CONTEXT = 60;
const MATCH_SHOWN = 240;
const EXCERPTS = 3;

export function findingsOf(material: ReviewMaterial, subject: Subject = subjectOf(material)): Finding[] {
  return RULES.flatMap((rule) => findingsOfRule(rule, subject)).toSorted(
    (one, other) =>
      SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
      ruleOrder(one.rule) - ruleOrder(other.rule) ||
      byText(one.pointer, other.pointer),
  );
}

/** Ids of the rules that match a text by itself, as a description. */
export function rulesMatching(text: string, subject: Subject, rules: readonly Rule[]): ReadonlySet<string> {
  const one = subjectText({ pointer: '', role: 'description', text }, undefined);
  const alone: Subject = { ...subject, texts: [one] };
  return new Set(rules.flatMap((rule) => ([...rule.find(alone)].length > 0 ? [rule.id] : [])));
}

function ruleOrder(id: string): number {
  return RULES.findIndex((rule) => rule.id === id);
}

/** One finding per place, however often the rule matched there. */
function findingsOfRule(rule: Rule, subject: Subject): Finding[] {
  const places = new Map<string, Match[]>();
  for (const match of rule.find(subject)) {
    const known = places.get(match.pointer);
    if (known === undefined) places.set(match.pointer, [match]);
    else known.push(match);
  }
  return [...places].map(([pointer, all]) => {
    const matches = apart(all);
    const entry = subject.entries.find(
      (one) => pointer === one.pointer || pointer.startsWith(`${one.pointer}/`),
    );
    const severities = all.map((match) => match.severity ?? rule.severity);
    return {
      rule: rule.id,
      title: rule.title,
      severity: SEVERITIES.find((severity) => severities.includes(severity)) ?? rule.severity,
      labels: rule.labels,
      why: rule.why,
      pointer,
      definition: entry === undefined ? undefined : { kind: entry.kind, key: entry.key },
      matches: matches.length,
      excerpts: matches.slice(0, EXCERPTS).map(excerptOf),
    };
  });
}

/** Matches that touch or overlap are one, as a run of escape sequences is, or a sentence that two patterns know. */
function apart(matches: readonly Match[]): Match[] {
  const kept: Match[] = [];
  for (const match of matches.toSorted((one, other) => (one.start ?? 0) - (other.start ?? 0))) {
    const last = kept.at(-1);
    const touches =
      last?.end !== undefined &&
      match.start !== undefined &&
      match.text === last.text &&
      match.start <= last.end &&
      match.decoded === undefined;
    if (!touches) kept.push(match);
    else kept[kept.length - 1] = { ...last, end: Math.max(last.end ?? 0, match.end ?? 0) };
  }
  return kept;
}

function excerptOf(match: Match): Excerpt {
  const { text = '', note = [], decoded } = match;
  const start = match.start ?? 0;
  const end = match.end ?? text.length;
  const from = boundary(text, Math.max(0, start - CONTEXT));
  const shownEnd = boundary(text, Math.min(end, start + MATCH_SHOWN));
  const to = shownEnd < end ? shownEnd : boundary(text, Math.min(text.length, end + CONTEXT));
  return {
    before: text.slice(from, start),
    match: text.slice(start, shownEnd),
    after: text.slice(shownEnd, to),
    cut: [from > 0, to < text.length],
    note,
    decoded,
  };
}

/** Never between the halves of a pair. */
function boundary(text: string, index: number): number {
  return /[\udc00-\udfff]/.test(text[index] ?? '') && /[\ud800-\udbff]/.test(text[index - 1] ?? '')
    ? index - 1
    : index;
}
