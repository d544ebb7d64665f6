// Whatever a server writes: the client receives messages that it may receive and nothing else, and each question is answered.
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRelay } from '../../../src/relay/create-relay.ts';
import { faultsOf } from '../../fixtures/fuzz/client-oracle.ts';
import {
  FUZZED_POLICY,
  FUZZED_REVIEWED,
  type FuzzedEra,
  firstQuestions,
  lastQuestions,
  type Question,
} from '../../fixtures/fuzz/fuzzed-session.ts';
import { fuzzedLines } from '../../fixtures/fuzz/lines.ts';
import { FuzzedServer } from '../../fixtures/servers/fuzzed-server.mjs';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function turns(count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) await turn();
}

interface Manner {
  readonly together: number;
  readonly pieceBytes: number;
}

const manner = fc.record({
  together: fc.integer({ min: 1, max: 10 }),
  pieceBytes: fc.integer({ min: 1, max: 1000 }),
});

function* pieces(bytes: Buffer, length: number): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
}

/** A relay between a client that asks and the fuzzed server, in this process. */
class Conversation {
  readonly asked = new Map<string, string>();
  readonly output = new PassThrough({ highWaterMark: 1 << 24 });
  readonly #input = new PassThrough();
  readonly #serverOutput = new PassThrough();
  readonly #server = new FuzzedServer();
  /** What the server answers while it says other things: after the next of them, so that questions are open meanwhile. */
  #answers: string[] | undefined;

  constructor() {
    const serverInput = new PassThrough();
    const relay = createRelay({ client: { input: this.#input, output: this.output }, onDenied: () => {} });
    serverInput.on('data', (bytes: Buffer) => {
      for (const line of bytes.toString().split('\n').slice(0, -1)) {
        const answer = this.#server.answer(line);
        if (answer === undefined) continue;
        if (this.#answers === undefined) this.#serverOutput.write(`${answer}\n`);
        else this.#answers.push(`${answer}\n`);
      }
    });
    relay.attach({
      input: serverInput,
      output: this.#serverOutput,
      maxMessageBytes: 64 * 1024,
      policy: FUZZED_POLICY,
      reviewed: FUZZED_REVIEWED,
    });
  }

  async ask(questions: readonly Question[]): Promise<void> {
    for (const question of questions) {
      this.asked.set(JSON.stringify(question.id), question.method);
      this.#input.write(`${JSON.stringify({ jsonrpc: '2.0', ...question })}\n`);
      await turns(4);
    }
  }

  /** Some lines at once, in pieces that end anywhere. */
  async say(lines: readonly Buffer[], { together, pieceBytes }: Manner): Promise<void> {
    for (let first = 0; first < lines.length; first += together) {
      const some = lines.slice(first, first + together).map((line) => this.#server.fill(line));
      const due = this.#answers ?? [];
      this.#answers = [];
      for (const piece of pieces(Buffer.concat(some), pieceBytes)) this.#serverOutput.write(piece);
      for (const answer of due) this.#serverOutput.write(answer);
      await turn();
    }
    const due = this.#answers ?? [];
    this.#answers = undefined;
    for (const answer of due) this.#serverOutput.write(answer);
    await turns(4);
  }

  received(): Buffer {
    return (this.output.read() as Buffer | null) ?? Buffer.alloc(0);
  }
}

describe.each<FuzzedEra>(['legacy', 'modern'])('a client of the %s generation', (era) => {
  it('property: receives nothing that it may not, and an answer to all that it asks at last', async () => {
    let survived = 0;
    await fc.assert(
      fc.asyncProperty(fuzzedLines, manner, async (lines, how) => {
        const conversation = new Conversation();
        await conversation.ask(firstQuestions(era));
        await conversation.say(lines, how);
        await conversation.ask(lastQuestions(era));
        await turns(4);
        const received = conversation.received();
        expect(faultsOf(received, conversation.asked, era)).toEqual([]);
        const answers = received
          .toString()
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as { id?: unknown; result?: object; error?: { data?: object } });
        for (const { id } of lastQuestions(era)) {
          const answer = answers.find((one) => one.id === id);
          expect(answer).toBeDefined();
          // A session that ended says so in words of ours.
          if (answer?.result === undefined) expect(answer?.error?.data).toMatchObject({ source: 'cordon' });
          else survived += 1;
        }
      }),
      { numRuns: 250 },
    );
    // The test is none when most of what it sends ends the session at once.
    expect(survived).toBeGreaterThan(100);
  });
});
