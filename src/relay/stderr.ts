// What the server writes to stderr, passed on as plain lines: nothing in it can steer a terminal or forge a line of ours
// (AN-03, AN-07), and no amount of it stops the server or fills our memory.
import { StringDecoder } from 'node:string_decoder';
import type { Readable, Writable } from 'node:stream';
import { escapeText } from '../escape.ts';
import { stderrDropped } from '../messages/relay.ts';
import type { Concealer } from '../secrets/conceal.ts';
import { RateLimit } from './rate-limit.ts';

const PREFIX = '[server] ';
const MAX_LINE_BYTES = 8 * 1024;
/** A noisy start of some megabytes passes whole; a server that never stops is cut to what a person could still skim. */
const RATE = { perSecond: 256 * 1024, burst: 16 * 1024 * 1024 };
const MAX_QUEUED_BYTES = 1024 * 1024;
/** Once too much came, nothing passes for this long: else every second line would be a note about dropped lines. */
const QUIET_MS = 1000;
/** How long the server may have to wait for whoever reads us, at most once in `QUIET_MS`. */
const PATIENCE_MS = 100;
const LF = 0x0a;
const PLAIN = /^[\t\x20-\x7e]*$/;

/**
 * Reads `source` to its end; what `sink` cannot take is counted and dropped. A sink that is read, but slowly, is waited for
 * a moment. Resolves when the source has ended and its last line was handed to the sink.
 * @param concealer takes secrets out of each line, also where its end is cut off
 */
export function relayStderr(source: Readable, sink: Writable, concealer?: Concealer): Promise<void> {
  const lines = new LineWriter(sink, concealer);
  return new Promise((resolve) => {
    let patience: NodeJS.Timeout | undefined;
    const goOn = (): void => {
      clearTimeout(patience);
      patience = undefined;
      source.resume();
    };
    const finish = (): void => {
      clearTimeout(patience);
      lines.end();
      resolve();
    };
    sink.on('error', () => {});
    sink.on('drain', goOn);
    source.on('data', (chunk: Buffer) => {
      lines.push(chunk);
      if (!lines.mustWait || patience !== undefined) return;
      source.pause();
      patience = setTimeout(() => {
        lines.fallSilent();
        goOn();
      }, PATIENCE_MS);
    });
    source.on('end', finish);
    source.on('error', finish);
    source.on('close', finish);
  });
}

class LineWriter {
  readonly #sink: Writable;
  readonly #concealer: Concealer | undefined;
  readonly #maxKnownBytes: number;
  readonly #rate = new RateLimit(RATE);
  readonly #decoder = new StringDecoder('utf8');
  /** The line that has not ended, decoded, without what is longer than allowed. */
  #line = '';
  /** What follows, as far as a secret may reach that begins in the line. */
  #beyond = '';
  #lineBytes = 0;
  #hasLine = false;
  /** A part of it came while we were silent: what is left of it may show a part of a secret. */
  #hasGap = false;
  #dropped = 0;
  #silentUntilMs = 0;
  #nowMs = 0;

  constructor(sink: Writable, concealer?: Concealer) {
    this.#sink = sink;
    this.#concealer = concealer;
    this.#maxKnownBytes = MAX_LINE_BYTES + (concealer?.longest ?? 0);
  }

  push(chunk: Buffer): void {
    const text: string[] = [];
    this.#nowMs = performance.now();
    for (let start = 0; start < chunk.length; ) {
      const end = chunk.indexOf(LF, start);
      const stop = end < 0 ? chunk.length : end;
      this.#take(chunk.subarray(start, stop));
      start = stop + 1;
      if (end >= 0) this.#finish(text);
    }
    if (text.length > 0) this.#sink.write(text.join(''));
  }

  /** Whether more waits for the reader than it should. */
  get mustWait(): boolean {
    return !this.#isSilent && !this.#sink.destroyed && this.#sink.writableLength > MAX_QUEUED_BYTES;
  }

  fallSilent(): void {
    this.#silentUntilMs = performance.now() + QUIET_MS;
  }

  end(): void {
    const text: string[] = [];
    if (this.#hasLine) this.#finish(text);
    if (this.#dropped > 0) text.push(this.#note());
    if (text.length > 0) this.#sink.write(text.join(''));
  }

  #take(piece: Buffer): void {
    this.#hasLine = true;
    const room = Math.max(0, MAX_LINE_BYTES - this.#lineBytes);
    const known = Math.max(0, this.#maxKnownBytes - this.#lineBytes);
    this.#lineBytes += piece.length;
    if (this.#isSilent) {
      this.#hasGap = true;
      return;
    }
    if (room > 0) this.#line += this.#decoder.write(piece.subarray(0, room));
    if (known > room && piece.length > room) this.#beyond += this.#decoder.write(piece.subarray(room, known));
  }

  #finish(text: string[]): void {
    const bytes = this.#lineBytes;
    const [line, beyond] =
      bytes > MAX_LINE_BYTES
        ? [this.#line, this.#beyond + this.#decoder.end()]
        : [this.#line + this.#decoder.end(), ''];
    this.#line = '';
    this.#beyond = '';
    this.#lineBytes = 0;
    this.#hasLine = false;
    const hasGap = this.#hasGap;
    this.#hasGap = false;
    if (hasGap || !this.#isWelcome(Math.min(bytes, MAX_LINE_BYTES) + PREFIX.length)) {
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0) text.push(this.#note());
    text.push(`${PREFIX}${harmless(this.#conceal(line, beyond))}${bytes > MAX_LINE_BYTES ? '…' : ''}\n`);
  }

  #conceal(line: string, beyond: string): string {
    return this.#concealer?.conceal(line + beyond, line.length) ?? line;
  }

  #isWelcome(bytes: number): boolean {
    if (this.#isSilent || this.#sink.destroyed) return false;
    if (this.#sink.writableLength <= 2 * MAX_QUEUED_BYTES && this.#rate.take(this.#nowMs, bytes)) return true;
    this.fallSilent();
    return false;
  }

  get #isSilent(): boolean {
    return this.#nowMs < this.#silentUntilMs;
  }

  #note(): string {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return `${PREFIX}… ${stderrDropped(dropped)}\n`;
  }
}

/** Tabs stay; a CR at the end belongs to the line end. */
function harmless(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return PLAIN.test(text) ? text : text.split('\t').map(escapeText).join('\t');
}
