import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createRelay } from '../../../src/relay/create-relay.ts';
import { silence } from '../../../src/relay/silence.ts';
import { EVERYTHING, UNPINNED } from '../../fixtures/policies.ts';

const LIMIT_MS = 150;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Stage {
  readonly ask: (id: number, method: string) => void;
  readonly answer: (id: number) => void;
  readonly isOver: () => boolean;
}

function stage(): Stage {
  const input = new PassThrough();
  const server = { input: new PassThrough(), output: new PassThrough() };
  const relay = createRelay({ client: { input, output: new PassThrough() }, onDenied: () => {} });
  relay.attach({ ...server, maxMessageBytes: 1024, policy: EVERYTHING, reviewed: UNPINNED });
  let over = false;
  void silence(relay, LIMIT_MS).then(() => {
    over = true;
  });
  const line = (message: object): string => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;
  return {
    ask: (id, method) => void input.write(line({ id, method })),
    answer: (id) => void server.output.write(line({ id, result: {} })),
    isOver: () => over,
  };
}

describe('silence', () => {
  it.each(['initialize', 'server/discover'])('JR-37: %s is never answered', async (method) => {
    const { ask, isOver } = stage();
    ask(1, method);
    await expect.poll(isOver).toBe(true);
  });

  it('counts from the question, however long the server ran before', async () => {
    const { ask, answer, isOver } = stage();
    await wait(LIMIT_MS * 0.8);
    ask(1, 'initialize');
    await wait(LIMIT_MS * 0.5);
    answer(1);
    await wait(LIMIT_MS * 3);
    expect(isOver()).toBe(false);
  });

  it('is none when a session begins with a call that takes long', async () => {
    const { ask, isOver } = stage();
    ask(1, 'tools/call');
    await wait(LIMIT_MS * 4);
    expect(isOver()).toBe(false);
  });

  it('is none once anything was answered', async () => {
    const { ask, answer, isOver } = stage();
    ask(1, 'server/discover');
    answer(1);
    ask(2, 'initialize');
    await wait(LIMIT_MS * 4);
    expect(isOver()).toBe(false);
  });
});
