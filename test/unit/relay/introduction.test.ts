import { describe, expect, it } from 'vitest';
import { judgeList } from '../../../src/relay/reviewed.ts';
import { EVERYTHING } from '../../fixtures/policies.ts';
import { askedId, definitions, JudgedSession, MODERN, reviewed } from './judged-session.ts';

const LEGACY_CONTEXT = {
  context: { generation: 'legacy', protocolVersion: '2025-11-25', clientCapabilities: {} },
  capabilities: { tools: { listChanged: true } },
} as const;
const MODERN_CONTEXT = {
  context: { generation: 'modern', protocolVersion: '2026-07-28', clientCapabilities: {} },
  capabilities: { tools: {} },
} as const;
const DISCOVERED = { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: { tools: {} } };

describe('what a server says of itself is judged by the generation that it answers in', () => {
  it.each([
    ['as the revision asks for it', { _meta: MODERN }],
    ['without any _meta, as some clients do', {}],
  ])('server/discover, %s', (_, params) => {
    const session = new JudgedSession(EVERYTHING, reviewed(LEGACY_CONTEXT, MODERN_CONTEXT));
    session.client({ id: 1, method: 'server/discover', params });
    expect(session.server({ id: 1, result: DISCOVERED })).toMatchObject({ anew: { id: 1 } });
    // And the session goes on in the older generation when the client does.
    session.handshake({ capabilities: { tools: { listChanged: true } }, serverInfo: {} });
  });

  it.each([{ _meta: MODERN }, {}])('server/discover of a generation that nobody reviewed', (params) => {
    const session = new JudgedSession(EVERYTHING, reviewed(LEGACY_CONTEXT));
    session.client({ id: 1, method: 'server/discover', params });
    expect(session.server({ id: 1, result: DISCOVERED })).toEqual({ drift: { what: 'context' }, asked: 1 });
  });

  it('with what the client can do, as it was let through', () => {
    const other = { ...MODERN_CONTEXT, instructions: 'other' };
    const able = {
      ...MODERN_CONTEXT,
      context: { ...MODERN_CONTEXT.context, clientCapabilities: { roots: {} } },
    };
    const session = new JudgedSession(EVERYTHING, reviewed(other, able));
    const _meta = { ...MODERN, 'io.modelcontextprotocol/clientCapabilities': { roots: {}, vendor: {} } };
    session.client({ id: 1, method: 'server/discover', params: { _meta } });
    expect(session.server({ id: 1, result: DISCOVERED })).toMatchObject({ anew: { id: 1 } });
    session.client({ id: 2, method: 'server/discover', params: { _meta: MODERN } });
    expect(session.server({ id: 2, result: DISCOVERED }).drift).toEqual({ what: 'instructions' });
  });

  it('with its optional secrets and without them, where both were reviewed, and nothing else', () => {
    const tools = (...names: string[]) => names.map((name) => ({ name, inputSchema: { type: 'object' } }));
    const without = {
      ...LEGACY_CONTEXT,
      instructions: 'as nobody',
      tools: definitions('tool', tools('a')),
    };
    const both = reviewed(without, {
      ...without,
      context: { ...LEGACY_CONTEXT.context, secrets: 'optional' },
      instructions: 'as somebody',
      tools: definitions('tool', tools('a', 'b')),
    });
    const said = (instructions: string) => {
      const session = new JudgedSession(EVERYTHING, both);
      session.client({ id: 1, method: 'initialize', params: { capabilities: {} } });
      const { capabilities } = LEGACY_CONTEXT;
      const result = { protocolVersion: '2025-11-25', capabilities, serverInfo: {}, instructions };
      return session.server({ id: 1, result }).drift;
    };
    expect([said('as nobody'), said('as somebody'), said('POISON')]).toEqual([
      undefined,
      undefined,
      { what: 'instructions' },
    ]);
    const where = { era: 'legacy', capabilities: {} } as const;
    for (const names of [['a'], ['a', 'b']])
      expect(judgeList('tools', tools(...names), where, both)).toMatchObject({ ok: true, isHiding: false });
    expect(judgeList('tools', tools('a', 'POISON'), where, both)).toMatchObject({ ok: false });
  });
});

describe('nothing that was not compared passes with it', () => {
  const more = { instructions: 'read', ttlMs: 5, POISON: 'x', tools: ['POISON'], _meta: { a: 'POISON' } };

  it('in initialize', () => {
    const session = new JudgedSession();
    session.client({ id: 1, method: 'initialize', params: {} });
    const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'x' }, ...more };
    expect(session.server({ id: 1, result }).anew).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: {
        protocolVersion: '2025-11-25',
        serverInfo: { name: 'x' },
        instructions: 'read',
        ttlMs: 5,
        capabilities: {},
      },
    });
  });

  it('in server/discover', () => {
    const session = new JudgedSession();
    session.client({ id: 1, method: 'server/discover', params: { _meta: MODERN } });
    expect(session.server({ id: 1, result: { ...DISCOVERED, ...more } }).anew).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { ...DISCOVERED, instructions: 'read', ttlMs: 5, cacheScope: 'private' },
    });
  });
});

describe('no text passes in place of a number or a version', () => {
  const texts = { ttlMs: 'POISON', protocolVersion: 'POISON' };

  it('in initialize', () => {
    const session = new JudgedSession(EVERYTHING, reviewed(LEGACY_CONTEXT));
    session.client({ id: 1, method: 'initialize', params: {} });
    const { capabilities } = LEGACY_CONTEXT;
    const result = { ...texts, protocolVersion: '2025-11-25', capabilities };
    expect(session.server({ id: 1, result }).anew).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { protocolVersion: '2025-11-25', capabilities },
    });
  });

  it.each([
    texts,
    { ttlMs: { text: 'POISON' } },
    { supportedVersions: [['2026-07-28'], '2026-07-28', 'POISON', '2026-07-28'] },
  ])('in server/discover: %j', (members) => {
    const session = new JudgedSession(EVERYTHING, reviewed(MODERN_CONTEXT));
    session.client({ id: 1, method: 'server/discover', params: { _meta: MODERN } });
    expect(session.server({ id: 1, result: { ...DISCOVERED, ...members } }).anew).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { ...DISCOVERED, cacheScope: 'private' },
    });
  });
});

describe('a handshake whose answer cannot be read', () => {
  it('is over: what waited for it goes on', () => {
    const session = new JudgedSession();
    session.client({ id: 1, method: 'initialize', params: {} });
    expect(session.client({ id: 2, method: 'tools/list' }).toServer).toEqual([]);
    expect(session.server({ id: 1, result: { text: '\ud800' } })).toMatchObject({
      answer: { id: 1, code: -32603 },
      toServer: [{ method: 'tools/list' }],
    });
  });
});

describe('a list that a server says it does not have', () => {
  it('is drift when it was reviewed, and whoever asked for it still waits to be told', () => {
    const session = new JudgedSession(
      EVERYTHING,
      reviewed({ resources: [{ kind: 'resource', key: 'a:b', value: {}, hash: '0'.repeat(64) }] }),
    ).handshake({ serverInfo: {} });
    let asked = session.client({ id: 1, method: 'resources/list' });
    const error = { code: -32601, message: 'Method not found' };
    // A server of the SDKs says so until it has registered the first of them.
    for (let times = 0; times < 10; times += 1) {
      expect(session.server({ id: askedId(asked), error })).toEqual({ again: 'resources' });
      asked = session.judge.askAgain('resources');
    }
    expect(session.server({ id: askedId(asked), error }).drift).toMatchObject({ what: 'list', removed: 1 });
    expect(session.judge.giveUp()).toEqual([1]);
  });

  it('is judged by what the client could do when it was asked for', () => {
    const tools = definitions('tool', [{ name: 'a', inputSchema: { type: 'object' } }]);
    const able = { elicitation: { form: {} } };
    const session = new JudgedSession(
      EVERYTHING,
      reviewed(MODERN_CONTEXT, {
        ...MODERN_CONTEXT,
        tools,
        context: { ...MODERN_CONTEXT.context, clientCapabilities: able },
      }),
    );
    const meta = { ...MODERN, 'io.modelcontextprotocol/clientCapabilities': able };
    const asked = session.client({ id: 1, method: 'tools/list', params: { _meta: meta } });
    session.client({ id: 2, method: 'tools/call', params: { name: 'a', _meta: MODERN } });
    const answered = session.server({
      id: askedId(asked),
      result: { tools: tools.map(({ value }) => value) },
    });
    expect(answered).toMatchObject({ toClient: [{ id: 1 }] });
  });
});
