import { describe, expect, it } from 'vitest';
import type { McpPolicy } from '../../../src/relay/policy.ts';
import type { Verdict } from '../../../src/relay/verdict.ts';
import { EVERYTHING, granted } from '../../fixtures/policies.ts';
import { JudgedSession, MODERN, reviewed } from './judged-session.ts';

const STEERS = { 'anthropic/alwaysLoad': true, ui: { resourceUri: 'ui://POISON' } };

describe('_meta of a server', () => {
  it.each([
    ['notifications/message', { level: 'info', data: 'x' }],
    ['notifications/tools/list_changed', {}],
    ['notifications/resources/list_changed', {}],
  ])('is taken away from %s', (method, params) => {
    const session = new JudgedSession().handshake();
    expect(session.server({ method, params: { ...params, _meta: STEERS } })).toMatchObject({
      anew: { jsonrpc: '2.0', method, params },
    });
    expect(JSON.stringify(session.server({ method, params: { _meta: STEERS } }))).not.toContain('POISON');
  });

  it('is taken away from what it asks, but for what the protocol itself needs', () => {
    const session = new JudgedSession().handshake();
    expect(
      session.server({
        id: 1,
        method: 'sampling/createMessage',
        params: { messages: [], _meta: { ...STEERS, progressToken: 7 } },
      }).anew,
    ).toEqual({
      jsonrpc: '2.0',
      id: 1,
      method: 'sampling/createMessage',
      params: { messages: [], _meta: { progressToken: 7 } },
    });
  });

  it('is taken away from what it asks inside a result, with all that is no part of a question', () => {
    const _meta = { ...MODERN, 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } };
    const session = new JudgedSession().tools(['a'], _meta);
    const answered = (question: object): Verdict => {
      session.client({ id: 1, method: 'tools/call', params: { name: 'a', _meta } });
      return session.server({
        id: 1,
        result: { resultType: 'input_required', inputRequests: { q: { ...question }, r: PLAIN } },
      });
    };
    const PLAIN = { method: 'elicitation/create', params: { message: 'Which?' } };
    expect(answered(PLAIN).forward).toBe(true);
    for (const question of [
      { ...PLAIN, params: { ...PLAIN.params, _meta: STEERS } },
      { ...PLAIN, _meta: STEERS },
      { ...PLAIN, note: 'POISON' },
    ])
      expect(answered(question).anew).toEqual({
        jsonrpc: '2.0',
        id: 1,
        result: { resultType: 'input_required', inputRequests: { q: PLAIN, r: PLAIN } },
      });
  });

  it.each([
    ['progressToken', { text: 'POISON' }],
    ['progressToken', ['POISON']],
    ['io.modelcontextprotocol/related-task', 'POISON'],
    ['io.modelcontextprotocol/related-task', { taskId: 't', note: 'POISON' }],
    ['io.modelcontextprotocol/related-task', { taskId: { text: 'POISON' } }],
    ['io.modelcontextprotocol/subscriptionId', { text: 'POISON' }],
  ])('keeps no member of the protocol that is of another kind: %s', (member, value) => {
    const session = new JudgedSession().handshake();
    session.client({ id: 50, method: 'completion/complete', params: {} });
    const verdict = session.server({
      id: 50,
      result: { content: [], _meta: { progressToken: 1, [member]: value } },
    });
    expect(JSON.stringify(verdict)).not.toContain('POISON');
    expect(verdict.anew).toMatchObject({ result: { content: [] } });
  });

  it('keeps members of the protocol', () => {
    const session = new JudgedSession().handshake();
    session.client({ id: 50, method: 'completion/complete', params: {} });
    const _meta = { 'io.modelcontextprotocol/related-task': { taskId: 't' }, progressToken: 'p' };
    expect(session.server({ id: 50, result: { content: [], _meta } }).forward).toBe(true);
  });

  it('is all that passes with a list that changed, and only to whom it is told', () => {
    const method = 'notifications/tools/list_changed';
    for (const params of [
      { note: 'POISON' },
      { _meta: { progressToken: 'POISON' } },
      { _meta: { 'io.modelcontextprotocol/related-task': { taskId: 'POISON' } } },
    ])
      expect(new JudgedSession().handshake().server({ method, params }).anew).toEqual({
        jsonrpc: '2.0',
        method,
        params: {},
      });
    const listening = (): JudgedSession => {
      const session = new JudgedSession();
      session.client({ id: 'l', method: 'subscriptions/listen', params: { _meta: MODERN } });
      return session;
    };
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'l' };
    expect(listening().server({ method, params: { _meta } }).forward).toBe(true);
    const more = { _meta: { ..._meta, progressToken: 'POISON' }, note: 'POISON' };
    expect(listening().server({ method, params: more }).anew).toEqual({
      jsonrpc: '2.0',
      method,
      params: { _meta },
    });
  });

  describe('says who made a result', () => {
    const serverInfo = { name: 'modern', version: '1' };
    const made = (info: object): object => ({ _meta: { 'io.modelcontextprotocol/serverInfo': info } });
    const context = { generation: 'modern', protocolVersion: '2026-07-28', clientCapabilities: {} } as const;
    const session = new JudgedSession(EVERYTHING, reviewed({ context, serverInfo }));
    const answered = (info: object): Verdict => {
      session.client({ id: 1, method: 'completion/complete', params: { _meta: MODERN } });
      return session.server({ id: 1, result: { completion: { values: [] }, ...made(info) } });
    };

    it.each([serverInfo, { version: '1', name: 'modern' }, serverInfo])('as it was reviewed: %j', (info) => {
      expect(answered(info).forward).toBe(true);
    });

    it.each([{ ...serverInfo, title: 'POISON' }, { name: 'POISON' }, {}])('and nothing else: %j', (info) => {
      expect(answered(info).anew).toEqual({
        jsonrpc: '2.0',
        id: 1,
        result: { completion: { values: [] } },
      });
    });
  });
});

describe('pages and skills, which are extensions', () => {
  const text = { type: 'text', text: 'kept' };
  const page = (uri: string): object => ({ type: 'resource', resource: { uri, text: '<script>POISON' } });
  const UI: McpPolicy = { ...EVERYTHING, extensions: new Set(['io.modelcontextprotocol/ui']) };
  const answered = (result: object, policy?: McpPolicy): Verdict => {
    const session = new JudgedSession(policy);
    session.client({ id: 1, method: 'ping' });
    return session.server({ id: 1, result });
  };

  it.each([
    'ui://page',
    'UI://page',
    ' ui://page',
    'u\ni://page',
    '\u0001\tskill://x',
    'skill:x',
    `${' '.repeat(300)}ui://page`,
    `u${'\t'.repeat(20)}i://page`,
    '\u00a0ui://page',
  ])('do not pass inside a result: %j', (uri) => {
    for (const [member, block] of [
      ['content', page(uri)],
      ['content', { type: 'resource_link', uri, name: 'POISON' }],
      ['contents', { uri, text: 'POISON' }],
      ['messages', { role: 'user', content: page(uri) }],
      ['messages', { role: 'user', content: [text, page(uri)] }],
    ] as const)
      expect(answered({ [member]: [text, block], more: 1 })).toEqual({
        anew: { jsonrpc: '2.0', id: 1, result: { more: 1, [member]: [text] } },
        isAnswer: true,
        denial: {
          reason: 'feature-not-granted',
          detail: "a part of the server's answer is of an extension that its profile does not grant",
        },
      });
  });

  it.each(['file:///ui://x', 'guide:x', 'https://example.com/skill:x', 'ui', ''])('%j is neither', (uri) => {
    expect(answered({ content: [page(uri)] }).forward).toBe(true);
  });

  it('pass where the profile grants the extension, and are read there', () => {
    expect(answered({ content: [page('ui://page')] }, UI).forward).toBe(true);
    expect(answered({ content: [page('skill://x')] }, UI).forward).toBeUndefined();
    const session = new JudgedSession(UI).handshake();
    session.listed('resources/list', { resources: [] });
    session.listed('resources/templates/list', { resourceTemplates: [] });
    const read = (uri: string): Verdict => {
      const verdict = session.client({ id: uri, method: 'resources/read', params: { uri } });
      return verdict;
    };
    expect(read('ui://page').forward).toBe(true);
    expect(read('skill://x').answer?.code).toBe(-32602);
  });
});

describe('S2C-12: a server asks only what the client said that it can', () => {
  it.each(['sampling/createMessage', 'elicitation/create', 'roots/list'])('%s', (method) => {
    const session = new JudgedSession().handshake({}, { tools: {} });
    expect(session.server({ id: 1, method, params: {} })).toMatchObject({
      answer: { to: 'server', code: -32601 },
      denial: { reason: 'method-blocked' },
    });
    expect(session.server({ id: 1, method: 'ping' }).forward).toBe(true);
  });

  it.each([
    ['sampling/createMessage', {}, false],
    ['elicitation/create', { elicitation: { form: {} } }, true],
    ['elicitation/create', { sampling: {} }, false],
    ['constructor', { elicitation: {} }, false],
    ['ping', {}, false],
  ])('S2C-04: %s inside a result, of a client that can %j', (method, capabilities, passes) => {
    const _meta = { ...MODERN, 'io.modelcontextprotocol/clientCapabilities': capabilities };
    const session = new JudgedSession().tools(['a'], _meta);
    session.client({ id: 1, method: 'tools/call', params: { name: 'a', _meta } });
    const inputRequests = { q: { method, params: {} } };
    const verdict = session.server({ id: 1, result: { resultType: 'input_required', inputRequests } });
    expect(verdict.forward ?? false).toBe(passes);
    expect(verdict.answer?.code).toBe(passes ? undefined : -32603);
  });
});

describe('what a server is granted to ask, it asks in the form that was granted', () => {
  const asks = (method: string, params: object, policy?: McpPolicy): Verdict =>
    new JudgedSession(policy).handshake().server({ id: 1, method, params });
  const noTasks = granted({ sampling: true, elicitation: true });

  it.each([
    ['elicitation/create', { mode: 'url', url: 'https://POISON.example' }],
    ['elicitation/create', { url: 'https://POISON.example', message: 'x' }],
    ['elicitation/create', { mode: 'form', elicitationId: 'x' }],
    ['elicitation/create', { message: 'x', task: { ttl: 1 } }],
    ['sampling/createMessage', { messages: [], task: {} }],
  ])('S2C-02: not %s with %j', (method, params) => {
    expect(asks(method, params, noTasks)).toMatchObject({
      answer: { to: 'server', code: -32602 },
      denial: { reason: 'feature-not-granted' },
    });
  });

  it('S2C-01: a server is not told of contexts and tools that it may not use', () => {
    const capabilities = { sampling: { context: {}, tools: {} }, elicitation: { form: {}, url: {} } };
    const asked = new JudgedSession().client({ id: 1, method: 'initialize', params: { capabilities } });
    expect(asked.anew).toMatchObject({
      params: { capabilities: { sampling: {}, elicitation: { form: {} } } },
    });
  });

  it('S2C-10: nor does news of a task ask for it', () => {
    const session = new JudgedSession();
    session.client({ id: 'l', method: 'subscriptions/listen', params: { _meta: MODERN } });
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'l' };
    const news = (params: object): Verdict =>
      session.server({ method: 'notifications/tasks', params: { _meta, ...params } });
    const inputRequests = { q: { method: 'roots/list' } };
    expect(news({ status: 'working' }).forward).toBe(true);
    for (const params of [{ inputRequests }, { task: { inputRequests } }, { result: { inputRequests } }])
      expect(news(params).denial?.reason).toBe('feature-not-granted');
  });
});

describe('JR-22: capabilities named like what every object has', () => {
  const odd = JSON.parse('{"constructor":{},"toString":{},"valueOf":{},"tools":{}}') as object;

  it('do not pass, and break nothing', () => {
    const session = new JudgedSession(granted({ tools: true }));
    const asked = session.client({ id: 1, method: 'initialize', params: { capabilities: odd } });
    expect(asked.anew).toMatchObject({ params: { capabilities: {} } });
    const result = { protocolVersion: '2025-11-25', capabilities: odd };
    expect(session.server({ id: 1, result }).anew).toMatchObject({ result: { capabilities: { tools: {} } } });
  });
});
