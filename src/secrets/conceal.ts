// Takes the values of secrets out of what a server prints, without keeping one: of every form there is a keyed hash, and of its
// first bytes a rolling one that finds where to look. The keys are made at each start and leave with the process.
import { createSha256 } from '../sha256.ts';
import { formsOf } from './forms.ts';

export interface Concealer {
  /** In bytes of UTF-8, of the longest form: who cuts a text must know so much more of it. */
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
export function concealer(values: ReadonlyMap<string, Buffer>): Concealer | undefined {
  const key = crypto.getRandomValues(new Uint8Array(32));
  const [multiplier = 1] = crypto.getRandomValues(new Uint32Array(1)).map((word) => word | 1);
  const digestOf = (bytes: Uint8Array): string => {
    const hash = createSha256();
    hash.update(key);
    hash.update(bytes);
    return hash.digest('hex');
  };
  const written = [...values].flatMap(([name, value]) => formsOf(value).map((bytes) => ({ name, bytes })));
  if (written.length === 0) return undefined;

  const window = Math.min(WINDOW, ...written.map(({ bytes }) => bytes.length));
  const longest = Math.max(...written.map(({ bytes }) => bytes.length));
  const rolling = rollingHash(multiplier, window);
  const byStart = new Map<number, Form[]>();
  const seen = new Uint8Array(SEEN_MASK + 1);
  // The longest first: a value may begin with another.
  for (const { name, bytes } of written.toSorted((one, other) => other.bytes.length - one.bytes.length)) {
    const start = rolling.of(bytes);
    seen[start & SEEN_MASK] = 1;
    const form = { name, length: bytes.length, digest: digestOf(bytes) };
    byStart.set(start, [...(byStart.get(start) ?? []), form]);
    bytes.fill(0);
  }
  const formAt = (bytes: Buffer, index: number, start: number): Form | undefined =>
    byStart
      .get(start)
      ?.find(({ length, digest }) => digestOf(bytes.subarray(index, index + length)) === digest);

  const conceal = (text: string, end = text.length): string => {
    const bytes = Buffer.from(text);
    const endByte = end === text.length ? bytes.length : Buffer.byteLength(text.slice(0, end));
    const shown: string[] = [];
    let from = 0;
    let hash = bytes.length < window ? 0 : rolling.of(bytes);
    for (let index = 0; index < endByte && index + window <= bytes.length; ) {
      const form = seen[hash & SEEN_MASK] === 1 ? formAt(bytes, index, hash) : undefined;
      if (form !== undefined) {
        shown.push(bytes.toString('utf8', from, index), `[secret ${form.name}]`);
        from = index + form.length;
      }
      const next = form === undefined ? index + 1 : from;
      if (next + window <= bytes.length)
        hash = form === undefined ? rolling.next(hash, bytes, index) : rolling.of(bytes, next);
      index = next;
    }
    if (shown.length === 0) return text.slice(0, end);
    return shown.join('') + bytes.toString('utf8', from, Math.max(from, endByte));
  };
  return { longest, conceal };
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
