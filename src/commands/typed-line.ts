// What a person types or pastes where nothing is shown: keys -> one line, or why there is none. Pure.
import { secretMemory } from '../secrets/memory.ts';
import { MAX_VALUE_BYTES } from '../secrets/value.ts';

const [CTRL_C, CTRL_D, CTRL_U, ESCAPE] = [0x03, 0x04, 0x15, 0x1b];
const [LF, CR] = [0x0a, 0x0d];
const BACKSPACES = [0x08, 0x7f];
/** What terminals put around a text that was pasted, once they are asked to (xterm's mode 2004). */
const PASTE = { begin: '\u001b[200~', end: '\u001b[201~' } as const;

export class TypedLine {
  /** One byte more than a value with its line end may have: what is too long shows as that. */
  readonly #memory = secretMemory(MAX_VALUE_BYTES + 3);
  #length = 0;
  #escape = '';
  #isPasting = false;
  #before = 0;
  #end: 'line' | 'several-lines' | 'given-up' | undefined;

  /** undefined while the person is not done. */
  get end(): 'line' | 'several-lines' | 'given-up' | undefined {
    return this.#end;
  }

  /** A text that is being pasted has more to come, however long that takes. */
  get isPasting(): boolean {
    return this.#isPasting;
  }

  /** The line without its end; overwriting it overwrites the only copy. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  take(byte: number): void {
    const before = this.#before;
    this.#before = byte;
    if (this.#escape !== '' || byte === ESCAPE) this.#takeEscape(byte);
    else if (byte === CTRL_C) this.giveUp();
    else if (this.#end !== undefined) this.#takeAfterEnd(byte, before);
    else if (byte === CR || byte === LF) this.#end = 'line';
    else if (this.#isPasting) this.#put(byte);
    else this.#takeKey(byte);
  }

  giveUp(): void {
    this.#end = 'given-up';
  }

  #takeKey(byte: number): void {
    if (byte === CTRL_D && this.#length === 0) this.giveUp();
    else if (byte === CTRL_U) this.#cut(0);
    else if (BACKSPACES.includes(byte)) this.#removeCharacter();
    else if (byte !== CTRL_D) this.#put(byte);
  }

  #takeAfterEnd(byte: number, before: number): void {
    const isRestOfLineEnd = byte === LF && before === CR;
    if (this.#end === 'line' && !isRestOfLineEnd) this.#end = 'several-lines';
  }

  /** Of escape sequences only those two mean anything here; what else comes is refused with the value, as control characters. */
  #takeEscape(byte: number): void {
    const seen = this.#escape + String.fromCharCode(byte);
    this.#escape = '';
    if (seen === PASTE.begin) this.#isPasting = true;
    else if (seen === PASTE.end) this.#isPasting = false;
    else if (Object.values(PASTE).some((mark) => mark.startsWith(seen))) this.#escape = seen;
    else {
      for (const one of Buffer.from(seen.slice(0, -1), 'latin1')) this.#put(one);
      if (seen.length === 1) this.#put(byte);
      else this.take(byte);
    }
  }

  #put(byte: number): void {
    if (this.#end === 'line') this.#end = 'several-lines';
    if (this.#end === undefined && this.#length < this.#memory.length) this.#memory[this.#length++] = byte;
  }

  /** One character of UTF-8: its following bytes, and the first one. */
  #removeCharacter(): void {
    let length = this.#length;
    while (length > 0 && ((this.#memory[--length] ?? 0) & 0xc0) === 0x80);
    this.#cut(length);
  }

  #cut(length: number): void {
    this.#memory.fill(0, length, this.#length);
    this.#length = length;
  }
}
