// What a client sees is what was reviewed: the rows RP, PR and S2C of the attack catalogue, against the relay with a real process
// as the server. Each is also run in its honest form, which passes.
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Definitions } from '../../src/pins/definitions.ts';
import { readDefinitions } from '../../src/pins/read-definitions.ts';
import type { Reviewed } from '../../src/relay/reviewed.ts';
import { EVERYTHING, granted } from '../fixtures/policies.ts';
import { type RelaySession, type SessionOptions, startSession } from './relay-session.ts';

const SERVER = fileURLToPath(new URL('../fixtures/servers/changing-server.mjs', import.meta.url));
const TOOLS = granted({ tools: true });

let open: RelaySession[] = [];
afterEach(() => {
  for (const session of open) session.close();
  open = [];
});

function listOf(names: readonly string[]): Definitions['tools'] {
  const items = names.map((name) => ({
    name,
    description: `Does ${name}.`,
    inputSchema: { type: 'object' },
  }));
  const read = readDefinitions('tool', items);
  if (!read.ok) throw new Error(read.fault);
  return read.list;
}

/** What the honest form of the server was reviewed to say. */
const REVIEWED: Reviewed = {
  kind: 'pinned',
  contexts: [
    {
      context: { generation: 'legacy', protocolVersion: '2025-11-25', clientCapabilities: {} },
      serverInfo: { name: 'changing', version: '1' },
      capabilities: { tools: {} },
      instructions: null,
      tools: listOf(['one', 'two']),
      prompts: [],
      resources: [],
      templates: [],
    },
  ],
};

async function start(mode: string, options: SessionOptions = {}): Promise<RelaySession> {
  const session = await startSession(mode, {
    server: [SERVER, mode],
    policy: TOOLS,
    reviewed: REVIEWED,
    ...options,
  });
  open.push(session);
  return session;
}

const names = (answer: { readonly result?: unknown }): readonly string[] =>
  (
    (answer.result as { readonly tools?: ReadonlyArray<{ readonly name: string }> } | undefined)?.tools ?? []
  ).map(({ name }) => name);

/** Nothing of it reached the client; it was told why, in our words, and is told again. */
async function isQuarantined(session: RelaySession): Promise<void> {
  expect((await session.relay.violated).code).toBe('DEFINITION_DRIFT');
  const again = await session.request('tools/list');
  expect(again.error).toMatchObject({
    code: -32603,
    message: expect.stringMatching(/^DEFINITION_DRIFT: .*fix: cordon review <profile>$/) as string,
    data: { source: 'cordon', reason: 'DEFINITION_DRIFT' },
  });
  expect((await session.call('one')).error?.data?.reason).toBe('DEFINITION_DRIFT');
  expect(session.received().includes('POISON')).toBe(false);
  expect(session.denials).toContainEqual(expect.objectContaining({ reason: 'definition-drift' }));
  expect(JSON.stringify(session.denials)).not.toContain('POISON');
}

describe('the control: what was reviewed passes', () => {
  it.each(['honest', 'RP-12', 'RP-15', 'RP-21', 'NC-04', 'NC-13'])('%s', async (mode) => {
    const session = await start(mode);
    expect([...names(await session.request('tools/list'))].toSorted()).toEqual(['one', 'two']);
    expect((await session.call('one')).result?.content?.[0]?.text).toBe('honest one');
    expect(session.denials).toEqual([]);
  });

  it('JR-34: a call that comes first waits for the list, and passes', async () => {
    const session = await start('honest');
    const [first, second] = await Promise.all([session.call('two'), session.request('tools/list')]);
    expect(first.result?.content?.[0]?.text).toBe('honest two');
    expect(names(second)).toEqual(['one', 'two']);
  });

  it('a tool that is registered late is waited for', async () => {
    const session = await start('late');
    expect(names(await session.request('tools/list'))).toEqual(['one', 'two']);
    expect((await session.call('two')).result).toBeDefined();
    expect(session.denials).toEqual([]);
  });

  it('RP-04: the server says that its list changed, and it did not', async () => {
    const session = await start('RP-04');
    await session.request('tools/list');
    await session.call('one');
    await session.next((message) => message.method === 'notifications/tools/list_changed');
    expect(names(await session.request('tools/list'))).toEqual(['one', 'two']);
    expect((await session.call('two')).result).toBeDefined();
  });
});

describe('a definition that nobody reviewed never reaches the client', () => {
  it.each([
    'RP-01',
    'RP-11',
    'RP-13',
    'RP-13b',
    'RP-15b',
    'RP-16',
    'RP-17',
    'RP-18',
    'RP-19',
    'RP-20',
    'TP-14',
    'twice',
  ])('%s: at the first list', async (mode) => {
    const session = await start(mode);
    expect((await session.request('tools/list')).error?.data?.reason).toBe('DEFINITION_DRIFT');
    await isQuarantined(session);
  });

  it.each(['UC-10', 'large-list'])(
    '%s: a list that cannot be read, for whoever waits for it',
    async (mode) => {
      const session = await start(mode, { maxMessageBytes: 32 * 1024 });
      const asked = [session.call('one'), session.request('tools/list')];
      for (const answer of asked) expect((await answer).error?.data?.reason).toBe('DEFINITION_DRIFT');
      await isQuarantined(session);
      const unpinned = await start(mode, { maxMessageBytes: 32 * 1024, reviewed: { kind: 'unpinned' } });
      expect((await unpinned.call('one')).error?.code).toBe(-32603);
      expect(unpinned.received().includes('POISON')).toBe(false);
    },
  );

  it.each(['RP-01', 'RP-16', 'RP-17'])('JR-34 %s: nor is anything called before', async (mode) => {
    const session = await start(mode);
    expect((await session.call('one')).error?.data?.reason).toBe('DEFINITION_DRIFT');
    await isQuarantined(session);
  });

  it('RP-02: after three calls, without a word', async () => {
    const session = await start('RP-02');
    await session.request('tools/list');
    for (const name of ['one', 'two', 'one']) expect((await session.call(name)).result).toBeDefined();
    await session.request('tools/list');
    await isQuarantined(session);
  });

  it('RP-03: after the server said so; the launcher looks by itself', async () => {
    const session = await start('RP-03');
    await session.request('tools/list');
    await session.call('one');
    await isQuarantined(session);
  });

  it('RP-05: another list the second time it is asked', async () => {
    const session = await start('RP-05');
    expect(names(await session.request('tools/list'))).toEqual(['one', 'two']);
    await session.request('tools/list');
    await isQuarantined(session);
  });

  it('RP-06: for one client and not for another', async () => {
    const other = await start('RP-06', { client: { name: 'other' } });
    expect(names(await other.request('tools/list'))).toEqual(['one', 'two']);
    const session = await start('RP-06', { client: { name: 'claude-code' } });
    await session.request('tools/list');
    await isQuarantined(session);
  });

  it('RP-07: by what the client can do, which is not told unless granted', async () => {
    const client = { capabilities: { sampling: {} } };
    const ungranted = await start('RP-07', { client });
    expect(names(await ungranted.request('tools/list'))).toEqual(['one', 'two']);
    const session = await start('RP-07', { client, policy: granted({ tools: true, sampling: true }) });
    await session.request('tools/list');
    await isQuarantined(session);
  });

  it.each(['instructions', 'PR-10', 'serverInfo'])('PR-03: %s, in the greeting', async (mode) => {
    const session = await start(mode);
    expect(session.messages()[0]).toMatchObject({ error: { data: { reason: 'DEFINITION_DRIFT' } } });
    await isQuarantined(session);
  });

  it('RP-25: a member twice ends the session as any line does that has no single meaning', async () => {
    const session = await start('RP-25');
    await session.request('tools/list');
    expect((await session.relay.violated).code).toBe('PROTOCOL_VIOLATION');
    expect(session.received().includes('POISON')).toBe(false);
  });

  it('RP-14: a cursor that nobody gave out', async () => {
    const session = await start('RP-11');
    expect((await session.request('tools/list', { cursor: 'more' })).error?.code).toBe(-32602);
    expect(session.received().includes('POISON')).toBe(false);
  });

  it('a server that gives no list: whoever asks is told, without a word of the server', async () => {
    const session = await start('no-list');
    expect((await session.request('tools/list')).error?.code).toBe(-32603);
    expect((await session.call('one')).error?.code).toBe(-32603);
    expect(session.received().includes('POISON')).toBe(false);
  });

  it('a version of the protocol that nobody knows', async () => {
    const session = await start('unknown-version', { reviewed: { kind: 'unpinned' } });
    expect(session.messages()[0]?.error?.code).toBe(-32603);
  });
});

describe('tools that are not granted do not exist', () => {
  it('are not listed and cannot be called', async () => {
    const session = await start('honest', { policy: granted({ tools: ['two'] }) });
    expect(names(await session.request('tools/list'))).toEqual(['two']);
    expect((await session.call('two')).result).toBeDefined();
    expect((await session.call('one')).error).toMatchObject({ code: -32602, message: 'Unknown tool' });
    for (const name of ['__proto__', 'constructor', 'length', 'toString'])
      expect((await session.call(name)).error?.code).toBe(-32602);
  });
});

describe('least by default', () => {
  it.each([
    ['prompts/list', {}],
    ['prompts/get', { name: 'x' }],
    ['resources/list', {}],
    ['resources/templates/list', {}],
    ['resources/read', { uri: 'file:///x' }],
    ['resources/subscribe', { uri: 'file:///x' }],
    ['completion/complete', {}],
    ['tasks/list', {}],
    ['skills/list', {}],
    ['vendor/anything', {}],
  ])('%s is no method', async (method, params) => {
    const session = await start('honest');
    expect((await session.request(method, params)).error).toMatchObject({ code: -32601 });
  });

  it('a level for logs is taken and goes nowhere; logs do not pass', async () => {
    const session = await start('log');
    expect((await session.request('logging/setLevel', { level: 'debug' })).result).toEqual({});
    await session.call('one');
    expect(session.received().includes('POISON')).toBe(false);
    const granting = await start('log', { policy: granted({ tools: true, logging: true }) });
    await granting.call('one');
    expect(granting.received().includes('POISON')).toBe(true);
  });

  it('S2C-12: the server is told of no capability that was not granted', async () => {
    const capabilities = {
      sampling: { tools: {} },
      elicitation: { form: {}, url: {} },
      roots: {},
      experimental: { x: {} },
    };
    const session = await start('honest', {
      client: { capabilities },
      policy: { ...EVERYTHING, features: new Set(['tools']) },
    });
    expect(session.messages()[0]).toMatchObject({ result: { capabilities: { tools: {} } } });
  });

  it.each(['S2C-01', 'S2C-02', 'S2C-03'])(
    '%s: what the server asks is answered as by a client that cannot',
    async (mode) => {
      const session = await start(mode);
      expect((await session.call('one')).result?.content?.[0]?.text).toBe('-32601');
      expect(session.received().includes('POISON')).toBe(false);
    },
  );

  it('S2C-01, S2C-02: granted, and still without other contexts, tools and addresses', async () => {
    const sampling = await start('S2C-01', { policy: granted({ tools: true, sampling: true }) });
    void sampling.call('one');
    const asked = await sampling.next((message) => message.method === 'sampling/createMessage');
    expect(asked.params).toEqual({ messages: [], includeContext: 'none' });
    const elicitation = await start('S2C-02', { policy: granted({ tools: true, elicitation: true }) });
    expect((await elicitation.call('one')).result?.content?.[0]?.text).toBe('-32602');
    expect(elicitation.received().includes('POISON')).toBe(false);
  });

  it.each(['S2C-06', 'S2C-10'])('%s: nor does an answer open what a request may not', async (mode) => {
    const session = await start(mode);
    expect((await session.call('one')).error?.code).toBe(-32603);
    expect(session.received().includes('POISON')).toBe(false);
  });

  it('what steers a client beside the answer is taken away', async () => {
    const session = await start('meta');
    expect((await session.call('one')).result).toEqual({ content: [{ type: 'text', text: 'honest' }] });
  });
});
