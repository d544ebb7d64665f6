import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { protocolViolation } from '../../../src/messages/relay.ts';
import { serverEnded } from '../../../src/messages/run.ts';
import { createRelay } from '../../../src/relay/create-relay.ts';
import type { Relay, RelayDenial } from '../../../src/relay/relay.ts';
import { EVERYTHING, UNPINNED } from '../../fixtures/policies.ts';

const MIB = 1024 * 1024;

interface Stage {
  readonly relay: Relay;
  readonly input: PassThrough;
  readonly output: PassThrough;
  readonly denials: RelayDenial[];
  readonly server: { readonly input: PassThrough; readonly output: PassThrough };
  readonly attach: () => void;
}

function stage(): Stage {
  const input = new PassThrough();
  const output = new PassThrough();
  const server = { input: new PassThrough(), output: new PassThrough() };
  const denials: RelayDenial[] = [];
  const relay = createRelay({
    client: { input, output },
    onDenied: (denial) => denials.push(denial),
    outputClosedMs: 50,
  });
  return {
    relay,
    input,
    output,
    denials,
    server,
    attach: () =>
      relay.attach({ ...server, maxMessageBytes: 8 * MIB, policy: EVERYTHING, reviewed: UNPINNED }),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
const request = (id: unknown, method = 'ping'): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method })}\n`;
const result = (id: unknown, value: unknown = {}): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, result: value })}\n`;

function text(stream: PassThrough): string {
  return String(stream.read() ?? '');
}

describe('before the server runs', () => {
  it('keeps what the client says, in order', async () => {
    const { input, server, attach } = stage();
    input.write(request(1).slice(0, 10));
    await turn();
    input.write(request(1).slice(10) + request(2));
    await turn();
    attach();
    input.write(request(3));
    await turn();
    expect(text(server.input)).toBe(request(1) + request(2) + request(3));
  });

  it('keeps a bounded amount', async () => {
    const { input, server, attach } = stage();
    const line = request('x'.repeat(100));
    let sent = 0;
    while (sent < 20 * MIB && input.write(Buffer.from(line.repeat(1000)))) {
      sent += line.length * 1000;
      await new Promise(setImmediate);
    }
    expect(sent).toBeLessThan(10 * MIB);
    attach();
    await turn();
    expect(text(server.input).startsWith(line)).toBe(true);
  });
});

describe('refuse', () => {
  it('answers what waits and what comes later, and nothing but requests', async () => {
    const { input, output, relay } = stage();
    input.write(request(0, 'server/discover') + request('a', 'initialize'));
    input.write('nonsense\n{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    await turn();
    relay.refuse(serverEnded(3));
    input.write(`{"jsonrpc":"2.0","id":1,"result":{}}\n[]\n${request(2)}`);
    input.write('{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"a":1,"a":2}}\n');
    await turn();
    const lines = text(output).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: unknown }).id)).toEqual([0, 'a', 2, 3]);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      jsonrpc: '2.0',
      id: 0,
      error: {
        code: -32603,
        message: expect.stringMatching(/^SERVER_ENDED: the server ended with status 3.*fix: /) as unknown,
        data: { source: 'cordon', reason: 'SERVER_ENDED' },
      },
    });
  });

  it('answers what the server owes, passes nothing of it any more, and keeps the first reason', async () => {
    const { input, output, server, attach, relay } = stage();
    attach();
    input.write(request(1) + request(2));
    await turn();
    server.output.write(result(1));
    await turn();
    relay.refuse(serverEnded(0));
    relay.refuse(protocolViolation('batch'));
    server.output.write(result(2));
    input.write(request(3));
    await turn();
    const answers = text(output)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; error?: { data: unknown } });
    expect(answers.map(({ id, error }) => [id, error?.data])).toEqual([
      [1, undefined],
      [2, { source: 'cordon', reason: 'SERVER_ENDED' }],
      [3, { source: 'cordon', reason: 'SERVER_ENDED' }],
    ]);
  });
});

describe('at work', () => {
  it('passes the very bytes of both sides', async () => {
    const { input, output, server, attach, relay } = stage();
    attach();
    const asked =
      '{ "id" : 1 ,"jsonrpc":"2.0","method":"completion/complete","params":{"n":1.0,"t":"\\u00e9é"}}\n';
    const answered = '{"result":{"a":9007199254740993,"b":-0, "c":"\\/"},"id":1,"jsonrpc":"2.0"}\n';
    input.write(asked);
    await turn();
    server.output.write(answered);
    await relay.serverAnswered;
    await turn();
    expect(text(server.input)).toBe(asked);
    expect(text(output)).toBe(answered);
    expect(relay.counts()).toEqual({ messagesToServer: 1, messagesToClient: 1 });
  });

  it('waits for a server that does not read, and goes on reading the client for a while', async () => {
    const { input, server, attach, relay } = stage();
    attach();
    for (let id = 0; id < 500; id += 1) input.write(request(`${id} ${'x'.repeat(100)}`));
    await turn();
    expect(relay.counts().messagesToServer).toBeLessThan(500);
    let all = '';
    server.input.on('data', (chunk: Buffer) => {
      all += chunk.toString();
    });
    await expect.poll(() => all.split('\n').length).toBe(501);
    expect(all.startsWith(request(`0 ${'x'.repeat(100)}`))).toBe(true);
  });

  it('stops reading the server while the client does not read', async () => {
    const { input, output, server, attach, relay } = stage();
    attach();
    for (let id = 0; id < 100; id += 1) input.write(request(id));
    await turn();
    for (let id = 0; id < 100; id += 1) server.output.write(result(id, { a: 'x'.repeat(10_000) }));
    await turn();
    expect(relay.counts().messagesToClient).toBeLessThan(20);
    let bytes = 0;
    output.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await expect.poll(() => bytes).toBeGreaterThan(1_000_000);
    expect(relay.counts().messagesToClient).toBe(100);
  });

  it('serverDrained: after the last answer was written', async () => {
    const { input, output, server, attach, relay } = stage();
    attach();
    input.write(request(1));
    await turn();
    server.output.end(result(1));
    await relay.serverDrained;
    relay.refuse(serverEnded(0));
    expect(text(output)).toBe(result(1));
  });

  it('clientGone: at the end of its input, after the last line was passed on', async () => {
    const { input, server, attach, relay } = stage();
    attach();
    input.end(request(1));
    await relay.clientGone;
    expect(text(server.input)).toBe(request(1));
  });

  it('clientGone: when it cannot be written to, without throwing', async () => {
    const input = new PassThrough();
    const output = new Writable({ write: (_chunk, _encoding, settle) => settle(new Error('EPIPE')) });
    const relay = createRelay({ client: { input, output }, onDenied: () => {} });
    input.write(request(1));
    await turn();
    relay.refuse(serverEnded(1));
    await relay.clientGone;
    input.write(request(2));
    await relay.flush();
  });

  it('survives a server that closed its input', async () => {
    const { input, output, server, attach, relay } = stage();
    attach();
    server.input.destroy(new Error('EPIPE'));
    await turn();
    input.write(request(1));
    await turn();
    relay.refuse(serverEnded(1));
    await relay.flush();
    expect(text(output)).toContain('"id":1');
  });

  it('IP-18: a server that closed its output ends the session a moment later', async () => {
    const { server, attach, relay } = stage();
    attach();
    server.output.end();
    expect((await relay.violated).code).toBe('PROTOCOL_VIOLATION');
  });
});
