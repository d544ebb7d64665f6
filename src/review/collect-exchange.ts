// JSON-RPC with a server that nobody has reviewed: one line in, one line out, without the relay and its policy, for a review is
// to see what the relay would keep back. As strict as the relay, and with an end to everything: bytes, messages, time.
import crypto from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { quote } from '../escape.ts';
import { lineFaults } from '../messages/relay.ts';
import { LineFramer } from '../relay/framing.ts';
import type { Message } from '../relay/envelope.ts';
import { readLine } from '../relay/read-line.ts';
import type { DeniedAttempt } from './material.ts';

export interface Answer {
  readonly result: { readonly [member: string]: unknown };
  /** Length of the line that it came in. */
  readonly bytes: number;
}

/** The server did not do what was asked. Words of ours, but for what it says in quotes. */
export class Unanswered extends Error {
  /** Of an error that the server answered with. */
  readonly code: number | undefined;

  constructor(message: string, code?: number) {
    super(message);
    this.code = code;
  }
}

/** Until the end of a process is known here. */
const LAST_WORD_MS = 250;
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_MESSAGES = 50_000;
/** Of requests of the server: an honest one asks a few times. */
const MAX_ANSWERS = 1000;
const MAX_DENIED_KINDS = 200;
/** What a server calls a method is its own text. */
const MAX_WHAT = 300;

interface Waiting {
  readonly method: string;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (fault: Unanswered) => void;
}

export interface ExchangeOptions {
  readonly input: Writable;
  readonly output: Readable;
  readonly maxMessageBytes: number;
  /** Whether the client said that it has roots; then it has none to show. */
  readonly answersRoots: boolean;
  /** Requests of the server that its profile grants. */
  readonly granted: ReadonlySet<string>;
}

export class Exchange {
  /** How many notifications said that a list changed. */
  listChanged = 0;
  readonly #input: Writable;
  readonly #framer: LineFramer;
  readonly #answersRoots: boolean;
  readonly #granted: ReadonlySet<string>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #denied = new Map<string, { attempt: DeniedAttempt; count: number }>();
  #bytes = 0;
  #messages = 0;
  #answers = 0;
  #over: Unanswered | undefined;

  constructor({ input, output, maxMessageBytes, answersRoots, granted }: ExchangeOptions) {
    this.#input = input;
    this.#answersRoots = answersRoots;
    this.#granted = granted;
    this.#framer = new LineFramer({ maxLineBytes: maxMessageBytes, maxDiscardedBytes: 2 * maxMessageBytes });
    input.on('error', () => {});
    output.on('error', () => this.end(new Unanswered('its output broke')));
    // Mostly because it ended, and how it did says more.
    output.on('end', () => setTimeout(() => this.end(new Unanswered('it closed its output')), LAST_WORD_MS));
    output.on('data', (chunk: Buffer) => {
      if (this.#over === undefined) this.#take(chunk);
    });
  }

  /** @throws Unanswered */
  request(method: string, params: object, limitMs: number): Promise<Answer> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    // Not to be guessed: an answer that was prepared for another request must not fit (JR-08).
    const id = `review-${crypto.randomUUID()}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Unanswered(`it did not answer ${method} within ${limitMs / 1000} seconds`));
      }, limitMs);
      this.#waiting.set(id, {
        method,
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject: (fault) => {
          clearTimeout(timer);
          reject(fault);
        },
      });
      this.#write({ id, method, params });
    });
  }

  notify(method: string): void {
    this.#write({ method });
  }

  /** Whoever waits gets this fault, and so does whoever asks later. */
  end(fault: Unanswered): void {
    this.#over ??= fault;
    for (const { reject } of this.#waiting.values()) reject(this.#over);
    this.#waiting.clear();
  }

  /** What the relay would not have let pass, sorted. */
  denied(): readonly DeniedAttempt[] {
    return [...this.#denied.entries()]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { attempt, count }]) => ({ ...attempt, count }));
  }

  #write(message: object): void {
    if (!this.#input.writable) return;
    this.#input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  #take(chunk: Buffer): void {
    this.#bytes += chunk.length;
    for (const frame of this.#framer.push(chunk)) {
      this.#messages += 1;
      if (this.#messages > MAX_MESSAGES) return this.end(new Unanswered('it sent messages without end'));
      switch (frame.kind) {
        case 'line':
          this.#line(frame.bytes);
          break;
        case 'too-long':
          this.#deny('a message that is too large', 'frame-too-large');
          break;
        case 'endless':
          return this.end(new Unanswered('it wrote a line without end'));
      }
    }
    if (this.#bytes > MAX_BYTES) this.end(new Unanswered('it wrote without end'));
  }

  #line(bytes: Buffer): void {
    const reading = readLine(bytes);
    if (!reading.ok) return this.#deny(lineFaults[reading.fault], 'frame-invalid');
    this.#message(reading.message, bytes.length);
  }

  #message(message: Message, bytes: number): void {
    switch (message.kind) {
      case 'request':
        return this.#answer(message.id, message.method);
      case 'notification':
        return this.#notification(message.method);
      case 'result':
      case 'error': {
        const waiting = typeof message.id === 'string' ? this.#waiting.get(message.id) : undefined;
        if (waiting === undefined) return this.#deny('an answer that nobody asked for', 'id-unknown');
        this.#waiting.delete(String(message.id));
        if (message.kind === 'result') return waiting.resolve({ result: message.result, bytes });
        const { code, message: text } = message.error as { code: number; message: string };
        return waiting.reject(
          new Unanswered(`it answered ${waiting.method} with error ${code}: ${quote(text)}`, code),
        );
      }
    }
  }

  #answer(id: string | number, method: string): void {
    this.#answers += 1;
    if (method === 'ping') {
      if (this.#answers <= MAX_ANSWERS) this.#write({ id, result: {} });
      return;
    }
    if (!this.#granted.has(method)) this.#deny(method, 'method-blocked');
    if (this.#answers > MAX_ANSWERS) return;
    if (method === 'roots/list' && this.#answersRoots) this.#write({ id, result: { roots: [] } });
    else this.#write({ id, error: { code: -32601, message: 'Method not found' } });
  }

  #notification(method: string): void {
    if (/^notifications\/(?:tools|prompts|resources)\/list_changed$/.test(method)) this.listChanged += 1;
    else if (!HARMLESS.has(method)) this.#deny(method, 'method-blocked');
  }

  #deny(what: string, reason: string): void {
    const attempt: DeniedAttempt = { by: 'relay', what: what.slice(0, MAX_WHAT), reason, count: 1 };
    const key = `${reason} ${attempt.what}`;
    const known = this.#denied.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#denied.size < MAX_DENIED_KINDS) this.#denied.set(key, { attempt, count: 1 });
  }
}

/** Pass in any session. */
const HARMLESS = new Set([
  'notifications/message',
  'notifications/progress',
  'notifications/resources/updated',
]);
