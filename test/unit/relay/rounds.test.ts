import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/relay/limits.ts';
import type { Verdict } from '../../../src/relay/verdict.ts';
import { JudgedSession, MODERN } from './judged-session.ts';

const CAPABLE = { ...MODERN, 'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } } };
const QUESTION = { method: 'elicitation/create', params: { message: 'Which?', requestedSchema: {} } };
const ASKS = { resultType: 'input_required', inputRequests: { q: QUESTION }, requestState: 's1' };
const BRINGS = { inputResponses: { q: { action: 'accept' } }, requestState: 's1' };
const NOTHING_ASKED = {
  answer: {
    to: 'client',
    code: -32602,
    message: 'nothing of this session asked for what the request brings',
    reason: 'id-unknown',
  },
  denial: { reason: 'id-unknown' },
};

class Rounds extends JudgedSession {
  #id = 0;

  constructor() {
    super();
    this.tools(['a', 'b'], CAPABLE);
  }

  call(params: object, method = 'tools/call'): Verdict {
    this.#id += 1;
    return this.client({ id: this.#id, method, params: { name: 'a', _meta: CAPABLE, ...params } });
  }

  answer(result: object): Verdict {
    return this.server({ id: this.#id, result });
  }
}

describe('a call that the server asks something in between for', () => {
  it('goes on with what was asked, and ends', () => {
    const session = new Rounds();
    expect(session.call({}).forward).toBe(true);
    expect(session.answer(ASKS)).toEqual({ forward: true, isAnswer: true });
    expect(session.call(BRINGS).forward).toBe(true);
    expect(session.answer({ content: [] }).forward).toBe(true);
    // A client that did not get the answer may ask again.
    expect(session.call(BRINGS).forward).toBe(true);
  });

  it.each([
    ['another tool', { name: 'b' }, 'tools/call'],
    ['another state', { requestState: 's2' }, 'tools/call'],
    ['no state', { requestState: undefined }, 'tools/call'],
    ['a state that is no text', { requestState: ['s1'] }, 'tools/call'],
    ['an answer to another question', { inputResponses: { q: {}, more: {} } }, 'tools/call'],
    ['answers that are none', { inputResponses: ['q'] }, 'tools/call'],
    ['another method', {}, 'completion/complete'],
    ['another generation', { _meta: undefined }, 'tools/call'],
  ])('S2C-04: does not go on with %s', (_, params, method) => {
    const session = new Rounds();
    session.call({});
    session.answer(ASKS);
    expect(session.call({ ...BRINGS, ...params }, method)).toMatchObject(NOTHING_ASKED);
  });

  it('S2C-04: is not one that another session was asked for', () => {
    expect(new Rounds().call(BRINGS)).toMatchObject(NOTHING_ASKED);
    expect(new Rounds().call({ requestState: 's1' })).toMatchObject(NOTHING_ASKED);
    expect(new Rounds().call({ inputResponses: {} })).toMatchObject(NOTHING_ASKED);
  });

  it.each([ASKS, { ...ASKS, requestState: undefined }, { ...ASKS, inputRequests: undefined }])(
    'asks at most ten times: %j',
    (asks) => {
      const session = new Rounds();
      const brings = {
        ...(asks.inputRequests === undefined ? {} : { inputResponses: BRINGS.inputResponses }),
        ...(asks.requestState === undefined ? {} : { requestState: 's1' }),
      };
      session.call({});
      for (let round = 0; round < LIMITS.rounds; round += 1) {
        expect(session.answer(asks)).toEqual({ forward: true, isAnswer: true });
        expect(session.call(brings)).toEqual({ forward: true });
      }
      expect(session.answer(asks)).toMatchObject({
        answer: { code: -32603, message: "the server's answer asks for more in between than is allowed" },
        denial: { reason: 'feature-not-granted' },
      });
      // And a call of the same tool begins anew.
      session.call({});
      expect(session.answer(asks).forward).toBe(true);
    },
  );

  it('asks for a bounded number of things at once, in a form that can be answered', () => {
    const session = new Rounds();
    const asking = (members: object): number | undefined => {
      session.call({});
      return session.answer({ ...ASKS, ...members }).answer?.code;
    };
    const many = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`q${index}`, QUESTION]));
    expect(asking({ inputRequests: many(LIMITS.inputRequests) })).toBeUndefined();
    expect(asking({ inputRequests: many(LIMITS.inputRequests + 1) })).toBe(-32603);
    expect(asking({ inputRequests: { ['q'.repeat(10_000)]: QUESTION } })).toBe(-32603);
    expect(asking({ requestState: { a: 1 } })).toBe(-32603);
    // The client would ask again with nothing new, which nobody can tell from a call of its own.
    expect(asking({ requestState: undefined, inputRequests: undefined })).toBe(-32603);
    expect(asking({ requestState: undefined, inputRequests: {} })).toBe(-32603);
  });

  it('is remembered in bounded memory, the newest longest', () => {
    const session = new Rounds();
    for (let state = 0; state <= LIMITS.openRounds; state += 1) {
      session.call({});
      session.answer({ ...ASKS, requestState: `${state}` });
    }
    expect(session.call({ ...BRINGS, requestState: '0' })).toMatchObject(NOTHING_ASKED);
    expect(session.call({ ...BRINGS, requestState: `${LIMITS.openRounds}` }).forward).toBe(true);
  });
});
