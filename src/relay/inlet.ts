// A stream that is read line by line, with a queue in front of the judge: reading goes on for a while when the judge must
// wait, so that the end of the stream is noticed even then.
import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
import { type Frame, type FramingLimits, LineFramer } from './framing.ts';

export interface InletOptions {
  readonly limits: FramingLimits;
  /** Reading stops when this much waits; 0 to stop at once. */
  readonly maxWaitingBytes: number;
  /** Takes the next line; false when it cannot now. */
  readonly take: (frame: Frame) => boolean;
  /** Runs around all lines of one piece. */
  readonly around: (takeAll: () => void) => void;
  /** Whether the other side is gone, which nobody hears of while reading is stopped. Asked only then. */
  readonly isGone?: (() => Promise<boolean>) | undefined;
}

const LOOK_MS = 250;

export class Inlet {
  readonly #stream: Readable;
  readonly #framer: LineFramer;
  readonly #options: InletOptions;
  /** In the order of their coming. */
  readonly #waiting = new Set<Frame>();
  #waitingBytes = 0;
  #isClosed = false;
  #looking: NodeJS.Timeout | undefined;
  #end!: () => void;
  /** Resolves at the end of the stream, however it comes. */
  readonly ended: Promise<void>;

  constructor(stream: Readable, options: InletOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#framer = new LineFramer(options.limits);
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    stream.on('end', this.#end);
    stream.on('error', this.#end);
    stream.on('close', this.#end);
    stream.on('data', this.#onData);
  }

  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Offers what waits again; to be called when `take` may succeed. */
  proceed(): void {
    if (this.#isClosed) return;
    if (this.hasWaiting) this.#offer([]);
    this.#steer();
  }

  /** Reads no more; what waits is forgotten. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#looking);
    this.#waiting.clear();
    this.#waitingBytes = 0;
    this.#stream.off('data', this.#onData);
    this.#stream.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#offer(this.#framer.push(chunk));
    this.#steer();
  };

  #offer(frames: readonly Frame[]): void {
    const [only] = frames;
    if (frames.length === 1 && only !== undefined && !this.hasWaiting) {
      if (!this.#options.take(only)) this.#keep(only);
      return;
    }
    this.#options.around(() => {
      this.#takeWaiting();
      for (const frame of frames) {
        if (this.#isClosed) return;
        if (this.hasWaiting || !this.#options.take(frame)) this.#keep(frame);
      }
    });
  }

  #takeWaiting(): void {
    for (const frame of this.#waiting.values()) {
      if (!this.#options.take(frame)) return;
      this.#waiting.delete(frame);
      this.#waitingBytes -= sizeOf(frame);
      if (this.#isClosed) return;
    }
  }

  #keep(frame: Frame): void {
    if (this.#isClosed) return;
    // A copy: the line is a part of the piece in which it came, and would hold all of it.
    const kept: Frame = frame.kind === 'line' ? { kind: 'line', bytes: Buffer.from(frame.bytes) } : frame;
    this.#waiting.add(kept);
    this.#waitingBytes += sizeOf(kept);
  }

  #steer(): void {
    if (this.#isClosed) return;
    const isBehind = this.hasWaiting && this.#waitingBytes >= this.#options.maxWaitingBytes;
    if (isBehind) {
      this.#stream.pause();
      this.#looking ??= this.#lookAround();
      return;
    }
    clearInterval(this.#looking);
    this.#looking = undefined;
    if (this.#stream.isPaused()) this.#stream.resume();
  }

  #lookAround(): NodeJS.Timeout | undefined {
    const { isGone } = this.#options;
    if (isGone === undefined) return undefined;
    return setInterval(() => {
      void isGone().then((gone) => {
        if (gone) this.#end();
      });
    }, LOOK_MS);
  }
}

/** Small things cost memory too: a thousand short lines are no kilobyte. */
function sizeOf(frame: Frame): number {
  return 128 + (frame.kind === 'line' ? frame.bytes.length : 0);
}
