// Takes the values of secrets out of what a server prints, without keeping one: of every form there is a keyed hash, before it a
// quick one, and of its first bytes a rolling one that finds where to look. The keys are made at each start and leave with the
// process.
import { createSha256 } from '../sha256.ts';
import { decodings } from './decoded.ts';
import { formsOf } from './forms.ts';

export interface Concealer {
  /** In bytes of UTF-8, how long a value may be as it is written: who cuts a text must know so much more of it. */
  readonly longest: number;
  /** The text up to `end` (of UTF-16 units), with names in place of values; of one that begins before it, nothing shows. */
  readonly conceal: (text: string, end?: number) => string;
}

interface Form {
  readonly name: string;
  readonly length: number;
  readonly quick: number;
  readonly digest: string;
}

interface Budget {
  left: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** Enough to tell most places from one another, and little enough to say nothing of a value. */
const WINDOW = 12;
const SEEN_MASK = 0x3fff;
/** Each character as \\u0041: nothing that is searched for is written longer. */
const LONGEST_ESCAPE = 6;
/**
 * How many bytes may be looked at twice for one text. A server that knows the value can write what looks like its beginning over
 * and over; the launcher must not stop for it. No text that means well comes near.
 */
const looks = (length: number): number => 4 * 1024 * 1024 + 16 * length;
const UNSEARCHED = '[not shown: too much in it looks like a secret]';

/** undefined when no value is long enough to be looked for. */
export function concealer(values: ReadonlyMap<string, Buffer>): Concealer | undefined {
  const key = crypto.getRandomValues(new Uint8Array(32));
  const [multiplier = 1, another = 1] = crypto.getRandomValues(new Uint32Array(2)).map((word) => word | 1);
  const digestOf = (bytes: Uint8Array): string => {
    const hash = createSha256();
    hash.update(key);
    hash.update(bytes);
    return hash.digest('hex');
  };
  const written = [...values].flatMap(([name, value]) => formsOf(value).map((bytes) => ({ name, bytes })));
  if (written.length === 0) return undefined;

  const window = Math.min(WINDOW, ...written.map(({ bytes }) => bytes.length));
  const longest = LONGEST_ESCAPE * Math.max(...written.map(({ bytes }) => bytes.length));
  const rolling = rollingHash(multiplier, window);
  const byStart = new Map<number, Form[]>();
  const seen = new Uint8Array(SEEN_MASK + 1);
  // The longest first: a value may begin with another.
  for (const { name, bytes } of written.toSorted((one, other) => other.bytes.length - one.bytes.length)) {
    const start = rolling.of(bytes);
    seen[start & SEEN_MASK] = 1;
    const form = {
      name,
      length: bytes.length,
      quick: quickHash(another, bytes, 0, bytes.length),
      digest: digestOf(bytes),
    };
    byStart.set(start, [...(byStart.get(start) ?? []), form]);
    bytes.fill(0);
  }

  const formAt = (bytes: Buffer, index: number, start: number, budget: Budget): Form | undefined =>
    byStart.get(start)?.find(({ length, quick, digest }) => {
      if (index + length > bytes.length) return false;
      budget.left -= length;
      return (
        quickHash(another, bytes, index, length) === quick &&
        digestOf(bytes.subarray(index, index + length)) === digest
      );
    });

  /** In the order of their starts; undefined when it would take too long. */
  const search = (bytes: Buffer, budget: Budget): Span[] | undefined => {
    const found: Span[] = [];
    let hash = bytes.length < window ? 0 : rolling.of(bytes);
    for (let index = 0; index + window <= bytes.length; index += 1) {
      const form = seen[hash & SEEN_MASK] === 1 ? formAt(bytes, index, hash, budget) : undefined;
      if (form !== undefined) found.push({ start: index, end: index + form.length, name: form.name });
      if (budget.left < 0) return undefined;
      if (index + window < bytes.length) hash = rolling.next(hash, bytes, index);
    }
    return found;
  };

  const conceal = (text: string, end = text.length): string => {
    const bytes = Buffer.from(text);
    const budget = { left: looks(bytes.length) };
    const plain = search(bytes, budget);
    if (plain === undefined) return UNSEARCHED;
    const spans = [...plain];
    for (const decoded of decodings(bytes)) {
      const found = search(decoded.bytes, budget);
      if (found === undefined) return UNSEARCHED;
      const placed = found.map(({ start, end: stop, name }) => ({
        start: decoded.places[start] ?? 0,
        end: decoded.places[stop] ?? bytes.length,
        name,
      }));
      spans.push(...notAmong(plain, placed));
    }
    if (spans.length === 0) return text.slice(0, end);
    const endByte = end === text.length ? bytes.length : Buffer.byteLength(text.slice(0, end));
    return replaced(bytes, spans, endByte);
  };
  return { longest, conceal };
}

/** Where a value stands as it is, no other reading of what is before it counts. Both in the order of their starts. */
function notAmong(plain: readonly Span[], others: readonly Span[]): Span[] {
  let first = 0;
  return others.filter(({ start, end, name }) => {
    while ((plain[first]?.end ?? Infinity) <= start) first += 1;
    for (let index = first; (plain[index]?.start ?? Infinity) < end; index += 1)
      if (plain[index]?.name === name) return false;
    return true;
  });
}

/** What several spans share is shown once; of no span anything shows. */
function replaced(bytes: Buffer, spans: readonly Span[], end: number): string {
  const shown: string[] = [];
  let hidden = 0;
  let named = 0;
  for (const span of spans.toSorted((one, other) => one.start - other.start || other.end - one.end)) {
    if (span.start >= end) break;
    if (span.start >= hidden) shown.push(bytes.toString('utf8', hidden, span.start));
    if (span.start >= named) {
      shown.push(`[secret ${span.name}]`);
      named = span.end;
    }
    hidden = Math.max(hidden, span.end);
  }
  shown.push(bytes.toString('utf8', hidden, Math.max(hidden, end)));
  return shown.join('');
}

interface RollingHash {
  /** Of the window that begins at `index`. */
  of(bytes: Buffer, index?: number): number;
  /** From the window at `index` to the one after it. */
  next(hash: number, bytes: Buffer, index: number): number;
}

function rollingHash(multiplier: number, window: number): RollingHash {
  let leaving = 1;
  for (let count = 1; count < window; count += 1) leaving = Math.imul(leaving, multiplier);
  const step = (hash: number, byte: number): number => (Math.imul(hash, multiplier) + byte) | 0;
  return {
    of(bytes, index = 0) {
      let hash = 0;
      for (let offset = 0; offset < window; offset += 1) hash = step(hash, bytes[index + offset] ?? 0);
      return hash;
    },
    next: (hash, bytes, index) =>
      step((hash - Math.imul(bytes[index] ?? 0, leaving)) | 0, bytes[index + window] ?? 0),
  };
}

function quickHash(multiplier: number, bytes: Buffer, start: number, length: number): number {
  let hash = 0;
  for (let index = start; index < start + length; index += 1)
    hash = (Math.imul(hash, multiplier) + (bytes[index] ?? 0)) | 0;
  return hash;
}
