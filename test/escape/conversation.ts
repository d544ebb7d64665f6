// One line of JSON out, one line back: with a probe server through the launcher, or with the same probes outside.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type Outcomes = Readonly<Record<string, string>>;

export interface Conversation {
  readonly child: ChildProcess;
  /** Sends one line and resolves with the next line that `accept` takes. Rejects when the other side has ended. */
  ask(message: unknown, accept?: (answer: Answer) => boolean): Promise<Answer>;
  tell(message: unknown): void;
  stderr(): string;
  /** Ends its input and waits until it is gone; kills it when that takes too long. */
  close(): Promise<void>;
}

type Answer = Readonly<Record<string, unknown>>;

export interface ConversationOptions {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Descriptors to hand on by mistake, as clients do: number -> open descriptor of ours. */
  readonly leaks?: ReadonlyMap<number, number>;
  readonly patienceMs?: number;
}

export function converse(options: ConversationOptions): Conversation {
  const [file = '', ...args] = options.command;
  const highest = Math.max(2, ...(options.leaks?.keys() ?? []));
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.environment,
    stdio: [
      'pipe',
      'pipe',
      'pipe',
      ...Array.from({ length: highest - 2 }, (_, i) => options.leaks?.get(i + 3) ?? 'ignore'),
    ],
  });
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error('no pipes');
  let errors = '';
  stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('latin1');
  });
  stdin.on('error', () => {});
  const waiting = new Set<{
    accept: (answer: Answer) => boolean;
    take: (answer: Answer) => void;
    fail: (error: Error) => void;
  }>();
  createInterface({ input: stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    for (const one of waiting) {
      if (!one.accept(answer)) continue;
      waiting.delete(one);
      one.take(answer);
      return;
    }
  });
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
      for (const one of waiting) one.fail(new Error(`it ended without an answer: ${errors}`));
      waiting.clear();
    });
    child.once('error', (error) => {
      for (const one of waiting) one.fail(error);
      resolve();
    });
  });
  const tell = (message: unknown): void => void stdin.write(`${JSON.stringify(message)}\n`);
  return {
    child,
    tell,
    stderr: () => errors,
    ask: (message, accept = () => true) =>
      new Promise((resolve, reject) => {
        const patience = setTimeout(
          () => reject(new Error(`no answer to ${JSON.stringify(message).slice(0, 200)}: ${errors}`)),
          options.patienceMs ?? 30_000,
        );
        const done = (): void => clearTimeout(patience);
        waiting.add({
          accept,
          take: (answer) => {
            done();
            resolve(answer);
          },
          fail: (error) => {
            done();
            reject(error);
          },
        });
        tell(message);
      }),
    close: async () => {
      stdin.end();
      const lastResort = setTimeout(() => child.kill('SIGKILL'), 3000);
      await gone;
      clearTimeout(lastResort);
    },
  };
}
