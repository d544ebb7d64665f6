import { describe, expect, it } from 'vitest';
import type { Reviewed } from '../../../src/relay/reviewed.ts';
import type { Verdict } from '../../../src/relay/verdict.ts';
import { LIMITS } from '../../../src/relay/limits.ts';
import { EVERYTHING, granted, UNPINNED } from '../../fixtures/policies.ts';
import { definitions, JudgedSession, MODERN, reviewed } from './judged-session.ts';

const LISTED = { name: 'readme', uri: 'doc://readme', description: 'Read me.' };
const TEMPLATE = { name: 'text', uriTemplate: 'doc://text/{id}' };
const REVIEWED = {
  resources: definitions('resource', [LISTED]),
  templates: definitions('template', [TEMPLATE]),
};
const MODERN_CONTEXT = {
  generation: 'modern',
  protocolVersion: '2026-07-28',
  clientCapabilities: {},
} as const;
const UPDATED = 'notifications/resources/updated';

class Reading extends JudgedSession {
  constructor(judgement = reviewed(REVIEWED)) {
    super(EVERYTHING, judgement);
    this.handshake({ serverInfo: {} });
    this.lists([LISTED]);
  }

  lists(resources: readonly object[]): Verdict {
    this.listed('resources/templates/list', { resourceTemplates: [TEMPLATE] });
    return this.listed('resources/list', { resources });
  }

  ask(method: string, uri: unknown): Verdict {
    return this.client({ id: `${method} ${String(uri)}`, method, params: { uri } });
  }

  updated(uri: unknown): Verdict {
    return this.server({ method: UPDATED, params: { uri } });
  }
}

describe('a resource that may be read', () => {
  it.each(['doc://readme', 'doc://text/1', 'doc://text/any'])('was reviewed: %s', (uri) => {
    expect(new Reading().ask('resources/read', uri).forward).toBe(true);
    expect(new Reading().ask('resources/subscribe', uri).forward).toBe(true);
  });

  it.each(['doc://secret', 'doc://readme2', 'doc://text/', 'doc://text/a/b', '', 5, undefined])(
    'is no other: %j',
    (uri) => {
      for (const method of ['resources/read', 'resources/subscribe'])
        expect(new Reading().ask(method, uri)).toMatchObject({
          answer: { to: 'client', code: -32602, reason: 'tool-unknown' },
          denial: {
            detail: 'a resource that is neither listed nor described by a template, as they were approved',
          },
        });
    },
  );

  it('is any, where nothing was reviewed', () => {
    expect(new Reading(UNPINNED).ask('resources/read', 'doc://secret').forward).toBe(true);
  });
});

describe('what may be completed', () => {
  const PROMPTS = { prompts: definitions('prompt', [{ name: 'greet' }]) };
  const QUERY = { name: 'query', uriTemplate: 'doc://find{?words}' };
  const judgement = reviewed({
    ...REVIEWED,
    ...PROMPTS,
    templates: definitions('template', [TEMPLATE, QUERY]),
  });
  const asked = (ref: unknown, policy = EVERYTHING, known: Reviewed = judgement): Verdict =>
    new JudgedSession(policy, known).client({ id: 1, method: 'completion/complete', params: { ref } });

  it.each([
    { type: 'ref/prompt', name: 'greet' },
    { type: 'ref/resource', uri: TEMPLATE.uriTemplate },
    { type: 'ref/resource', uri: QUERY.uriTemplate },
    { type: 'ref/resource', uri: LISTED.uri },
  ])('was reviewed: %j', (ref) => {
    expect(asked(ref).forward).toBe(true);
    expect(asked(ref, EVERYTHING, UNPINNED).forward).toBe(true);
  });

  it.each([
    { type: 'ref/prompt', name: 'hidden' },
    { type: 'ref/resource', uri: 'file:///{path}' },
    { type: 'ref/prompt', name: 'greet', uri: 'file:///{path}' },
    { type: 'ref/prompt', name: ['greet'] },
    { type: 'ref/resource', uri: 5 },
  ])('is nothing else: %j', (ref) => {
    expect(asked(ref).answer).toMatchObject({ to: 'client', code: -32602, reason: 'tool-unknown' });
  });

  it.each([
    ['prompts', 'ref/resource', { uri: TEMPLATE.uriTemplate }],
    ['resources', 'ref/prompt', { name: 'greet' }],
  ])('is of what is granted: with %s alone no %s', (feature, type, named) => {
    const policy = granted({ [feature]: true });
    for (const known of [judgement, UNPINNED])
      expect(asked({ type, ...named }, policy, known).answer?.code).toBe(-32602);
  });
});

describe('PR-06: a resource that a server adds while it runs', () => {
  const ADDED = { name: 'POISON', uri: 'doc://session/1', description: 'POISON' };

  it('is not shown, and ends nothing', () => {
    const session = new Reading();
    const verdict = session.lists([LISTED, ADDED]);
    expect(verdict).toMatchObject({
      toClient: [{ result: { resources: [LISTED] } }],
      denial: { detail: 'the server lists a resource that nobody reviewed: it is not shown' },
    });
    expect(JSON.stringify(verdict)).not.toContain('POISON');
    expect(session.ask('resources/read', ADDED.uri).answer?.code).toBe(-32602);
    expect(session.ask('resources/read', LISTED.uri).forward).toBe(true);
  });

  it.each([
    ['changed', [{ ...LISTED, description: 'POISON' }]],
    ['changed, beside one that is new', [{ ...LISTED, description: 'POISON' }, ADDED]],
    ['twice', [LISTED, { ...LISTED, name: 'POISON' }]],
    ['malformed', [LISTED, { uri: 'doc://x' }]],
  ])('but one that was reviewed and is now %s is drift', (_, resources) => {
    expect(new Reading().lists(resources).drift).toBeDefined();
  });

  it('a tool that appears is drift as before', () => {
    const session = new Reading();
    const tools = [{ name: 'POISON', inputSchema: { type: 'object' } }];
    expect(session.listed('tools/list', { tools }).drift).toMatchObject({ added: 1 });
  });
});

describe('PR-08: news of a resource', () => {
  it('passes while the client wants to hear of it, and of its parts', () => {
    const session = new Reading();
    expect(session.updated('doc://readme').denial?.reason).toBe('id-unknown');
    session.ask('resources/subscribe', 'doc://readme');
    expect(session.updated('doc://readme').forward).toBe(true);
    for (const part of ['#part', '/1', '?page=2'])
      expect(session.updated(`doc://readme${part}`).forward).toBe(true);
    expect(session.updated('doc://readme-of-others').denial?.reason).toBe('id-unknown');
    expect(session.updated('doc://text/1').denial?.reason).toBe('id-unknown');
    expect(session.updated(5).denial?.reason).toBe('id-unknown');
    session.ask('resources/unsubscribe', 'doc://readme');
    expect(session.updated('doc://readme').denial?.reason).toBe('id-unknown');
  });

  it('is wanted of a bounded number of resources', () => {
    const session = new Reading();
    for (let id = 0; id < LIMITS.subscriptions; id += 1) {
      const uri = `doc://text/${id}`;
      session.ask('resources/subscribe', uri);
      session.server({ id: `resources/subscribe ${uri}`, result: {} });
    }
    expect(session.ask('resources/subscribe', 'doc://text/more').answer).toMatchObject({
      code: -32603,
      reason: 'rate-limited',
    });
  });

  it('in the newer generation: of those that were reviewed, under the subscription that names them', () => {
    const session = new JudgedSession(EVERYTHING, reviewed({ ...REVIEWED, context: MODERN_CONTEXT }));
    const resourceSubscriptions = ['doc://secret', 'doc://text/1', 5];
    const params = { _meta: MODERN, notifications: { resourceSubscriptions, constructor: true } };
    expect(session.client({ id: 'l', method: 'subscriptions/listen', params }).anew).toMatchObject({
      params: { notifications: { resourceSubscriptions: ['doc://text/1'] } },
    });
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'l' };
    const updated = (uri: string): Verdict => session.server({ method: UPDATED, params: { uri, _meta } });
    expect(updated('doc://text/1').forward).toBe(true);
    expect(updated('doc://secret').denial?.reason).toBe('id-unknown');
    session.server({ id: 'l', result: {} });
    expect(updated('doc://text/1').denial?.reason).toBe('id-unknown');
  });
});

describe('_meta of a definition', () => {
  const steered = { name: 'a', inputSchema: { type: 'object' }, _meta: { 'anthropic/alwaysLoad': true } };

  it('passes as it was approved', () => {
    const session = new JudgedSession(EVERYTHING, reviewed({ tools: definitions('tool', [steered]) }));
    session.handshake({ serverInfo: {} });
    expect(session.listed('tools/list', { tools: [steered] }).toClient).toMatchObject([
      { result: { tools: [steered] } },
    ]);
  });

  it('does not pass where nobody approved it', () => {
    const session = new JudgedSession().handshake();
    expect(session.listed('tools/list', { tools: [steered] }).toClient).toEqual([
      { jsonrpc: '2.0', id: 'list', result: { tools: [{ name: 'a', inputSchema: { type: 'object' } }] } },
    ]);
  });
});
