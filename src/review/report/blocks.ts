// The report as blocks, between the model and the three renderers that people read: its words and its order are in one
// place, and text of others can only be in the members that a renderer escapes.
import type { Excerpt } from '../findings.ts';
import type { ParameterRow } from '../parameters.ts';
import type { Inline, Severity } from '../rules/rule.ts';
import type { WordPart } from '../words.ts';

export interface Report {
  readonly title: string;
  readonly verdict: Verdict;
  readonly sections: readonly Section[];
}

export interface Verdict {
  readonly state: 'first' | 'unchanged' | 'changed';
  readonly headline: string;
  /** What there is to look at, most important first. */
  readonly points: readonly string[];
  readonly counts: Readonly<Record<Severity, number>>;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  /** Shown beside the title in a table of contents. */
  readonly count: number | undefined;
  readonly blocks: readonly Block[];
}

export type Mark = 'added' | 'removed' | 'changed' | 'wider';

export interface Badge {
  readonly text: string;
  readonly tone: Severity | Mark | 'plain';
}

export type Line = readonly Inline[];

export type Block =
  | { readonly kind: 'note'; readonly text: Line }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: ReadonlyArray<readonly [label: string, value: Line]> }
  | { readonly kind: 'list'; readonly items: ReadonlyArray<{ readonly mark?: Mark; readonly text: Line }> }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: ReadonlyArray<readonly Line[]>;
      /** Too long to stand in the way: behind this label, or only its first columns, where there is no way to fold it. */
      readonly folded?: string;
    }
  /** Text of others, whole; what it is called may be theirs as well. `cutAt`: where some clients cut it. */
  | { readonly kind: 'payload'; readonly label: Line; readonly text: string; readonly cutAt?: number }
  | { readonly kind: 'excerpt'; readonly excerpt: Excerpt }
  | {
      readonly kind: 'parameters';
      readonly label: string;
      readonly rows: readonly ParameterRow[];
      /** What was found in them, by pointers from the top of the definition. */
      readonly flags: ReadonlyArray<Reference & { readonly pointer: string }>;
    }
  | { readonly kind: 'diff'; readonly diff: DiffBlock }
  /** The same once more, as JSON, for who wants it: only where it can be folded away. */
  | { readonly kind: 'source'; readonly label: string; readonly json: string }
  | { readonly kind: 'entry'; readonly entry: EntryBlock };

export interface DiffBlock {
  readonly pointer: string;
  readonly badges: readonly Badge[];
  readonly words: readonly WordPart[];
  /** A side that is not there at all is not an empty text. */
  readonly has: { readonly before: boolean; readonly after: boolean };
}

/** A finding, a definition, a change: what one jumps to, and what a search shows or hides as a whole. */
export interface EntryBlock {
  readonly id: string;
  readonly type: 'finding' | 'definition' | 'change';
  readonly severity: Severity | undefined;
  readonly badges: readonly Badge[];
  readonly title: Line;
  /** Beside the title: where it is; and the entry that this leads to. */
  readonly place: Line | undefined;
  readonly target: string | undefined;
  /** Entries that speak of this one. */
  readonly related: readonly Reference[];
  readonly blocks: readonly Block[];
}

export interface Reference {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
}

export const theirs = (text: string): Inline => ({ theirs: text });
