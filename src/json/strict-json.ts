// Plain RFC 8259 JSON and nothing else. JSON.parse keeps the last of two equal keys without a word, so that a reviewer
// may read one value and the program another: here every duplicate is a fault with its path.
//
// Every launch comes through here, so a sound document costs JSON.parse and a count of its keys; the scanner, which knows
// what is wrong and where, runs only when something is. The value always comes from JSON.parse.
import { jsonPath } from './json-path.ts';

interface JsonIssue {
  /** Place as `jsonPath` writes it; `line 3, column 7` for text that is no JSON. */
  readonly path: string;
  readonly message: string;
}

export type StrictJsonResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly issues: readonly JsonIssue[] };

/** Files that people write are a handful of levels deep; package-lock.json is four. */
const MAX_DEPTH = 64;
const MAX_ISSUES = 100;

/** Text of one JSON document -> its value, or every duplicate key, or the first place where it stops being JSON. */
export function parseStrictJson(text: string): StrictJsonResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
    if (countKeys(value, 1) === countMembers(text)) return { ok: true, value };
  } catch {
    // Not JSON, or nested too deeply for the engine itself.
  }
  return { ok: false, issues: findIssues(text) };
}

/** Keys of all objects together; NaN when a key is `__proto__` or the depth is too much. */
function countKeys(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH) return Number.NaN;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const entry of value) keys += countKeys(entry, depth + 1);
    return keys;
  }
  for (const [key, member] of Object.entries(value)) {
    if (key === '__proto__') return Number.NaN;
    keys += 1 + countKeys(member, depth + 1);
  }
  return keys;
}

/** `"key":` in a text that JSON.parse took. More of them than there are keys means that one was there twice. */
function countMembers(text: string): number {
  let members = 0;
  for (let start = text.indexOf('"'); start !== -1; ) {
    let end = text.indexOf('"', start + 1);
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
    let next = end + 1;
    while (isSpace(text.charCodeAt(next))) next += 1;
    if (text[next] === ':') members += 1;
    start = text.indexOf('"', end + 1);
  }
  return members;
}

/** Whether an odd number of backslashes stands before this place. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first -= 1;
  return (at - first) % 2 === 1;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function findIssues(text: string): readonly JsonIssue[] {
  const scanner = new Scanner(text);
  try {
    scanner.document();
  } catch (thrown) {
    if (thrown instanceof SyntaxFault) return [placed(text, thrown)];
    throw thrown;
  }
  // The scanner let something pass that the engine refuses: the engine is right.
  return scanner.issues.length > 0 ? scanner.issues : [{ path: '(top level)', message: 'is not valid JSON' }];
}

class SyntaxFault extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

function placed(text: string, fault: SyntaxFault): JsonIssue {
  const before = text.slice(0, fault.offset).split('\n');
  return {
    path: `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`,
    message: fault.message,
  };
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

// oxlint-disable-next-line no-control-regex
const PLAIN_TEXT = /[^"\\\u0000-\u001f]*/y;
const SPACE = /[ \t\n\r]*/y;

class Scanner {
  readonly issues: JsonIssue[] = [];
  readonly #text: string;
  readonly #path: PropertyKey[] = [];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    if (this.#text.startsWith('\ufeff')) this.#fail('must not start with a byte order mark');
    this.#space();
    if (this.#at === this.#text.length) this.#fail('is empty');
    this.#value();
    if (this.#at < this.#text.length) this.#fail('nothing may follow the document');
  }

  #value(): void {
    const character = this.#text[this.#at];
    if (character === '{') this.#object();
    else if (character === '[') this.#array();
    else if (character === '"') this.#string();
    else if (character === '-' || (character !== undefined && character >= '0' && character <= '9'))
      this.#number();
    else if (!['true', 'false', 'null'].some((word) => this.#word(word)))
      this.#fail(this.#expected('a value'));
    this.#space();
  }

  #object(): void {
    this.#enter();
    const keys = new Set<string>();
    while (this.#text[this.#at] !== '}') {
      if (this.#text[this.#at] !== '"')
        this.#fail(
          this.#expected(keys.size === 0 ? 'a key in double quotes or "}"' : 'a key in double quotes'),
        );
      this.#member(keys);
      if (this.#text[this.#at] === '}') break;
      this.#take(',', '"," or "}"');
      if (this.#text[this.#at] === '}') this.#fail('a comma must not stand before "}"');
    }
    this.#leave();
  }

  #member(keys: Set<string>): void {
    const key = this.#string();
    this.#path.push(key);
    if (keys.has(key)) this.#report('this key is there twice');
    // Assigning it means something else than setting a key, in every program that copies such an object.
    if (key === '__proto__') this.#report('this key is not allowed');
    keys.add(key);
    this.#space();
    this.#take(':', '":"');
    this.#value();
    this.#path.pop();
  }

  #array(): void {
    this.#enter();
    for (let index = 0; this.#text[this.#at] !== ']'; index += 1) {
      this.#path.push(index);
      this.#value();
      this.#path.pop();
      if (this.#text[this.#at] === ']') break;
      this.#take(',', '"," or "]"');
      if (this.#text[this.#at] === ']') this.#fail('a comma must not stand before "]"');
    }
    this.#leave();
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#fail(`is nested deeper than ${MAX_DEPTH} levels`);
    this.#at += 1;
    this.#space();
  }

  #leave(): void {
    this.#depth -= 1;
    this.#at += 1;
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    let escaped = false;
    for (;;) {
      this.#skip(PLAIN_TEXT);
      const character = this.#text[this.#at];
      if (character === '"') break;
      if (character === undefined) this.#fail('a string has no end');
      if (character !== '\\') this.#fail('a control character in a string must be written as an escape');
      escaped = true;
      if (!this.#skip(ESCAPE)) this.#fail('unknown escape in a string');
    }
    this.#at += 1;
    const raw = this.#text.slice(start, this.#at);
    // Keys are compared as they are meant, not as they are written: "a" equals "\u0061".
    return escaped ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  }

  #number(): void {
    if (!this.#skip(NUMBER)) this.#fail('is not a number');
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #take(character: string, name: string): void {
    if (this.#text[this.#at] !== character) this.#fail(this.#expected(name));
    this.#at += 1;
    this.#space();
  }

  #space(): void {
    this.#skip(SPACE);
  }

  /** Moves behind what the sticky pattern matches here; false when that is nothing. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const length = pattern.exec(this.#text)?.[0].length ?? 0;
    this.#at += length;
    return length > 0;
  }

  #report(message: string): void {
    if (this.issues.length < MAX_ISSUES) this.issues.push({ path: jsonPath(this.#path), message });
  }

  #expected(what: string): string {
    const rest = this.#text.slice(this.#at, this.#at + 2);
    if (rest === '//' || rest === '/*') return 'comments are not allowed';
    return rest === '' ? `expected ${what}, found the end` : `expected ${what}`;
  }

  #fail(message: string): never {
    throw new SyntaxFault(this.#at, message);
  }
}
