// Finds the top-level id of a line that is too long or too deep to be parsed, so that whoever waits for it gets an error.
// Ids may come last (TypeScript servers write them so): the whole line is walked, in constant memory. What it finds is
// used for answers of our own and for nothing else.
import { type RequestId, readId } from './request-id.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MAX_ID_TOKEN = 1024;
const MAX_KEY = 16;

export interface Skimmed {
  readonly id: RequestId | undefined;
  /** Whether a `method` member stands beside it: then the line was meant as a request or notification. */
  readonly hasMethod: boolean;
  /** Whether a `jsonrpc` member does: without it the line was never meant for the other side. */
  readonly hasVersion: boolean;
}

export class Skimmer {
  #depth = 0;
  #inString = false;
  #escape = false;
  /** Inside the outermost object, before the colon. */
  #atKey = false;
  #key = '';
  #token = '';
  #idToken: string | undefined;
  #hasMethod = false;
  #hasVersion = false;
  /** The line is no object: there is nothing to find. */
  #isHopeless = false;

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.#isHopeless; at += 1) {
      if (this.#inString && !this.#escape && !this.#isCollecting) at = endOfPlainText(chunk, at);
      const byte = chunk[at];
      if (byte === undefined) return;
      if (this.#inString) this.#string(byte);
      else this.#structure(byte);
    }
  }

  result(): Skimmed {
    // An object that does not end is a piece of something, and whose piece nobody knows.
    const isWhole = this.#depth === 0 && !this.#inString;
    return {
      id: this.#idToken === undefined || !isWhole ? undefined : readId(this.#idToken),
      hasMethod: this.#hasMethod,
      hasVersion: this.#hasVersion,
    };
  }

  get #isCollecting(): boolean {
    return this.#depth === 1 && (this.#atKey || this.#key === '"id"');
  }

  #string(byte: number): void {
    if (this.#escape) this.#escape = false;
    else if (byte === BACKSLASH) this.#escape = true;
    else if (byte === QUOTE) this.#inString = false;
    if (this.#depth === 1) this.#keep(byte);
  }

  #structure(byte: number): void {
    if (this.#depth <= 0 && byte !== 0x7b && byte > 0x20) this.#isHopeless ||= this.#idToken === undefined;
    switch (byte) {
      case QUOTE:
        this.#inString = true;
        if (this.#depth === 1) this.#keep(byte);
        return;
      case 0x7b: // {
      case 0x5b: // [
        this.#depth += 1;
        if (this.#depth === 1) this.#startMember();
        else if (this.#depth === 2) this.#keep(byte);
        return;
      case 0x7d: // }
      case 0x5d: // ]
        if (this.#depth === 1) this.#endMember();
        this.#depth -= 1;
        return;
      case 0x2c: // ,
        if (this.#depth !== 1) return;
        this.#endMember();
        this.#startMember();
        return;
      case 0x3a: // :
        if (this.#depth !== 1 || !this.#atKey) return;
        this.#atKey = false;
        if (this.#key === '"method"') this.#hasMethod = true;
        else if (this.#key === '"jsonrpc"') this.#hasVersion = true;
        return;
      case 0x20:
      case 0x09:
      case 0x0d:
        return;
      default:
        if (this.#depth === 1) this.#keep(byte);
    }
  }

  #keep(byte: number): void {
    if (this.#atKey) {
      if (this.#key.length <= MAX_KEY) this.#key += String.fromCharCode(byte);
    } else if (this.#key === '"id"' && this.#token.length < MAX_ID_TOKEN) {
      this.#token += String.fromCharCode(byte);
    }
  }

  #startMember(): void {
    this.#atKey = true;
    this.#key = '';
    this.#token = '';
  }

  #endMember(): void {
    // Two ids: nobody knows which one counts, so none does.
    if (!this.#atKey && this.#key === '"id"')
      this.#idToken = this.#idToken === undefined ? this.#token : 'ambiguous';
    this.#atKey = false;
    this.#key = '';
  }
}

/** Place of the first quote or backslash, or the length. */
function endOfPlainText(chunk: Uint8Array, from: number): number {
  let at = from;
  while (at < chunk.length && chunk[at] !== QUOTE && chunk[at] !== BACKSLASH) at += 1;
  return at;
}

/** The same for bytes that are there as a whole. */
export function skim(bytes: Uint8Array): Skimmed {
  const skimmer = new Skimmer();
  skimmer.push(bytes);
  return skimmer.result();
}
