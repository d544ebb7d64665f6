import { describe, expect, it } from 'vitest';
import type { McpPolicy } from '../../../src/relay/policy.ts';
import type { Verdict } from '../../../src/relay/verdict.ts';
import { EVERYTHING, granted } from '../../fixtures/policies.ts';
import { JudgedSession, MODERN } from './judged-session.ts';

const TASKS = 'io.modelcontextprotocol/tasks';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const ABLE = { ...MODERN, [CAPABILITIES]: { elicitation: { form: {} }, extensions: { [TASKS]: {} } } };
const HANDLE = {
  resultType: 'task',
  taskId: 't',
  status: 'working',
  createdAt: '2026-08-01T00:00:00Z',
  lastUpdatedAt: '2026-08-01T00:00:00Z',
  ttlMs: 60_000,
};
const STEERS = { 'anthropic/alwaysLoad': 'POISON' };

/** Answers of the server to one request each. */
class TaskSession extends JudgedSession {
  #id = 0;

  answered(method: string, params: object, result: object, _meta: object = ABLE): Verdict {
    this.#id += 1;
    const asked = this.client({ id: this.#id, method, params: { ...params, _meta } });
    if (asked.forward !== true && asked.anew === undefined) return asked;
    return this.server({ id: this.#id, result });
  }

  called(result: object, _meta: object = ABLE): Verdict {
    return this.answered('tools/call', { name: 'a' }, result, _meta);
  }

  state(members: object): Verdict {
    return this.answered('tasks/get', { taskId: 't' }, { ...HANDLE, resultType: 'complete', ...members });
  }

  updated(inputResponses: object, taskId = 't'): Verdict {
    return this.answered('tasks/update', { taskId, inputResponses }, { resultType: 'complete' });
  }
}

const session = (policy: McpPolicy = EVERYTHING, _meta: object = ABLE): TaskSession =>
  new TaskSession(policy).tools(['a'], _meta);

describe('a call that becomes a task', () => {
  it('passes where tasks are granted and the client can', () => {
    expect(session().called(HANDLE).forward).toBe(true);
  });

  it.each<[string, McpPolicy, object]>([
    ['tasks are not granted', granted({ tools: true }), ABLE],
    ['the extension alone is granted', granted({ tools: true, extensions: [TASKS] }), ABLE],
    ['the client did not say that it can', EVERYTHING, MODERN],
  ])('does not when %s', (_, policy, _meta) => {
    const verdict = session(policy, _meta).called(HANDLE, _meta);
    expect(verdict).toMatchObject({ answer: { to: 'client', code: -32603 } });
  });

  it('does not for another method, in the older generation, or when it asks for something at once', () => {
    expect(session().answered('tasks/get', { taskId: 't' }, HANDLE).answer?.code).toBe(-32603);
    expect(session().called({ ...HANDLE, inputRequests: {} }).answer?.code).toBe(-32603);
    const older = new TaskSession().handshake().tools(['a']);
    older.client({ id: 'c', method: 'tools/call', params: { name: 'a' } });
    expect(older.server({ id: 'c', result: HANDLE }).answer?.code).toBe(-32603);
  });

  it('is judged as a state of it: a call may begin what is over already', () => {
    const content = [{ type: 'text', text: 'done' }];
    const begun = (members: object): Verdict => session().called({ ...HANDLE, ...members });
    expect(begun({ status: 'completed', result: { content } }).forward).toBe(true);
    const page = { type: 'resource', resource: { uri: 'ui://POISON', text: 'POISON' } };
    const over = begun({ status: 'completed', result: { content: [...content, page], _meta: STEERS } });
    expect(over.anew).toMatchObject({ result: { taskId: 't', result: { content } } });
    expect(JSON.stringify(over)).not.toContain('POISON');
    const opens = { code: -32042, message: 'm', data: { elicitations: [{ url: 'https://POISON.example' }] } };
    expect(begun({ status: 'failed', error: opens }).answer?.code).toBe(-32603);
    const asks = { resultType: 'input_required', inputRequests: { q: { method: 'elicitation/create' } } };
    expect(begun({ result: asks }).answer?.code).toBe(-32603);
  });

  it('the server is told of the extension where it is granted, and only there', () => {
    const asked = (policy: McpPolicy): Verdict =>
      session(policy).client({ id: 'q', method: 'tools/call', params: { name: 'a', _meta: ABLE } });
    expect(asked(EVERYTHING).forward).toBe(true);
    expect(JSON.stringify(asked(granted({ tools: true })).anew)).not.toContain(TASKS);
  });
});

describe('the state of a task', () => {
  const content = [{ type: 'text', text: 'done' }];

  it.each([
    { status: 'working' },
    { status: 'completed', result: { content } },
    { status: 'failed', error: { code: -32000, message: 'it broke' } },
    { status: 'cancelled' },
  ])('passes as it came: %j', (members) => {
    expect(session().state(members).forward).toBe(true);
  });

  it.each([
    ['_meta of the result', { status: 'completed', result: { content, _meta: STEERS } }],
    [
      'a page that a host would run',
      {
        status: 'completed',
        result: { content: [...content, { type: 'resource_link', uri: 'ui://POISON' }] },
      },
    ],
  ])('passes without %s', (_, members) => {
    const verdict = session().state(members);
    expect(verdict.anew).toMatchObject({ result: { taskId: 't', result: { content } } });
    expect(JSON.stringify(verdict)).not.toContain('POISON');
  });

  it('S2C: an error inside is shown as one outside', () => {
    const error = { code: -32000, message: 'x\u200b', data: { source: 'cordon' } };
    expect(session().state({ status: 'failed', error }).anew).toMatchObject({
      result: { error: { code: -32000, message: 'x\\u{200b}' } },
    });
  });

  it.each([
    ['a result that asks', { result: { content, resultType: 'input_required', inputRequests: {} } }],
    ['a result that asks without saying so', { result: { content, inputRequests: {} } }],
    ['a result that is a task', { result: { ...HANDLE } }],
    ['a result that is none', { result: 'POISON' }],
    ['an error that is none', { error: { message: 'POISON' } }],
    ['an error with a member more', { error: { code: -32000, message: 'it broke', hint: 'POISON' } }],
    [
      'an error that opens an address',
      { error: { code: -32042, message: 'm', data: { elicitations: [{ url: 'https://POISON.example' }] } } },
    ],
    ['a question of a task that is not waiting', { status: 'working', inputRequests: {} }],
  ])('does not pass with %s', (_, members) => {
    const verdict = session().state({ status: 'completed', ...members });
    expect(verdict.answer).toMatchObject({ to: 'client', code: -32603 });
    expect(JSON.stringify(verdict)).not.toContain('POISON');
  });

  it.each([{ result: { content, Content: 'POISON' } }, { Result: { content: 'POISON' } }])(
    'ends the session where a member only looks like one of the protocol: %j',
    (members) => {
      expect(session().state({ status: 'completed', ...members })).toEqual({
        violation: 'member-look-alike',
      });
    },
  );

  it('is told in news as well, without what may not pass', () => {
    const one = session();
    one.client({ id: 'l', method: 'subscriptions/listen', params: { _meta: ABLE } });
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'l' };
    const news = (members: object): Verdict =>
      one.server({ method: 'notifications/tasks', params: { ...HANDLE, ...members, _meta } });
    expect(news({ status: 'completed', result: { content } }).forward).toBe(true);
    const steering = news({ status: 'completed', result: { content, _meta: STEERS } });
    expect(steering.anew).toMatchObject({ params: { taskId: 't', result: { content } } });
    expect(JSON.stringify(steering)).not.toContain('POISON');
    expect(news({ status: 'completed', result: { ...HANDLE } }).denial?.reason).toBe('feature-not-granted');
    const opens = { code: -32042, message: 'm', data: { elicitations: [{ url: 'https://POISON.example' }] } };
    expect(news({ status: 'failed', error: opens }).denial?.reason).toBe('feature-not-granted');
  });
});

describe.each(['tasks/update', 'tasks/cancel'])('an answer to %s', (method) => {
  it('holds no more of a state than one that was asked for', () => {
    const one = session();
    one.state({ status: 'input_required', inputRequests: { q: { method: 'elicitation/create' } } });
    const answered = (members: object): Verdict =>
      one.answered(method, { taskId: 't' }, { resultType: 'complete', ...members });
    expect(answered({}).forward).toBe(true);
    const steering = answered({ status: 'completed', result: { content: [], _meta: STEERS } });
    expect(JSON.stringify(steering)).not.toContain('POISON');
    expect(answered({ error: { code: -32042, message: 'POISON' } }).answer?.code).toBe(-32603);
  });
});

describe('S2C-10: what a task asks for in between', () => {
  const asks = (method: string, key = 'q'): object => ({
    status: 'input_required',
    inputRequests: { [key]: { method, params: { message: 'Which?' } } },
  });

  it('passes when it is granted and the client can, and may be brought', () => {
    const one = session();
    expect(one.state(asks('elicitation/create')).forward).toBe(true);
    expect(one.updated({ q: { action: 'accept' } }).forward).toBe(true);
  });

  it.each(['sampling/createMessage', 'roots/list', 'tools/call', 'constructor'])(
    'does not when it is %s, which that client cannot',
    (method) => {
      expect(session().state(asks(method)).answer?.code).toBe(-32603);
    },
  );

  it('and nothing is brought that nobody asked for', () => {
    const one = session();
    expect(one.updated({ q: {} }).answer?.code).toBe(-32602);
    one.state(asks('elicitation/create'));
    expect(one.updated({ other: {} }).answer?.code).toBe(-32602);
    expect(one.updated({ q: {} }, 'another').answer?.code).toBe(-32602);
    const brought = one.answered('tasks/get', { taskId: 't', inputResponses: { q: {} } }, {});
    expect(brought.answer?.code).toBe(-32602);
  });

  it('may be looked at as often as one likes, and is answered a bounded number of times', () => {
    const one = session();
    for (let look = 0; look < 50; look += 1) expect(one.state(asks('elicitation/create')).forward).toBe(true);
    let rounds = 0;
    while (rounds < 100 && one.state(asks('elicitation/create')).forward === true) {
      expect(one.updated({ q: {} }).forward).toBe(true);
      rounds += 1;
    }
    expect(rounds).toBe(10);
  });
});
