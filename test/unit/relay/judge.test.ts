import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/relay/limits.ts';
import type { Verdict } from '../../../src/relay/verdict.ts';
import { JudgedSession as Session, MODERN, VERSION } from './judged-session.ts';

describe('answers', () => {
  it('pass once, for the id as it was asked', () => {
    const session = new Session();
    session.client({ id: 1, method: 'ping' });
    session.client({ id: '1', method: 'ping' });
    expect(session.server({ id: '1', result: {} }).forward).toBe(true);
    expect(session.server({ id: '1', result: {} })).toEqual({
      denial: { reason: 'id-unknown', detail: 'nobody waits under this id' },
    });
    expect(session.server({ id: 1, error: { code: -32601, message: 'no' } }).forward).toBe(true);
  });

  it('of list requests are held to a smaller size', () => {
    const session = new Session();
    const result = { tools: ['x'.repeat(LIMITS.listResultBytes)] };
    session.handshake();
    const asked = session.client({ id: 1, method: 'tools/list' });
    const [ours] = asked.toServer as ReadonlyArray<{ readonly id: string }>;
    expect(session.server({ id: ours?.id, result })).toMatchObject({
      answers: [{ to: 'client', id: 1, code: -32603 }],
    });
    session.client({ id: 1, method: 'ping' });
    expect(session.server({ id: 1, result }).forward).toBe(true);
  });

  it('are owed for a bounded number of questions for lists, too', () => {
    const session = new Session().handshake();
    for (let id = 0; id < LIMITS.clientRequestsInFlight; id += 1)
      session.client({ id, method: 'tools/list' });
    expect(session.client({ id: 'more', method: 'tools/list' })).toMatchObject({
      answer: { id: 'more', code: -32603, reason: 'rate-limited' },
    });
    expect(session.judge.giveUp()).toHaveLength(LIMITS.clientRequestsInFlight);
  });

  it('JR-40: may ask back only where the newer generation allows it', () => {
    const session = new Session().tools(['a'], MODERN);
    const ask = (method: string, params: object): Verdict => {
      session.client({ id: 1, method, params });
      return session.server({ id: 1, result: { resultType: 'input_required', requestState: 's' } });
    };
    expect(ask('tools/call', { name: 'a', _meta: MODERN }).forward).toBe(true);
    expect(ask('completion/complete', { _meta: MODERN }).answer?.code).toBe(-32603);
    expect(ask('tools/call', { name: 'a' }).answer?.code).toBe(-32603);
  });

  it.each([
    ['completion/complete', MODERN, {}],
    ['tools/call', MODERN, { resultType: 'complete' }],
    ['tools/call', undefined, {}],
  ])('S2C-04, S2C-05: to %s may not ask back without saying so', (method, _meta, members) => {
    const session = new Session().tools(['a'], MODERN);
    session.client({ id: 1, method, params: { name: 'a', _meta: _meta ?? {} } });
    const inputRequests = { a: { method: 'sampling/createMessage', params: {} } };
    expect(session.server({ id: 1, result: { ...members, content: [], inputRequests } })).toMatchObject({
      answer: { to: 'client', id: 1, code: -32603 },
      denial: { reason: 'frame-invalid' },
    });
  });

  it('JR-35: to cancelled requests are dropped, and a cancel that came too late goes nowhere', () => {
    const session = new Session();
    const cancel = { method: 'notifications/cancelled', params: { requestId: 1 } };
    session.client({ id: 1, method: 'ping' });
    expect(session.client(cancel)).toEqual({ forward: true });
    expect(session.client(cancel)).toEqual({});
    expect(session.client({ id: 1, method: 'ping' }).answer?.code).toBe(-32600);
    expect(session.server({ id: 1, result: {} })).toEqual({});
    expect(session.client(cancel)).toEqual({});
  });

  it('of requests that were given up do not fill the table', () => {
    const session = new Session();
    for (let id = 0; id < 5 * LIMITS.clientRequestsInFlight; id += 1) {
      expect(session.client({ id, method: 'ping' }).forward).toBe(true);
      session.client({ method: 'notifications/cancelled', params: { requestId: id } });
    }
    expect(session.judge.giveUp()).toEqual([]);
  });

  it('are owed for a bounded number of requests', () => {
    const session = new Session();
    for (let id = 0; id < LIMITS.clientRequestsInFlight; id += 1) session.client({ id, method: 'ping' });
    expect(session.client({ id: 'more', method: 'ping' })).toMatchObject({
      answer: { id: 'more', code: -32603, reason: 'rate-limited' },
    });
    expect(session.judge.giveUp()).toHaveLength(LIMITS.clientRequestsInFlight);
  });
});

describe('the version of a request', () => {
  const ask = (version: unknown): Verdict =>
    new Session().client({
      id: 1,
      method: 'subscriptions/listen',
      params: { _meta: { [VERSION]: version } },
    });

  it('passes when it is known', () => {
    expect(ask('2026-07-28').anew).toBeDefined();
  });

  it.each<[unknown, string]>([
    ['2027-01-01', '2027-01-01'],
    ['2025-11-25', '2025-11-25'],
    [['2026-07-28'], ''],
    [{ toString: 1 }, ''],
    [5, ''],
    [null, ''],
    ['x'.repeat(1000), ''],
  ])('%j is answered with those that are', (version, requested) => {
    expect(ask(version)).toEqual({
      answer: {
        to: 'client',
        id: 1,
        code: -32022,
        message: 'Unsupported protocol version',
        reason: 'version-unknown',
        data: { supported: ['2026-07-28'], requested },
      },
      denial: { reason: 'version-unknown', detail: 'Unsupported protocol version' },
    });
  });
});

describe('requests of the server', () => {
  it('pass after initialize only, and their answers once', () => {
    const session = new Session();
    expect(session.server({ id: 1, method: 'roots/list' }).denial?.reason).toBe('method-blocked');
    session.client({ id: 1, method: 'subscriptions/listen', params: { _meta: MODERN } });
    expect(session.server({ id: 1, method: 'roots/list' }).denial?.reason).toBe('method-blocked');
    session.handshake();
    expect(session.server({ id: 1, method: 'roots/list' }).forward).toBe(true);
    expect(session.server({ id: 1, method: 'ping' }).denial?.reason).toBe('id-duplicate');
    expect(session.client({ id: 1, result: {} })).toEqual({ forward: true });
    expect(session.client({ id: 1, result: {} }).denial?.reason).toBe('id-unknown');
    expect(session.server({ id: 1, result: {} }).forward).toBe(true);
  });

  it('may be given up by the server, and report progress under its token', () => {
    const session = new Session().handshake();
    const progress = { method: 'notifications/progress', params: { progressToken: 7, progress: 1 } };
    expect(session.client(progress).denial?.reason).toBe('id-unknown');
    session.server({ id: 's', method: 'sampling/createMessage', params: { _meta: { progressToken: 7 } } });
    expect(session.client(progress)).toEqual({ forward: true });
    expect(session.server({ method: 'notifications/cancelled', params: { requestId: 's' } })).toEqual({
      forward: true,
    });
    expect(session.client(progress).denial?.reason).toBe('id-unknown');
    expect(session.client({ id: 's', result: {} })).toEqual({});
  });

  it('that are unreadable are answered when their id is not', () => {
    const session = new Session();
    const unreadable = { id: 's', method: 'sampling/createMessage', params: { text: '\ud800' } };
    expect(session.server(unreadable).answer).toBeUndefined();
    session.handshake();
    expect(session.server(unreadable).answer).toMatchObject({ to: 'server', id: 's', code: -32600 });
    expect(session.server({ id: 's', method: 'roots/list' }).forward).toBe(true);
    // An answer would settle the one that waits.
    expect(session.server(unreadable).answer).toBeUndefined();
  });

  it('get an error when what the client answers cannot be read', () => {
    const session = new Session().handshake();
    const unreadable = { id: 's', result: { text: '\ud800' } };
    expect(session.client(unreadable).answer).toBeUndefined();
    session.server({ id: 's', method: 'sampling/createMessage' });
    expect(session.client(unreadable)).toMatchObject({
      answer: { to: 'server', id: 's', code: -32603 },
      denial: { reason: 'frame-invalid' },
    });
    expect(session.client({ id: 's', result: {} }).denial?.reason).toBe('id-unknown');
    expect(session.server({ id: 's', method: 'sampling/createMessage' }).forward).toBe(true);
  });

  it('are bounded in number', () => {
    const session = new Session().handshake();
    for (let id = 0; id < LIMITS.serverRequestsInFlight; id += 1) session.server({ id, method: 'ping' });
    expect(session.server({ id: 'more', method: 'ping' })).toMatchObject({
      answer: { to: 'server', id: 'more' },
    });
  });
});

describe('notifications', () => {
  it('JR-26: progress passes while the request of its token waits', () => {
    const session = new Session();
    const progress = { method: 'notifications/progress', params: { progressToken: 1, progress: 1 } };
    expect(session.server(progress).denial?.reason).toBe('id-unknown');
    session.client({ id: 1, method: 'ping', params: { _meta: { progressToken: 1 } } });
    session.client({ id: 2, method: 'ping', params: { _meta: { progressToken: 1 } } });
    expect(session.server(progress).forward).toBe(true);
    session.server({ id: 1, result: {} });
    expect(session.server(progress).forward).toBe(true);
    session.server({ id: 2, result: {} });
    expect(session.server(progress).denial?.reason).toBe('id-unknown');
  });

  it('of a subscription pass while it is open', () => {
    const session = new Session();
    const acknowledged = {
      method: 'notifications/subscriptions/acknowledged',
      params: { _meta: { 'io.modelcontextprotocol/subscriptionId': 'listen:0' } },
    };
    const cancelled = { method: 'notifications/cancelled', params: { requestId: 'listen:0' } };
    expect(session.server(acknowledged).denial?.reason).toBe('id-unknown');
    expect(session.server(cancelled).denial?.reason).toBe('id-unknown');
    session.client({ id: 'listen:0', method: 'subscriptions/listen', params: { _meta: MODERN } });
    expect(session.server(acknowledged).forward).toBe(true);
    expect(session.server(cancelled).forward).toBe(true);
  });

  it('of the newer generation are told to subscribers alone, and looked after all the same', () => {
    const session = new Session().tools(['a'], MODERN);
    const changed = { method: 'notifications/tools/list_changed' };
    expect(session.server({ method: 'notifications/subscriptions/acknowledged' }).denial?.reason).toBe(
      'id-unknown',
    );
    const unheard = session.server(changed);
    expect(unheard.forward).toBeUndefined();
    expect(unheard.toServer).toMatchObject([{ method: 'tools/list' }]);
    session.client({ id: 'listen', method: 'subscriptions/listen', params: { _meta: MODERN } });
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'listen' };
    expect(session.server({ ...changed, params: { _meta } }).forward).toBe(true);
  });

  it('are limited in size', () => {
    const params = { data: 'x'.repeat(LIMITS.notificationBytes) };
    const verdict = new Session().server({ method: 'notifications/message', params });
    expect(verdict.denial?.reason).toBe('frame-too-large');
  });
});

describe('any session', () => {
  const id = fc.constantFrom(0, 1, 2, '0', '1', 'a');
  const step = fc.oneof(
    fc.record({
      from: fc.constant('client' as const),
      kind: fc.constantFrom('request', 'cancel', 'result'),
      id,
    }),
    fc.record({
      from: fc.constant('server' as const),
      kind: fc.constantFrom('request', 'cancel', 'result', 'error', 'too-deep', 'spelled-otherwise'),
      id,
    }),
  );

  it('property: each request of the client gets exactly one answer, or none when it was given up', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const session = new Session().handshake();
        const owed = new Map<string | number, number>();
        const count = (key: string | number, by: number): void =>
          void owed.set(key, (owed.get(key) ?? 0) + by);
        for (const { from, kind, id } of steps) {
          const message =
            kind === 'request'
              ? { id, method: 'ping' }
              : kind === 'cancel'
                ? { method: 'notifications/cancelled', params: { requestId: id } }
                : kind === 'error'
                  ? { id, error: { code: 1, message: 'm' } }
                  : kind === 'too-deep'
                    ? { id, result: { deep: JSON.parse('['.repeat(70) + ']'.repeat(70)) as unknown } }
                    : kind === 'spelled-otherwise'
                      ? { id: typeof id === 'number' ? `${id}` : Number(id), result: {} }
                      : { id, result: {} };
          const verdict = from === 'client' ? session.client(message) : session.server(message);
          expect(verdict.violation).toBeUndefined();
          if (from === 'client' && kind === 'request') count(id, 1);
          if (from === 'client' && kind === 'cancel' && verdict.forward) count(id, -1);
          const answered = verdict.isAnswer ? (message as { id: string | number }).id : undefined;
          if (answered !== undefined) count(answered, -1);
          if (verdict.answer?.to === 'client') count(verdict.answer.id, -1);
          for (const open of owed.values()) expect(open).toBeGreaterThanOrEqual(0);
        }
        for (const asked of session.judge.giveUp()) count(asked, -1);
        expect([...owed.values()].every((open) => open === 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
