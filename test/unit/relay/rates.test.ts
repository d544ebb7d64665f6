import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/relay/limits.ts';
import type { Verdict } from '../../../src/relay/verdict.ts';
import { askedId, JudgedSession, MODERN } from './judged-session.ts';

const LOG = { method: 'notifications/message', params: { level: 'info', data: 'x' } };
const PROGRESS = { method: 'notifications/progress', params: { progressToken: 't', progress: 1 } };
const NOTICE = 'notifications/tools/list_changed';
const CHANGED = { method: NOTICE };
const TOOLS = { tools: [{ name: 'a', inputSchema: { type: 'object' } }] };

class Flood extends JudgedSession {
  constructor() {
    super();
    this.client({ id: 't', method: 'ping', params: { _meta: { progressToken: 't' } } });
  }

  passed(message: object, times = 5000): number {
    return Array.from({ length: times }, () => this.server(message)).filter(({ forward }) => forward).length;
  }
}

describe('what a server says by itself is bounded, each kind for itself', () => {
  it.each([
    ['logs', LOG, LIMITS.rates.logs],
    ['progress', PROGRESS, LIMITS.rates.progress],
  ])('JR-25: %s', (_, message, { burst, perSecond }) => {
    const session = new Flood();
    expect(session.passed(message)).toBe(burst);
    expect(session.server(message).denial).toEqual({
      reason: 'rate-limited',
      detail: 'too many notifications in a short time',
    });
    session.nowMs += 1000;
    expect(session.passed(message)).toBe(perSecond);
  });

  it('JR-25: and takes nothing from another kind, or from an answer', () => {
    const session = new Flood();
    session.passed(LOG);
    expect(session.server(PROGRESS).forward).toBe(true);
    expect(session.server({ id: 't', result: {} }).forward).toBe(true);
  });

  it('what goes nowhere uses nothing up', () => {
    const session = new Flood();
    const foreign = { ...PROGRESS, params: { progressToken: 'other', progress: 1 } };
    expect(session.passed(foreign)).toBe(0);
    expect(session.passed(PROGRESS)).toBe(LIMITS.rates.progress.burst);
  });

  it('what ends a subscription is told a bounded number of times', () => {
    const session = new JudgedSession();
    session.client({ id: 'listen', method: 'subscriptions/listen', params: { _meta: MODERN } });
    const ends = { method: 'notifications/cancelled', params: { requestId: 'listen' } };
    const passed = Array.from({ length: 1000 }, () => session.server(ends)).filter(({ forward }) => forward);
    expect(passed).toHaveLength(LIMITS.rates.others.burst);
  });

  it('S2C-08: requests are refused with an error, so that nobody waits', () => {
    const session = new JudgedSession().handshake();
    const ask = (id: number): Verdict => {
      const verdict = session.server({ id, method: 'ping' });
      if (verdict.forward) session.client({ id, result: {} });
      return verdict;
    };
    const { burst } = LIMITS.rates.requests;
    const verdicts = Array.from({ length: burst + 10 }, (_, id) => ask(id));
    expect(verdicts.slice(0, burst).every(({ forward }) => forward)).toBe(true);
    for (const [index, verdict] of verdicts.slice(burst).entries())
      expect(verdict).toEqual({
        answer: { to: 'server', id: burst + index, code: -32603, message: 'too many requests are waiting' },
        denial: { reason: 'rate-limited', detail: 'too many requests are waiting' },
      });
    session.nowMs += 1000;
    expect(ask(1000).forward).toBe(true);
  });
});

/** The server answers what the launcher asked it. */
function listed(session: JudgedSession, { toServer = [] }: Verdict): Verdict {
  expect(toServer).toHaveLength(1);
  return session.server({ id: askedId({ toServer }), result: TOOLS });
}

describe('PR-08: a list that is said to have changed', () => {
  /** The client asks whenever it hears of it, and at once. */
  const hears = (session: JudgedSession): Verdict => {
    const verdict = session.server(CHANGED);
    if (verdict.toServer?.length === 1) listed(session, verdict);
    if (verdict.forward) listed(session, session.client({ id: 'again', method: 'tools/list', params: {} }));
    return verdict;
  };

  it('NC-04: four times at the start is nothing that is put off', () => {
    const session = new JudgedSession().handshake().tools(['a']);
    expect(Array.from({ length: 4 }, () => hears(session).forward)).toEqual([true, true, true, true]);
  });

  it('is told once in a second, the last of them always', () => {
    const session = new JudgedSession().handshake().tools(['a']);
    for (let times = 0; times < LIMITS.rates.listChanges.burst; times += 1) hears(session);
    expect(hears(session)).toEqual({ later: NOTICE });
    for (let times = 0; times < 1000; times += 1) expect(hears(session)).toEqual({});
    const announced = session.judge.announce(NOTICE);
    expect(announced.toClient).toEqual([{ jsonrpc: '2.0', method: NOTICE, params: {} }]);
    listed(session, announced);
    // A pause later it may be told at once again.
    session.nowMs += 1000;
    session.client({ id: 'again', method: 'tools/list', params: {} });
    expect(hears(session).later).toBeUndefined();
  });

  it('RP-03: and nothing rests on the old list while that waits', () => {
    const session = new JudgedSession().handshake().tools(['a']);
    for (let times = 0; times <= LIMITS.rates.listChanges.burst; times += 1) hears(session);
    const call = session.client({ id: 'call', method: 'tools/call', params: { name: 'a' } });
    expect(call.forward).toBeUndefined();
    expect(listed(session, call).toServer).toHaveLength(1);
  });

  it('is told again only when the client has asked since', () => {
    const session = new JudgedSession().handshake().tools(['a']);
    expect(session.server(CHANGED).forward).toBe(true);
    expect(session.server(CHANGED).forward).toBeUndefined();
  });

  it('is told even when a call is what makes the launcher look', () => {
    const session = new JudgedSession().handshake();
    session.client({ id: 'call', method: 'tools/call', params: { name: 'a' } });
    expect(session.server(CHANGED).forward).toBe(true);
  });

  it('is not told under a subscription that ended meanwhile', () => {
    const session = new JudgedSession().tools(['a'], MODERN);
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'listen' };
    const change = (): Verdict => {
      const verdict = session.server({ ...CHANGED, params: { _meta } });
      if (verdict.toServer?.length === 1) listed(session, verdict);
      return verdict;
    };
    const ask = (): Verdict =>
      listed(session, session.client({ id: 'asks', method: 'tools/list', params: { _meta: MODERN } }));
    const announcedAfter = (end: () => unknown): Verdict['toClient'] => {
      session.client({ id: 'listen', method: 'subscriptions/listen', params: { _meta: MODERN } });
      while (change().later === undefined) ask();
      ask();
      end();
      return session.judge.announce(NOTICE).toClient;
    };
    expect(announcedAfter(() => undefined)).toEqual([{ jsonrpc: '2.0', method: NOTICE, params: { _meta } }]);
    session.server({ id: 'listen', result: {} });
    expect(announcedAfter(() => session.server({ id: 'listen', result: {} }))).toBeUndefined();
  });
});
