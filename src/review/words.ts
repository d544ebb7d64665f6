// Two texts word by word. Blanks and line ends are words of their own, so that a change of them shows.
import { diffWordsWithSpace } from 'diff';

export type WordPart =
  | { readonly kind: 'same' | 'removed' | 'added'; readonly text: string }
  /** Unchanged, left out: how much. */
  | { readonly kind: 'skipped'; readonly characters: number; readonly text: string };

/** Beyond it a word-level comparison of two different texts takes minutes and tells nothing. */
const MAX_EDITS = 1500;
const KEPT_AROUND_CHANGE = 80;
const WORTH_SKIPPING = 240;

export function compareWords(before: string, after: string): WordPart[] {
  const changes = diffWordsWithSpace(before, after, { maxEditLength: MAX_EDITS });
  if (changes === undefined)
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ];
  const parts = changes.map(({ value, added, removed }): WordPart => {
    return { kind: added ? 'added' : removed ? 'removed' : 'same', text: value };
  });
  return parts.flatMap((part, index) => collapse(part, index === 0, index === parts.length - 1));
}

function collapse(part: WordPart, isFirst: boolean, isLast: boolean): WordPart[] {
  if (part.kind !== 'same' || part.text.length < WORTH_SKIPPING) return [part];
  const head = isFirst ? 0 : cutAfter(part.text, KEPT_AROUND_CHANGE);
  const tail = isLast ? part.text.length : cutAfter(part.text, part.text.length - KEPT_AROUND_CHANGE);
  const left: WordPart[] = head === 0 ? [] : [{ kind: 'same', text: part.text.slice(0, head) }];
  const right: WordPart[] = tail === part.text.length ? [] : [{ kind: 'same', text: part.text.slice(tail) }];
  return [...left, { kind: 'skipped', characters: tail - head, text: part.text.slice(head, tail) }, ...right];
}

/** Never between the halves of a pair. */
function cutAfter(text: string, index: number): number {
  return /[\udc00-\udfff]/.test(text[index] ?? '') ? index + 1 : index;
}
