// One pass over the bytes of a line for what JSON.parse does not tell: equal keys, depth, spellings on which parsers
// disagree, and how the id is spelled. It does not check the grammar (JSON.parse does, afterwards): on bytes that are no
// JSON its findings mean nothing, on JSON they are exact.
import { Buffer } from 'node:buffer';
import type { LineFault } from './fault.ts';

export interface Scan {
  readonly fault: LineFault | undefined;
  /** The top-level id as it is spelled; undefined when there is none. */
  readonly idToken: string | undefined;
}

export const MAX_DEPTH = 64;
/** Each costs JSON.parse some hundred bytes: eight megabytes of `[],[],[]` would be half a gigabyte. */
const MAX_CONTAINERS = 250_000;
const MAX_KEY_BYTES = 16 * 1024;
const MAX_NUMBER_BYTES = 1024;
/** Objects with more keys than this compare them through a set. */
const FEW_KEYS = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** A letter, digit, `_` or `-` written as an escape: no serialiser does that, some parsers do not compare it decoded. */
const NEEDLESS_ESCAPE = /(?<!\\)(?:\\\\)*\\u00(?:3[0-9]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF]|2[dD])/;
/** Plain number of at most 15 digits: needs no further look. */
const SHORT_NUMBER = 15;

// Scratch memory, so that a small message allocates nothing. A scan never calls back, so it cannot be entered twice.
const keyHash = new Int32Array((MAX_DEPTH + 2) * FEW_KEYS);
const keyStart = new Int32Array((MAX_DEPTH + 2) * FEW_KEYS);
const keyEnd = new Int32Array((MAX_DEPTH + 2) * FEW_KEYS);
const isObject = new Uint8Array(MAX_DEPTH + 2);
const keyCount = new Int32Array(MAX_DEPTH + 2);

/** @param bytes one line of valid UTF-8, with or without its LF */
export function scan(bytes: Buffer): Scan {
  return new Scanner(bytes).run();
}

/** A line with such a fault is not given to JSON.parse at all. */
export function isCostly(fault: LineFault | undefined): boolean {
  return fault === 'too-deep' || fault === 'too-many-values';
}

class Scanner {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at = 0;
  #depth = 0;
  #containers = 0;
  #fault: LineFault | undefined;
  /** First backslash at or after the place where it was last looked for. */
  #backslash = -1;
  #atKey = false;
  #idToken: string | undefined;
  #idNext = false;
  #sets: Array<Set<string> | undefined> = [];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#end = bytes.length;
  }

  run(): Scan {
    const bytes = this.#bytes;
    // What JSON.parse would cost is known for the whole line, even when something else is wrong with it.
    while (this.#at < this.#end && !isCostly(this.#fault)) {
      const byte = bytes[this.#at] as number;
      if (byte === QUOTE) this.#string();
      else if (byte === 0x7b || byte === 0x5b) this.#open(byte === 0x7b);
      else if (byte === 0x7d || byte === 0x5d) this.#close();
      else if (byte === 0x2c) this.#comma();
      else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) this.#number();
      else this.#other(byte);
    }
    return { fault: this.#fault, idToken: this.#idToken };
  }

  #open(object: boolean): void {
    this.#otherId('{');
    this.#depth += 1;
    this.#containers += 1;
    if (this.#depth > MAX_DEPTH) this.#fault = 'too-deep';
    if (this.#containers > MAX_CONTAINERS) this.#fault = 'too-many-values';
    isObject[this.#depth] = object ? 1 : 0;
    keyCount[this.#depth] = 0;
    if (this.#sets.length > 0) this.#sets[this.#depth] = undefined;
    this.#atKey = object;
    this.#at += 1;
  }

  #close(): void {
    if (this.#depth > 0) this.#depth -= 1;
    this.#atKey = false;
    this.#at += 1;
  }

  #comma(): void {
    this.#atKey = isObject[this.#depth] === 1;
    this.#at += 1;
  }

  /** Colon, spaces and the letters of true, false, null. */
  #other(byte: number): void {
    if (byte > 0x20 && byte !== 0x3a) this.#otherId('null');
    // Some readers end a line at a bare CR (C#, Java): the rest would be a second message for them. In strings, JSON.parse
    // refuses it.
    else if (byte === 0x0d) this.#fault ??= 'carriage-return';
    this.#at += 1;
  }

  #otherId(token: string): void {
    if (!this.#idNext) return;
    this.#idNext = false;
    this.#idToken = token;
  }

  #number(): void {
    const bytes = this.#bytes;
    const start = this.#at;
    let plain = true;
    let at = start;
    for (; at < this.#end; at += 1) {
      const byte = bytes[at] as number;
      if (byte >= 0x30 && byte <= 0x39) continue;
      if (byte === 0x65 || byte === 0x45) plain = false;
      else if (byte !== 0x2e && byte !== 0x2d && byte !== 0x2b) break;
    }
    this.#at = at;
    if (!plain || at - start > SHORT_NUMBER) this.#longNumber(start, at);
    if (this.#idNext) this.#otherId(bytes.toString('latin1', start, at));
  }

  #longNumber(start: number, end: number): void {
    if (
      end - start > MAX_NUMBER_BYTES ||
      !Number.isFinite(Number(this.#bytes.toString('latin1', start, end)))
    )
      this.#fault ??= 'number-out-of-range';
  }

  #string(): void {
    const start = this.#at + 1;
    const key = this.#atKey;
    const end = this.#endOfString(start);
    this.#at = end + 1;
    if (key) {
      this.#atKey = false;
      this.#key(start, end);
    } else if (this.#idNext) {
      this.#otherId(this.#bytes.toString('utf8', start - 1, end + 1));
    }
  }

  /** Place of the closing quote; escapes on the way are judged. */
  #endOfString(start: number): number {
    let from = start;
    for (;;) {
      const quote = this.#next(QUOTE, from);
      if (quote >= this.#end) return this.#end;
      if (this.#backslash < from) this.#backslash = this.#next(BACKSLASH, from);
      if (this.#backslash >= quote) return quote;
      from = this.#escapes(this.#backslash, quote);
      if (from > quote) continue;
      return quote;
    }
  }

  /** Place of the next such byte, or the end. Mostly it is near: a call for each costs more than it saves. */
  #next(byte: number, from: number): number {
    const bytes = this.#bytes;
    const near = Math.min(from + 48, this.#end);
    for (let at = from; at < near; at += 1) if (bytes[at] === byte) return at;
    const far = near < this.#end ? bytes.indexOf(byte, near) : -1;
    return far < 0 ? this.#end : far;
  }

  /** Walks the escapes before `quote`; returns a place behind it when one of them escapes the quote itself. */
  #escapes(first: number, quote: number): number {
    const bytes = this.#bytes;
    let at = first;
    while (at < quote) {
      const wide = bytes[at + 1] === 0x75;
      if (wide) at += this.#unicodeEscape(at);
      else at += 2;
      if (at > quote) break;
      this.#backslash = this.#next(BACKSLASH, at);
      if (this.#backslash >= quote) return quote;
      at = this.#backslash;
    }
    return at;
  }

  /** Length of the escape, or of the pair that it begins. */
  #unicodeEscape(at: number): number {
    const unit = this.#codeUnit(at);
    if (unit < 0xd800 || unit > 0xdfff) return 6;
    const low = this.#codeUnit(at + 6);
    if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff) {
      this.#fault ??= 'lone-surrogate';
      return 6;
    }
    return 12;
  }

  #codeUnit(at: number): number {
    const bytes = this.#bytes;
    if (bytes[at] !== BACKSLASH || bytes[at + 1] !== 0x75) return -1;
    return Number.parseInt(bytes.toString('latin1', at + 2, at + 6), 16);
  }

  #key(start: number, end: number): void {
    if (end - start > MAX_KEY_BYTES) {
      this.#fault ??= 'key-too-long';
      return;
    }
    const bytes = this.#bytes;
    let hash = 0;
    let escaped = false;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] as number;
      hash = (hash * 31 + byte) | 0;
      if (byte === BACKSLASH) escaped = true;
    }
    if (escaped) this.#checkEscapedKey(start, end);
    this.#checkTwin(start, end, hash, escaped);
    if (this.#depth === 1 && end - start === 2 && bytes[start] === 0x69 && bytes[start + 1] === 0x64)
      this.#idNext = true;
  }

  #checkEscapedKey(start: number, end: number): void {
    // The members of the message itself are plain words: any escape in one is a disguise.
    if (this.#depth === 1 || NEEDLESS_ESCAPE.test(this.#bytes.toString('latin1', start, end)))
      this.#fault ??= 'escaped-key';
  }

  #checkTwin(start: number, end: number, hash: number, escaped: boolean): void {
    const depth = this.#depth;
    const count = keyCount[depth] as number;
    const set = this.#sets[depth];
    if (set !== undefined || escaped || count === FEW_KEYS) {
      this.#checkTwinInSet(set ?? this.#toSet(depth, count), start, end, escaped);
      return;
    }
    const base = depth * FEW_KEYS;
    for (let index = base; index < base + count; index += 1) {
      if (keyHash[index] === hash && this.#same(index, start, end)) this.#fault ??= 'duplicate-key';
    }
    keyHash[base + count] = hash;
    keyStart[base + count] = start;
    keyEnd[base + count] = end;
    keyCount[depth] = count + 1;
  }

  #same(index: number, start: number, end: number): boolean {
    const other = keyStart[index] as number;
    if ((keyEnd[index] as number) - other !== end - start) return false;
    return this.#bytes.compare(this.#bytes, start, end, other, other + end - start) === 0;
  }

  #toSet(depth: number, count: number): Set<string> {
    const set = new Set<string>();
    for (let index = depth * FEW_KEYS; index < depth * FEW_KEYS + count; index += 1)
      set.add(this.#bytes.toString('utf8', keyStart[index], keyEnd[index]));
    this.#sets[depth] = set;
    return set;
  }

  #checkTwinInSet(set: Set<string>, start: number, end: number, escaped: boolean): void {
    let key = this.#bytes.toString('utf8', start, end);
    if (escaped) {
      try {
        key = JSON.parse(`"${key}"`) as string;
      } catch {
        // No JSON at all: JSON.parse of the whole line says so as well.
        return;
      }
    }
    if (set.has(key)) this.#fault ??= 'duplicate-key';
    set.add(key);
  }
}
