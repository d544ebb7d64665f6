// The JR rows of the attack catalogue, and what belongs to them, against the relay with a real process as the server.
// Each row is followed by a control: the honest form of the same message passes.
import { afterEach, describe, expect, it } from 'vitest';
import { serverEnded } from '../../src/messages/run.ts';
import { attacks } from '../fixtures/servers/hostile-server.mjs';
import { type RelaySession, type SessionOptions, startSession } from './relay-session.ts';

const MIB = 1024 * 1024;
let open: RelaySession[] = [];

async function start(mode: string, options?: SessionOptions): Promise<RelaySession> {
  const session = await startSession(mode, options);
  open.push(session);
  return session;
}

afterEach(() => {
  for (const session of open) session.close();
  open = [];
});

function variants(row: string): string[] {
  return Object.keys(attacks[row] ?? {});
}

async function passesControl(session: RelaySession): Promise<void> {
  expect((await session.call('control')).result?.content?.[0]?.text).toBe('honest');
}

function nothingGotThrough(session: RelaySession): void {
  expect(session.received().includes('POISON')).toBe(false);
}

/** The session ends, every waiting request is answered, and what comes later is answered too. */
async function killed(row: string, variant: string): Promise<void> {
  const session = await start(row);
  await passesControl(session);
  const other = session.call('attack', { variant: 'none', thenHonest: false }, 'other');
  const answer = await session.call('attack', { variant });
  const violation = await session.relay.violated;
  expect(violation.code).toBe('PROTOCOL_VIOLATION');
  for (const error of [answer.error, (await other).error, (await session.call('control')).error]) {
    expect(error?.code).toBe(-32603);
    expect(error?.data).toEqual({ source: 'cordon', reason: 'PROTOCOL_VIOLATION' });
  }
  nothingGotThrough(session);
}

/** The lines are dropped and noted; the honest answer behind them passes. */
async function dropped(row: string, variant: string): Promise<RelaySession> {
  const session = await start(row);
  const answer = await session.call('attack', { variant });
  expect(answer.result?.content?.[0]?.text).toBe('honest');
  await passesControl(session);
  expect(session.denials.length).toBeGreaterThan(0);
  nothingGotThrough(session);
  return session;
}

/** The bad answer becomes an error of ours for whoever waits; the honest one behind it is then one too many. */
async function replaced(row: string, variant: string, options?: SessionOptions): Promise<void> {
  const session = await start(row, options);
  const answer = await session.call('attack', { variant });
  expect(answer.error?.code).toBe(-32603);
  expect(answer.error?.data?.source).toBe('cordon');
  await passesControl(session);
  nothingGotThrough(session);
  expect(session.messages().filter((message) => message.id === answer.id)).toHaveLength(1);
}

describe('a broken protocol ends the session', () => {
  for (const row of ['JR-02', 'JR-03', 'JR-04', 'JR-10', 'JR-13', 'JR-15b', 'carriage-return'])
    for (const variant of variants(row)) it(`${row}: ${variant}`, () => killed(row, variant));

  it('JR-17: a line without an end, in flat memory', async () => {
    const session = await start('JR-17', { maxMessageBytes: MIB });
    await passesControl(session);
    const before = process.memoryUsage.rss();
    const answer = await session.call('attack');
    expect((await session.relay.violated).message).toContain('a line has no end');
    expect(answer.error?.data?.reason).toBe('PROTOCOL_VIOLATION');
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MIB);
    nothingGotThrough(session);
  });

  it('IP-18: a server that closes its output and lives', async () => {
    const session = await start('IP-18');
    await passesControl(session);
    const answer = await session.call('attack');
    await session.relay.serverDrained;
    expect((await session.relay.violated).message).toContain('closed its output');
    expect(answer.error?.data?.reason).toBe('PROTOCOL_VIOLATION');
  });
});

describe('lines that nobody waits for are dropped', () => {
  for (const row of ['JR-06', 'JR-08', 'JR-09', 'JR-15', 'JR-26', 'JR-29', 'JR-38b', 'JR-39b', 'noise'])
    for (const variant of variants(row)) {
      it(`${row}: ${variant}`, async () => {
        await dropped(row, variant);
      });
    }

  it('JR-11: one value over two lines, two values on one line, text before it', async () => {
    await dropped('JR-11', 'two-values');
    await dropped('JR-11', 'two-lines');
    await dropped('JR-11', 'leading-text');
  });

  it('JR-35: a late answer to a cancelled request', async () => {
    const session = await start('JR-35');
    session.send({ jsonrpc: '2.0', id: 'late', method: 'tools/call', params: { name: 'attack' } });
    session.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'late' } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await passesControl(session);
    nothingGotThrough(session);
    expect(session.messages().some((message) => message.id === 'late')).toBe(false);
  });
});

describe('an answer that no strict reader takes becomes an error', () => {
  for (const row of ['JR-23', 'JR-38', 'JR-39', 'JR-40', 'envelope'])
    for (const variant of variants(row)) it(`${row}: ${variant}`, () => replaced(row, variant));
  for (const variant of ['trailing-text', 'trailing-nul'])
    it(`JR-11: ${variant}`, () => replaced('JR-11', variant));

  for (const variant of variants('JR-18')) {
    it(`JR-18: ${variant}, over the limit`, () => replaced('JR-18', variant, { maxMessageBytes: 10 * MIB }));
  }

  it('JR-18: 9 MiB below the limit passes', async () => {
    const session = await start('JR-18b', { maxMessageBytes: 10 * MIB });
    const answer = await session.call('attack', { variant: '9-MiB' });
    expect(answer.result?.content?.[0]?.text).toHaveLength(9 * MIB);
  });
});

describe('a server that ends', () => {
  it.each([0, 3])('IP-17: with status %i in the middle of calls', async (status) => {
    const session = await start('IP-17');
    await passesControl(session);
    const waiting = session.call('extra');
    expect((await waiting).result).toBeDefined();
    const open = [1, 2, 3].map((number) => session.call('attack', { value: status, number }));
    // As the spine does it: what was judged is written first, then whoever still waits is told.
    await session.relay.serverDrained;
    session.relay.refuse(serverEnded(status));
    for (const answer of await Promise.all(open)) {
      expect(answer.error?.message).toContain(`SERVER_ENDED: the server ended with status ${status}`);
      expect(answer.error?.data?.reason).toBe('SERVER_ENDED');
    }
  });
});

describe('odd but honest', () => {
  it.each([
    ['JR-22', 'names'],
    ['JR-23b', 'odd-but-finite'],
    ['JR-24', 'schema'],
  ])('%s: %s passes byte for byte', async (row, variant) => {
    const session = await start(row);
    const id = 77;
    const answer = await session.call('attack', { variant, thenHonest: false }, id);
    expect(answer.result).toBeDefined();
    const [line] = attacks[row]?.[variant]?.(id) ?? [];
    expect(session.received().toString()).toContain(`${String(line)}\n`);
    expect(session.denials).toEqual([]);
  });

  it("JR-27: a method that nobody knows is nobody's grant: it goes nowhere, and is told", async () => {
    const session = await start('JR-27');
    await session.call('attack', { variant: 'vendor' });
    expect(session.messages().some((message) => message.method === 'notifications/vendor/unknown')).toBe(
      false,
    );
    expect(session.denials).toContainEqual(expect.objectContaining({ reason: 'method-blocked' }));
    expect((await session.request('vendor/method', {})).error?.code).toBe(-32601);
  });

  it('JR-26: progress for a live token passes', async () => {
    const session = await start('JR-26');
    const params = { name: 'attack', arguments: { variant: 'token-as-text' }, _meta: { progressToken: '7' } };
    await session.request('tools/call', params);
    expect(session.messages().some((message) => message.method === 'notifications/progress')).toBe(true);
  });

  it('NC-08: 100 answers in another order', async () => {
    const session = await start('NC-08');
    const ids = Array.from({ length: 100 }, (_, index) => 1000 + index);
    const answers = await Promise.all(ids.map((id) => session.call('attack', {}, id)));
    expect(answers.map((answer) => answer.result?.content?.[0]?.text)).toEqual(ids.map((id) => `for ${id}`));
  });

  it('NC-09: text, zero, negative and UUID ids', async () => {
    const session = await start('none');
    for (const id of [
      'a',
      0,
      -1,
      '0b0f9a1c-3c5e-4b57-9a5e-1f2d3c4b5a69',
      'server-discover-probe-1',
      'listen:0',
    ])
      expect((await session.call('control', {}, id)).id).toBe(id);
  });

  it('NC-10: CRLF and blank lines', async () => {
    const session = await start('NC-10');
    await passesControl(session);
    session.sendRaw(
      '\r\n\n{"jsonrpc":"2.0","id":"crlf","method":"tools/call","params":{"name":"control"}}\r\n',
    );
    expect((await session.next((message) => message.id === 'crlf')).result).toBeDefined();
    expect(session.received().includes('\r')).toBe(false);
    expect(session.denials).toEqual([]);
  });

  it('NC-12: a server that starts slowly', async () => {
    const session = await start('NC-12');
    await passesControl(session);
  });

  it('NC-14: unknown fields and number spellings survive', async () => {
    const session = await start('none');
    await session.call('extra');
    expect(session.received().toString()).toContain('"vendor":{"x":1.0}');
  });
});

describe('floods', () => {
  it('JR-25: 200 000 notifications: most are dropped, calls are answered, memory is flat', async () => {
    const session = await start('JR-25');
    const before = process.memoryUsage.rss();
    const flood = session.call('attack', { value: 200_000 });
    const during = session.call('control');
    await flood;
    await during;
    expect(process.memoryUsage.rss() - before).toBeLessThan(96 * MIB);
    const passed = session.messages().filter((message) => message.method === 'notifications/message').length;
    expect(passed).toBeGreaterThanOrEqual(1000);
    expect(passed).toBeLessThan(20_000);
    expect(session.denials.every((denial) => denial.reason === 'rate-limited')).toBe(true);
  });

  it('NC-11: 10 MB of text on stderr arrive', async () => {
    const session = await start('NC-11');
    await session.call('attack', { value: 10_000_000 });
    await expect.poll(() => session.stderr().length, { timeout: 10_000 }).toBeGreaterThan(9_000_000);
    expect(session.stderr()).toContain('[server] debug: zażółć gęślą jaźń');
    expect(session.stderr()).not.toContain('dropped');
  });

  it('NC-11: 100 MB on stderr stop nobody and stay small', async () => {
    const session = await start('NC-11');
    const before = process.memoryUsage.rss();
    await session.call('attack', { value: 100_000_000 });
    expect(session.stderr().length).toBeLessThan(40_000_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(160 * MIB);
    await passesControl(session);
  });
});

describe('stderr', () => {
  it('AN-03, AN-07: escapes are shown, text and tabs stay, each line is marked', async () => {
    const session = await start('AN-03');
    await session.call('attack');
    await expect.poll(() => session.stderr().split('\n').length).toBeGreaterThan(4);
    expect(session.stderr().split('\n')).toEqual([
      '[server] \\x1b[2J\\x1b]52;c;UE9JU09O\\x07\\x9b31mred\\x08\\x1b[0m',
      '[server] łódź 漢字 ✓\ttab',
      '[server] {"time":1,"msg":"forged"}\\rfake',
      '[server] [server] forged',
      '',
    ]);
  });
});

describe('the client is read as strictly', () => {
  it.each([
    [
      'duplicate keys',
      '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"a"},"params":{"name":"b"}}',
    ],
    ['a fault of grammar', '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":NaN}}'],
    ['a member too many', '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{},"extra":1}'],
    ['another version', '{"jsonrpc":"1.0","id":5,"method":"tools/call"}'],
    ['a list as params', '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":[]}'],
    ['too deep', `{"jsonrpc":"2.0","id":5,"method":"x","params":{"a":${'['.repeat(70)}${']'.repeat(70)}}}`],
    ['a look-alike', '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"a","Name":"b"}}'],
    ['too long', `{"jsonrpc":"2.0","method":"x","params":{"a":"${'x'.repeat(5 * MIB)}"},"id":5}`],
  ])('JR-33: %s', async (_, line) => {
    const session = await start('none');
    const before = session.relay.counts().messagesToServer;
    session.sendRaw(`${line}\n`);
    expect((await session.next((message) => message.id === 5)).error?.code).toBe(-32600);
    expect(session.relay.counts().messagesToServer).toBe(before);
    await passesControl(session);
  });

  it.each([
    ['JR-09: an id beyond 2^53', '{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/call"}'],
    ['JR-09: an id of 64 KiB', `{"jsonrpc":"2.0","id":"${'a'.repeat(65536)}","method":"tools/call"}`],
    ['JR-10: a batch', '[{"jsonrpc":"2.0","id":5,"method":"tools/call"}]'],
    ['JR-33: no JSON', 'hello'],
    ['JR-33: no id', '{"jsonrpc":"2.0","method":"notifications/x","params":{"a":1,"a":2}}'],
    ['JR-26: an answer to nothing', '{"jsonrpc":"2.0","id":5,"result":{}}'],
  ])('%s is dropped without an answer', async (_, line) => {
    const session = await start('none');
    const before = session.relay.counts();
    session.sendRaw(`${line}\n`);
    await expect.poll(() => session.denials.length).toBe(1);
    expect(session.relay.counts()).toEqual(before);
    await passesControl(session);
  });

  it('JR-36: an id that still waits', async () => {
    const session = await start('none');
    session.send({
      jsonrpc: '2.0',
      id: 5,
      method: 'tools/call',
      params: { name: 'attack', arguments: { thenHonest: false } },
    });
    expect((await session.call('control', {}, 5)).error?.code).toBe(-32600);
    expect(session.denials.map((denial) => denial.reason)).toEqual(['id-duplicate']);
    await passesControl(session);
  });
});

describe('requests of the server', () => {
  it('S2C-07: an id that the client uses too', async () => {
    const session = await start('S2C-07');
    const answer = session.call('attack', {}, 5);
    const request = await session.next((message) => message.method === 'roots/list');
    expect(request.id).toBe(5);
    session.send({ jsonrpc: '2.0', id: 5, result: { roots: [] } });
    expect(
      (await session.next((message) => message.id === 5 && message.method === undefined)).result?.content,
    ).toEqual([{ type: 'text', text: 'roots roots' }]);
    await answer;
    expect(session.denials).toEqual([]);
  });

  it.each(['initialize', 'tools/call'])('S2C-11: %s asked of the client is refused', async (method) => {
    const session = await start('S2C-11');
    const answer = await session.call('attack', { value: method });
    expect(answer.result?.content?.[0]?.text).toBe('code -32601');
    nothingGotThrough(session);
  });

  it('S2C-07: nothing may be asked in a session without a handshake', async () => {
    const session = await start('S2C-07', { handshake: false });
    await passesControl(session);
    session.send({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'attack' } });
    await expect.poll(() => session.denials.map((denial) => denial.reason)).toEqual(['method-blocked']);
    expect(session.messages().some((message) => message.method === 'roots/list')).toBe(false);
  });
});
