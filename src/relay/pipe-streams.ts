// Streams over descriptors that we made or were given: kernel pipes of the server, pipes or socketpairs of the client.
//
// Bun's own file streams are used where they exist, because its `node:net` cannot adopt a descriptor (it hangs), and its
// `node:fs` streams hold a thread of the pool for each waiting read and cost 50 to 70 µs more per round trip.
import fs from 'node:fs';
import net from 'node:net';
import { Readable, Writable } from 'node:stream';

interface BunSink {
  write(chunk: Uint8Array): number | Promise<number>;
  flush(): number | Promise<number>;
  end(): number | Promise<number>;
}

interface BunFile {
  stream(): ReadableStream<Uint8Array>;
  writer(): BunSink;
}

const bun = (globalThis as { Bun?: { file(fd: number): BunFile } }).Bun;

/** 64 KiB is what one read of a full kernel pipe gives; more would only be memory. */
const READ_AHEAD_BYTES = 64 * 1024;
/** Writers are told to wait as soon as anything waits: what is judged and not yet written counts as memory. */
const WRITE_AHEAD_BYTES = 64 * 1024;
/**
 * Read in one go before everything else gets its turn. Bun reads on without a turn of the event loop while there is
 * something to read: a server that never stops writing would hold up timers, signals and the client for seconds.
 */
const TURN_BYTES = 256 * 1024;

/** Owns `fd` from now on (0 to 2 are left open). Reads nothing before somebody listens, and no faster than they take. */
export function readableFromFd(fd: number): Readable {
  if (bun !== undefined) return new BunReadable(fd, bun.file(fd));
  if (isPipeOrSocket(fd)) return new net.Socket({ fd, readable: true, writable: false });
  return fs.createReadStream('', { fd, autoClose: fd > 2, highWaterMark: READ_AHEAD_BYTES });
}

/** Owns `fd` from now on (0 to 2 are left open). Never blocks the process; `end()` closes once all is written. */
export function writableToFd(given: number): Writable {
  const fd = given > 2 ? given : ownDescription(given);
  if (bun !== undefined) return new BunWritable(fd, bun.file(fd));
  if (isPipeOrSocket(fd)) return new net.Socket({ fd, readable: false, writable: true });
  return fs.createWriteStream('', { fd, autoClose: fd > 2 });
}

/**
 * A pipe or terminal that we inherited is shared with whoever started us, and so is its non-blocking flag: setting it
 * would make the writes of the client and of its other children fail. Opened anew, the flag is ours alone. Sockets cannot
 * be opened, files need no flag; then the inherited descriptor has to do.
 */
function ownDescription(fd: number): number {
  const stat = fs.fstatSync(fd);
  if (!stat.isFIFO() && !stat.isCharacterDevice()) return fd;
  try {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = fs.constants;
    return fs.openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return fd;
  }
}

function isPipeOrSocket(fd: number): boolean {
  const stat = fs.fstatSync(fd);
  return stat.isFIFO() || stat.isSocket();
}

function isNonBlocking(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & fs.constants.O_NONBLOCK) !== 0;
  } catch {
    return false;
  }
}

/** Numbers 0 to 2 must not become free: the next file opened would take the number, and stray output with it. */
function closeOwned(fd: number): void {
  if (fd > 2) fs.closeSync(fd);
}

const SMALL_BYTES = 4096;

/** A copy where it is small: to ask for `.buffer` makes the engine move the bytes to another place first, 20 µs a message. */
function toBuffer(bytes: Uint8Array): Buffer {
  return bytes.length <= SMALL_BYTES
    ? Buffer.from(bytes)
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

class BunReadable extends Readable {
  readonly #fd: number;
  readonly #file: BunFile;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #bytesThisTurn = 0;

  constructor(fd: number, file: BunFile) {
    super({ highWaterMark: READ_AHEAD_BYTES });
    this.#fd = fd;
    this.#file = file;
  }

  override _read(): void {
    if (this.#bytesThisTurn < TURN_BYTES) return this.#readOn();
    this.#bytesThisTurn = 0;
    setImmediate(() => {
      if (!this.destroyed) this.#readOn();
    });
  }

  #readOn(): void {
    this.#reader ??= this.#file.stream().getReader();
    this.#reader.read().then(
      ({ done, value }) => {
        if (done) this.push(null);
        else if (value.length === 0) this._read();
        else {
          this.#bytesThisTurn += value.length;
          this.#give(toBuffer(value));
        }
      },
      (error: Error) => this.destroy(error),
    );
  }

  /**
   * To whoever listens, and the next read at once: `push` would do the same in two more turns of the event loop. Only a
   * stream that was paused meanwhile keeps what came, and reads on when it is asked to.
   */
  #give(chunk: Buffer): void {
    if (this.readableFlowing !== true || this.readableLength > 0 || this.destroyed) {
      this.push(chunk);
      return;
    }
    this.emit('data', chunk);
    if (!this.destroyed) this._read();
  }

  override _destroy(error: Error | null, settle: (error: Error | null) => void): void {
    // Bun reads from a copy of the descriptor; cancelling closes the copy, the original is ours.
    const finish = (): void => {
      closeOwned(this.#fd);
      settle(error);
    };
    if (this.#reader === undefined) finish();
    else this.#reader.cancel().then(finish, finish);
  }
}

class BunWritable extends Writable {
  readonly #sink: BunSink;
  /** Ours, for writing at once; undefined where that could block. */
  #fd: number | undefined;

  constructor(fd: number, file: BunFile) {
    super({ highWaterMark: WRITE_AHEAD_BYTES, decodeStrings: true });
    // The sink takes a copy of the descriptor and makes both non-blocking.
    this.#sink = file.writer();
    if (isNonBlocking(fd)) this.#fd = fd;
    else closeOwned(fd);
  }

  /** What the kernel takes at once needs no queue, and no turn of the event loop to leave it again. */
  override write(chunk: unknown, ...rest: unknown[]): boolean {
    if (
      !(chunk instanceof Uint8Array) ||
      rest.length > 0 ||
      this.writableLength > 0 ||
      this.writableCorked > 0 ||
      this.writableEnded ||
      this.destroyed
    )
      return this.#queue(chunk, ...rest);
    try {
      const left = this.#writeAtOnce(chunk);
      return left === undefined || this.#queue(left);
    } catch (error) {
      this.destroy(error as Error);
      return false;
    }
  }

  #queue(...args: unknown[]): boolean {
    return (super.write as (...given: unknown[]) => boolean).apply(this, args);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, settle: (error?: Error | null) => void): void {
    try {
      const rest = this.#writeAtOnce(chunk);
      if (rest === undefined) return settle();
      const written = this.#sink.write(rest);
      const flushed = this.#sink.flush();
      if (typeof written === 'number' && typeof flushed === 'number') return settle();
      Promise.all([written, flushed]).then(() => settle(), settle);
    } catch (error) {
      settle(error as Error);
    }
  }

  /**
   * What the kernel did not take; undefined when it took all. Saves the sink's wait for permission to write, some tens of
   * microseconds a message. Order holds: the next chunk comes only when the sink has written what it was given.
   */
  #writeAtOnce(chunk: Uint8Array): Uint8Array | undefined {
    if (this.#fd === undefined) return chunk;
    try {
      const written = fs.writeSync(this.#fd, chunk);
      return written === chunk.length ? undefined : chunk.subarray(written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return chunk;
      throw error;
    }
  }

  override _writev(
    pieces: ReadonlyArray<{ readonly chunk: Buffer }>,
    settle: (error?: Error | null) => void,
  ): void {
    this._write(Buffer.concat(pieces.map((piece) => piece.chunk)), 'utf8', settle);
  }

  override _final(settle: (error?: Error | null) => void): void {
    this.#end().then(() => settle(), settle);
  }

  override _destroy(error: Error | null, settle: (error: Error | null) => void): void {
    this.#end().catch(() => {});
    settle(error);
  }

  async #end(): Promise<void> {
    const fd = this.#fd;
    this.#fd = undefined;
    // Both copies: the reader sees the end only when none is left.
    if (fd !== undefined) closeOwned(fd);
    await this.#sink.end();
  }
}
