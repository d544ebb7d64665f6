// One started server and a client that times it: from the first byte written to the end of the answering line. What an
// answer says is looked at only after the clock has stopped.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Contender } from './contenders.ts';
import type { Scratch } from './scratch.ts';

export interface Session {
  readonly child: ChildProcess;
  /** Milliseconds from the spawn to the answer of `initialize`. */
  readonly startMs: number;
  /** Sends one request and resolves with the milliseconds until its answer was whole. */
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<number>;
  /** Ends its input and waits until it is gone. */
  close(): Promise<void>;
}

const PATIENCE_MS = 30_000;
const NEWLINE = 10;

export async function openSession(contender: Contender, scratch: Scratch): Promise<Session> {
  const [file = '', ...args] = contender.command;
  const begun = performance.now();
  const child = spawn(file, args, {
    cwd: scratch.workspace,
    env: { HOME: contender.target.home, PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    stdio: 'pipe',
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('latin1')).slice(-2000);
  });
  child.stdin.on('error', () => {});
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const answers = answerReader(child);
  let id = 0;
  const ask = async (method: string, params: unknown): Promise<number> => {
    id += 1;
    const line = `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
    const next = answers.next();
    const asked = performance.now();
    child.stdin.write(line);
    const { at, bytes } = await next.catch((error: Error) => {
      throw new Error(`${contender.name}: ${method}: ${error.message}: ${stderr}`);
    });
    const answer = JSON.parse(bytes.toString()) as { id: number; result?: { isError?: boolean } };
    if (answer.id !== id || answer.result === undefined || answer.result.isError === true)
      throw new Error(`${contender.name}: ${method}: ${bytes.toString('latin1', 0, 500)}`);
    return at - asked;
  };
  await ask('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'bench', version: '1' },
  });
  const startMs = answers.lastAt() - begun;
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  return {
    child,
    startMs,
    call: (name, toolArguments) => ask('tools/call', { name, arguments: toolArguments }),
    close: async () => {
      child.stdin.end();
      const lastResort = setTimeout(() => child.kill('SIGKILL'), 3000);
      await gone;
      clearTimeout(lastResort);
    },
  };
}

interface Answer {
  readonly at: number;
  readonly bytes: Buffer;
}

/** One answer at a time: each ends with the only newline of its bytes. */
function answerReader(child: ChildProcess): { next(): Promise<Answer>; lastAt(): number } {
  let chunks: Buffer[] = [];
  let last = 0;
  let waiting: { take(answer: Answer): void; fail(error: Error): void } | undefined;
  child.stdout?.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (chunk.at(-1) !== NEWLINE) return;
    last = performance.now();
    const bytes = Buffer.concat(chunks);
    chunks = [];
    waiting?.take({ at: last, bytes });
  });
  child.once('close', () => waiting?.fail(new Error('it ended without an answer')));
  child.once('error', (error) => waiting?.fail(error));
  return {
    lastAt: () => last,
    next: () =>
      new Promise((take, fail) => {
        const patience = setTimeout(() => fail(new Error('no answer in time')), PATIENCE_MS);
        waiting = {
          take: (answer) => {
            clearTimeout(patience);
            waiting = undefined;
            take(answer);
          },
          fail: (error) => {
            clearTimeout(patience);
            fail(error);
          },
        };
      }),
  };
}
