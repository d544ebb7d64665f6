// Bytes to lines, by LF alone, whatever the pieces in which they arrive. Memory is bounded by the limit plus one piece.
import { Buffer } from 'node:buffer';
import { type Skimmed, Skimmer } from './skim.ts';

export type Frame =
  /** One line with its LF, as it came; a single CR before the LF is taken away. Blank lines give no frame. */
  | { readonly kind: 'line'; readonly bytes: Buffer }
  | { readonly kind: 'too-long'; readonly length: number; readonly skimmed: Skimmed }
  /** No line end within `maxDiscardedBytes`: nothing more will come out. */
  | { readonly kind: 'endless' };

export interface FramingLimits {
  /** Longest line without its end, in bytes. */
  readonly maxLineBytes: number;
  /** How much of a too long line is skimmed for its id before the peer is given up. */
  readonly maxDiscardedBytes: number;
}

const LF = 0x0a;
const CR = 0x0d;
const MIN_HELD_BYTES = 4096;
const NOTHING: Buffer = Buffer.alloc(0);

export class LineFramer {
  readonly #limits: FramingLimits;
  /**
   * The line that has not ended, in a buffer that doubles: a list of pieces would let a peer that writes single bytes
   * cost a hundred times what it sends.
   */
  #held: Buffer = NOTHING;
  #length = 0;
  #skimmer: Skimmer | undefined;
  #endless = false;

  constructor(limits: FramingLimits) {
    this.#limits = limits;
  }

  /** Bytes held back because their line has not ended. */
  get heldBytes(): number {
    return this.#skimmer === undefined ? this.#length : 0;
  }

  push(chunk: Uint8Array): Frame[] {
    if (this.#isOneLine(chunk)) return [{ kind: 'line', bytes: chunk }];
    const frames: Frame[] = [];
    let start = 0;
    while (!this.#endless && start < chunk.length) {
      const end = chunk.indexOf(LF, start);
      const piece = chunk.subarray(start, end < 0 ? chunk.length : end + 1);
      start += piece.length;
      this.#take(piece, end >= 0);
      if (end >= 0) {
        const frame = this.#finish();
        if (frame !== undefined) frames.push(frame);
      } else if (this.#length > this.#limits.maxDiscardedBytes) {
        this.#endless = true;
        frames.push({ kind: 'endless' });
      }
    }
    return frames;
  }

  /** The usual case, one line in one piece: it passes as it is. */
  #isOneLine(chunk: Uint8Array): chunk is Buffer {
    const last = chunk.length - 1;
    return (
      this.#length === 0 &&
      !this.#endless &&
      last > 0 &&
      last <= this.#limits.maxLineBytes &&
      chunk[last] === LF &&
      chunk[last - 1] !== CR &&
      Buffer.isBuffer(chunk) &&
      chunk.indexOf(LF) === last
    );
  }

  #take(piece: Uint8Array, ends: boolean): void {
    const before = this.#length;
    this.#length += piece.length;
    if (this.#skimmer === undefined && this.#length > this.#limits.maxLineBytes + (ends ? 1 : 0)) {
      this.#skimmer = new Skimmer();
      this.#skimmer.push(this.#held.subarray(0, before));
      this.#held = NOTHING;
    }
    if (this.#skimmer !== undefined) {
      this.#skimmer.push(piece);
    } else if (ends && before === 0) {
      // A line that came whole: no copy.
      this.#held = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    } else {
      this.#reserve(before);
      this.#held.set(piece, before);
    }
  }

  #reserve(used: number): void {
    if (this.#held.length >= this.#length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#length, 2 * this.#held.length, MIN_HELD_BYTES));
    larger.set(this.#held.subarray(0, used));
    this.#held = larger;
  }

  #finish(): Frame | undefined {
    const length = this.#length;
    const skimmer = this.#skimmer;
    const bytes = this.#held.subarray(0, length);
    this.#held = NOTHING;
    this.#length = 0;
    this.#skimmer = undefined;
    if (skimmer !== undefined) return { kind: 'too-long', length: length - 1, skimmed: skimmer.result() };
    if (bytes[length - 2] !== CR) return length === 1 ? undefined : { kind: 'line', bytes };
    return length === 2
      ? undefined
      : { kind: 'line', bytes: Buffer.concat([bytes.subarray(0, -2), bytes.subarray(-1)]) };
  }
}
