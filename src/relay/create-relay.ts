// The relay at work: two inlets, two outlets and one judge between them.
import { Buffer } from 'node:buffer';
import type { Writable } from 'node:stream';
import type { CordonError } from '../errors.ts';
import {
  definitionDrift,
  driftWords,
  lineFaults,
  protocolViolation,
  relayAnswers,
} from '../messages/relay.ts';
import { refusalLine } from '../messages/render-error.ts';
import { answerLine, CODES } from './answers.ts';
import type { JsonObject } from './envelope.ts';
import type { LineFault } from './fault.ts';
import type { Frame } from './framing.ts';
import { Inlet } from './inlet.ts';
import { requestIn } from './from-client.ts';
import { Judge } from './judge.ts';
import { LIMITS } from './limits.ts';
import type { Direction } from './methods.ts';
import { Outlet } from './outlet.ts';
import type { Relay, RelayCounts, RelayOptions, RelayServer } from './relay.ts';
import type { RequestId } from './request-id.ts';
import type { Drift } from './reviewed.ts';
import type { Verdict } from './verdict.ts';

const OUTPUT_CLOSED_MS = 1000;
const ASK_AGAIN_MS = 100;
const ANNOUNCE_MS = 1000;
/** How long lines that wait for the server keep a client that closed its side from being gone. */
const LAST_WORDS_MS = 100;

/** Starts reading the client at once. Never throws and never rejects: a broken stream is a client or server that left. */
export function createRelay(options: RelayOptions): Relay {
  return new RelaySession(options);
}

class RelaySession implements Relay {
  readonly clientGone: Promise<void>;
  readonly violated: Promise<CordonError>;
  readonly serverDrained: Promise<void>;
  readonly serverGreeted: Promise<void>;
  readonly serverAnswered: Promise<void>;
  readonly #options: RelayOptions;
  #judge: Judge | undefined;
  readonly #client: { readonly inlet: Inlet; readonly outlet: Outlet };
  #server: { readonly inlet: Inlet; readonly outlet: Outlet } | undefined;
  #refusal: CordonError | undefined;
  #counts = { messagesToServer: 0, messagesToClient: 0 };
  #outputClosed: NodeJS.Timeout | undefined;
  #clientLeft!: () => void;
  #violated!: (error: CordonError) => void;
  #drained!: () => void;
  #greeted!: () => void;
  #answered!: () => void;

  constructor(options: RelayOptions) {
    this.#options = options;
    const left = new Promise<void>((resolve) => {
      this.#clientLeft = resolve;
    });
    this.violated = new Promise((resolve) => {
      this.#violated = resolve;
    });
    this.serverDrained = new Promise((resolve) => {
      this.#drained = resolve;
    });
    this.serverGreeted = new Promise((resolve) => {
      this.#greeted = resolve;
    });
    this.serverAnswered = new Promise((resolve) => {
      this.#answered = resolve;
    });
    const outlet = new Outlet(options.client.output, () => this.#proceed());
    const inlet = new Inlet(options.client.input, {
      limits: framingLimits(LIMITS.clientLineBytes),
      maxWaitingBytes: LIMITS.heldBytes,
      take: (frame) => this.#takeFromClient(frame),
      around: (takeAll) => together(takeAll, this.#server?.outlet, outlet),
      isGone: options.client.isGone,
    });
    this.#client = { inlet, outlet };
    this.clientGone = Promise.race([outlet.gone, left, inlet.ended.then(() => this.#lastWords())]);
  }

  attach(server: RelayServer): void {
    if (this.#refusal !== undefined) return;
    this.#judge = new Judge(server.policy, server.reviewed, server.concealer);
    const outlet = new Outlet(server.input as Writable, () => this.#proceed());
    const inlet = new Inlet(server.output, {
      limits: framingLimits(server.maxMessageBytes),
      // Nothing is read ahead: the kernel's pipe is the queue, and a server that writes faster has to wait.
      maxWaitingBytes: 0,
      take: (frame) => this.#takeFromServer(frame),
      around: (takeAll) => together(takeAll, this.#client.outlet),
    });
    this.#server = { inlet, outlet };
    void inlet.ended.then(() => this.#serverOutputEnded());
    this.#proceed();
  }

  refuse(error: CordonError): void {
    this.#refusal ??= error;
    clearTimeout(this.#outputClosed);
    this.#server?.inlet.close();
    for (const id of this.#judge?.giveUp() ?? []) this.#answerRefused(id, this.#refusal);
    this.#client.inlet.proceed();
  }

  flush(): Promise<void> {
    return this.#client.outlet.flush();
  }

  counts(): RelayCounts {
    return { ...this.#counts };
  }

  #takeFromClient(frame: Frame): boolean {
    // Answers of our own that the client does not read count as memory.
    if (this.#client.outlet.queuedBytes > LIMITS.heldBytes) return false;
    if (this.#refusal !== undefined) {
      const id = requestIn(frame);
      if (id !== undefined) this.#answerRefused(id, this.#refusal);
      return true;
    }
    const [server, judge] = [this.#server, this.#judge];
    if (server === undefined || judge === undefined || server.outlet.isFull) return false;
    if (frame.kind === 'endless') this.#clientLeft();
    this.#carryOut(judge.fromClient(frame), frame, 'client-to-server', server.outlet);
    return true;
  }

  #takeFromServer(frame: Frame): boolean {
    const judge = this.#judge;
    if (judge === undefined || this.#client.outlet.isFull) return false;
    const verdict = judge.fromServer(frame, performance.now());
    this.#carryOut(verdict, frame, 'server-to-client', this.#client.outlet);
    return true;
  }

  #carryOut(verdict: Verdict, frame: Frame, direction: Direction, onward: Outlet): void {
    if (verdict.violation !== undefined) {
      this.#violate(verdict.violation);
      return;
    }
    if (verdict.drift !== undefined) {
      this.#quarantine(verdict.drift, verdict.asked);
      return;
    }
    const { again, later } = verdict;
    if (again !== undefined) this.#after(ASK_AGAIN_MS, (judge) => judge.askAgain(again));
    if (later !== undefined) this.#after(ANNOUNCE_MS, (judge) => judge.announce(later));
    const passes = verdict.anew === undefined ? passing(verdict, frame) : lineOf(verdict.anew);
    if (passes !== undefined) {
      onward.write(passes);
      if (direction === 'client-to-server') this.#counts.messagesToServer += 1;
      else this.#counts.messagesToClient += 1;
      if (verdict.isGreeting === true) this.#greeted();
    }
    if (verdict.isAnswer === true) this.#answered();
    if (verdict.answer?.to === 'client') this.#client.outlet.write(answerLine(verdict.answer));
    if (verdict.answer?.to === 'server') this.#answerServer(answerLine(verdict.answer), direction);
    for (const answer of verdict.answers ?? []) this.#client.outlet.write(answerLine(answer));
    this.#write(verdict);
    if (verdict.denial !== undefined) this.#options.onDenied({ direction, ...verdict.denial });
  }

  #write({ toClient = [], toServer = [] }: Verdict): void {
    for (const message of toClient) {
      this.#client.outlet.write(lineOf(message));
      this.#counts.messagesToClient += 1;
    }
    for (const message of toServer)
      this.#server?.outlet.write(message instanceof Uint8Array ? message : lineOf(message));
  }

  #after(pauseMs: number, judged: (judge: Judge) => Verdict): void {
    setTimeout(() => {
      if (this.#refusal === undefined && this.#judge !== undefined) this.#write(judged(this.#judge));
    }, pauseMs).unref();
  }

  /** Nothing of the server passes any more, and each request is told why in words of ours. */
  #quarantine(drift: Drift, asked: RequestId | undefined): void {
    if (this.#refusal !== undefined) return;
    const detail = driftWords(drift);
    this.#options.onDenied({ direction: 'server-to-client', reason: 'definition-drift', detail });
    const error = definitionDrift(drift);
    if (asked !== undefined) this.#answerRefused(asked, error);
    this.refuse(error);
    this.#violated(error);
  }

  /** Not held back for a server that does not read: waiting here would stop its results as well, and then both hang. */
  #answerServer(line: Uint8Array, direction: Direction): void {
    const outlet = this.#server?.outlet;
    if (outlet === undefined || outlet.queuedBytes > LIMITS.heldBytes)
      this.#options.onDenied({ direction, reason: 'rate-limited', detail: relayAnswers.answersPaused });
    else outlet.write(line);
  }

  #answerRefused(id: RequestId, error: CordonError): void {
    const answer = { to: 'client', id, code: CODES.internal } as const;
    this.#client.outlet.write(answerLine({ ...answer, message: refusalLine(error), reason: error.code }));
  }

  #violate(fault: LineFault): void {
    if (this.#refusal !== undefined) return;
    this.#options.onDenied({
      direction: 'server-to-client',
      reason: 'frame-invalid',
      detail: lineFaults[fault],
    });
    const error = protocolViolation(fault);
    this.refuse(error);
    this.#violated(error);
  }

  #serverOutputEnded(): void {
    // A client that has not read what there is does not wait yet, and meanwhile the end of the server becomes known.
    void this.#client.outlet.flush().then(() => {
      this.#drained();
      if (this.#refusal !== undefined) return;
      // Whoever waits would wait for ever. A server that ends closes its output too, a moment before.
      const limit = this.#options.outputClosedMs ?? OUTPUT_CLOSED_MS;
      this.#outputClosed = setTimeout(() => this.#violate('output-closed'), limit);
      this.#outputClosed.unref();
    });
  }

  #proceed(): void {
    this.#client.inlet.proceed();
    this.#server?.inlet.proceed();
  }

  async #lastWords(): Promise<void> {
    const until = performance.now() + LAST_WORDS_MS;
    while (this.#client.inlet.hasWaiting && this.#server !== undefined && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function passing(verdict: Verdict, frame: Frame): Uint8Array | undefined {
  return verdict.forward === true && frame.kind === 'line' ? frame.bytes : undefined;
}

function lineOf(message: JsonObject): Uint8Array {
  return Buffer.from(`${JSON.stringify(message)}\n`);
}

function framingLimits(maxLineBytes: number): { maxLineBytes: number; maxDiscardedBytes: number } {
  return { maxLineBytes, maxDiscardedBytes: maxLineBytes * LIMITS.endlessFactor };
}

function together(writes: () => void, ...outlets: ReadonlyArray<Outlet | undefined>): void {
  const [first, ...others] = outlets;
  if (first === undefined) {
    if (others.length === 0) writes();
    else together(writes, ...others);
  } else {
    first.together(() => together(writes, ...others));
  }
}
