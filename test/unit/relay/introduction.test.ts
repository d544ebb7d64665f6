import { describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../fixtures/policies.ts';
import { askedId, JudgedSession, MODERN, reviewed } from './judged-session.ts';

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
});

describe('a list that a server says it does not have', () => {
  it('is drift when it was reviewed, and whoever asked for it still waits to be told', () => {
    const session = new JudgedSession(
      EVERYTHING,
      reviewed({ resources: [{ kind: 'resource', key: 'a:b', value: {}, hash: '0'.repeat(64) }] }),
    ).handshake({ serverInfo: {} });
    const asked = session.client({ id: 1, method: 'resources/list' });
    const error = { code: -32601, message: 'Method not found' };
    expect(session.server({ id: askedId(asked), error }).drift).toMatchObject({ what: 'list', removed: 1 });
    expect(session.judge.giveUp()).toEqual([1]);
  });
});
