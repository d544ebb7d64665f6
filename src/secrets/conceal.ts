// Takes the values of secrets out of what a server prints, without keeping one: of every form there is a keyed hash, and of its
// first characters a rolling one that finds where to look. The keys are made at each start and leave with the process.
import { sha256Hex } from '../sha256.ts';
import { formsOf } from './forms.ts';

export interface Concealer {
  /** In UTF-16 units, of the longest form: who cuts a text must know so much more of it. */
  readonly longest: number;
  /** The text up to `end` (of UTF-16 units), with names in place of values; of one that begins before it, nothing shows. */
  readonly conceal: (text: string, end?: number) => string;
}

interface Form {
  readonly name: string;
  readonly length: number;
  readonly digest: string;
}

/** Enough to tell most places from one another, and little enough to say nothing of a value. */
const WINDOW = 12;
const SEEN_MASK = 0x3fff;

/** undefined when no value is long enough to be looked for. */
export function concealer(values: ReadonlyMap<string, string>): Concealer | undefined {
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex');
  const [multiplier = 1] = crypto.getRandomValues(new Uint32Array(1)).map((word) => word | 1);
  const digestOf = (text: string): string => sha256Hex(`${key}${text}${key}`);
  const forms = [...values].flatMap(([name, value]) => [...formsOf(value)].map((text) => ({ name, text })));
  if (forms.length === 0) return undefined;

  const window = Math.min(WINDOW, ...forms.map(({ text }) => text.length));
  const rolling = rollingHash(multiplier, window);
  const byStart = new Map<number, Form[]>();
  const seen = new Uint8Array(SEEN_MASK + 1);
  // The longest first: a value may begin with another.
  for (const { name, text } of forms.toSorted((one, other) => other.text.length - one.text.length)) {
    const start = rolling.of(text);
    seen[start & SEEN_MASK] = 1;
    byStart.set(start, [
      ...(byStart.get(start) ?? []),
      { name, length: text.length, digest: digestOf(text) },
    ]);
  }
  const formAt = (text: string, index: number, start: number): Form | undefined =>
    byStart.get(start)?.find(({ length, digest }) => digestOf(text.slice(index, index + length)) === digest);

  return {
    longest: Math.max(...forms.map(({ text }) => text.length)),
    conceal(text, end = text.length) {
      if (text.length < window) return text.slice(0, end);
      let shown = '';
      let from = 0;
      let hash = rolling.of(text);
      for (let index = 0; index < end; ) {
        const form = seen[hash & SEEN_MASK] === 1 ? formAt(text, index, hash) : undefined;
        if (form !== undefined) {
          shown += `${text.slice(from, index)}[secret ${form.name}]`;
          from = index + form.length;
        }
        const next = form === undefined ? index + 1 : from;
        if (next + window > text.length) break;
        hash = form === undefined ? rolling.next(hash, text, index) : rolling.of(text, next);
        index = next;
      }
      return shown + text.slice(from, Math.max(from, end));
    },
  };
}

interface RollingHash {
  /** Of the window that begins at `index`. */
  of(text: string, index?: number): number;
  /** From the window at `index` to the one after it. */
  next(hash: number, text: string, index: number): number;
}

function rollingHash(multiplier: number, window: number): RollingHash {
  let leaving = 1;
  for (let step = 1; step < window; step += 1) leaving = Math.imul(leaving, multiplier);
  const step = (hash: number, unit: number): number => (Math.imul(hash, multiplier) + unit) | 0;
  return {
    of(text, index = 0) {
      let hash = 0;
      for (let offset = 0; offset < window; offset += 1) hash = step(hash, text.charCodeAt(index + offset));
      return hash;
    },
    next: (hash, text, index) =>
      step((hash - Math.imul(text.charCodeAt(index), leaving)) | 0, text.charCodeAt(index + window)),
  };
}
