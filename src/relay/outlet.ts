// A stream that is written to by us alone: knows when to wait, and goes quiet instead of throwing when nobody reads it.
import type { Writable } from 'node:stream';

export class Outlet {
  readonly #stream: Writable;
  #isGone = false;
  /** Resolves when the other side went away. */
  readonly gone: Promise<void>;

  /** @param onReady called when writing may go on after `isFull` */
  constructor(stream: Writable, onReady: () => void) {
    this.#stream = stream;
    stream.on('drain', onReady);
    this.gone = new Promise((resolve) => {
      const leave = (): void => {
        this.#isGone = true;
        onReady();
        resolve();
      };
      stream.on('error', leave);
      stream.on('close', leave);
    });
  }

  /** Whether the other side reads more slowly than we write. */
  get isFull(): boolean {
    return !this.#isGone && this.#stream.writableNeedDrain;
  }

  /** What is written and not yet handed to the kernel. */
  get queuedBytes(): number {
    return this.#isGone ? 0 : this.#stream.writableLength;
  }

  write(bytes: Uint8Array): void {
    if (!this.#isGone && !this.#stream.writableEnded) this.#stream.write(bytes);
  }

  /** Runs `writes` so that what it writes goes out as one piece. */
  together(writes: () => void): void {
    this.#stream.cork();
    try {
      writes();
    } finally {
      this.#stream.uncork();
    }
  }

  /** Resolves when all that was written is with the kernel, or nobody is there any more. */
  flush(): Promise<void> {
    if (this.#isGone || this.#stream.writableEnded || this.#stream.writableLength === 0)
      return Promise.resolve();
    const written = new Promise<void>((resolve) => {
      this.#stream.write('', () => resolve());
    });
    return Promise.race([written, this.gone]);
  }
}
