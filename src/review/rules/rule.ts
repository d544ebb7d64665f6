// A rule of the review: data with one function. A rule says what it saw and why a person should look; none says that
// something is safe, and none changes what a pin or the relay decides.
import type { Subject, SubjectText } from '../subject.ts';
import type { TextRole } from '../walk.ts';

export const SEVERITIES = ['high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Text of ours, or of others: that is escaped wherever it is shown. */
export type Inline = string | { readonly theirs: string };

export interface Match {
  readonly pointer: string;
  /** The text that it was found in, whole, and which part of it. */
  readonly text?: string;
  readonly start?: number;
  readonly end?: number;
  readonly note?: readonly Inline[];
  /** What a hidden or encoded text says. */
  readonly decoded?: string | undefined;
  /** Where one occurrence weighs less or more than the rule does. */
  readonly severity?: Severity;
}

export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** What others call it: SAFE-MCP techniques, OWASP MCP Top 10. */
  readonly labels: readonly string[];
  /** What can come of it, for a person who has to decide. */
  readonly why: string;
  readonly find: (subject: Subject) => Iterable<Match>;
}

const PROSE: ReadonlySet<TextRole> = new Set<TextRole>([
  'instructions',
  'title',
  'description',
  'comment',
  'data',
  'meta',
  'name',
  'member',
  'parameter',
]);

/** Looks at every text that a model may read. */
export function inProse(look: (text: SubjectText, subject: Subject) => Iterable<Match>): Rule['find'] {
  return inTexts((text, subject) => (PROSE.has(text.role) ? look(text, subject) : []));
}

export function inTexts(look: (text: SubjectText, subject: Subject) => Iterable<Match>): Rule['find'] {
  return function* find(subject) {
    for (const text of subject.texts) yield* look(text, subject);
  };
}

/** Every occurrence of the patterns in the folded text, as places in the text as it is. */
export function* occurrences(
  text: SubjectText,
  patterns: readonly RegExp[],
  about: Pick<Match, 'note' | 'severity'> = {},
): Iterable<Match> {
  const { folded } = text;
  for (const pattern of patterns)
    for (const { 0: match, index } of folded.text.matchAll(pattern))
      if (match !== '')
        yield {
          pointer: text.pointer,
          text: text.text,
          start: folded.source[index] ?? 0,
          end: folded.source[index + match.length] ?? text.text.length,
          ...about,
        };
}
