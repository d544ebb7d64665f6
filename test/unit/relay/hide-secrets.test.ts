import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/relay/envelope.ts';
import { withoutSecrets } from '../../../src/relay/hide-secrets.ts';
import { LIMITS } from '../../../src/relay/limits.ts';
import type { Verdict } from '../../../src/relay/verdict.ts';
import { concealer } from '../../../src/secrets/conceal.ts';
import { JudgedSession } from './judged-session.ts';

const TOKEN = 'canary"0123456789é';
const by = concealer(new Map([['TOKEN', Buffer.from(TOKEN)]]));

function called(answer: object): Verdict {
  const session = new JudgedSession(undefined, undefined, by).handshake().tools(['a']);
  session.client({ id: 1, method: 'tools/call', params: { name: 'a' } });
  return session.server({ id: 1, ...answer });
}

const content = (text: string) => [{ type: 'text', text }];

describe('P4: secrets in what a server says went wrong', () => {
  it('an error, in its message and everywhere in its data', () => {
    const data = { request: { headers: [`Bearer ${TOKEN}`, 1] }, kept: null };
    expect(called({ error: { code: 401, message: `bad token ${TOKEN}!`, data } }).anew).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: {
        code: 401,
        message: 'bad token [secret TOKEN]!',
        data: { request: { headers: ['Bearer [secret TOKEN]', 1] }, kept: null },
      },
    });
  });

  it('an error that is cut where a value stands', () => {
    for (let back = 1; back < TOKEN.length; back += 1) {
      const before = 'x'.repeat(LIMITS.errorMessageCharacters - back);
      const verdict = called({ error: { code: 1, message: `${before}${TOKEN}${'y'.repeat(50)}` } });
      expect(JSON.stringify(verdict.anew)).not.toMatch(/canary|xc/);
    }
  });

  it('the result of a call that failed', () => {
    const result = { isError: true, content: content(`GET /?key=${encodeURIComponent(TOKEN)}: 403`) };
    expect(called({ result }).anew).toMatchObject({
      id: 1,
      result: { isError: true, content: content('GET /?key=[secret TOKEN]: 403') },
    });
  });

  it('its log', () => {
    const session = new JudgedSession(undefined, undefined, by).handshake();
    const params = { level: 'debug', data: { config: { token: TOKEN } } };
    expect(session.server({ method: 'notifications/message', params }).anew).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/message',
      params: { level: 'debug', data: { config: { token: '[secret TOKEN]' } } },
    });
  });

  it('names of members, and what a task says that failed', () => {
    const data = { [`Bearer ${TOKEN}`]: 1 };
    expect(called({ error: { code: 1, message: 'no', data } }).anew).toMatchObject({
      error: { data: { 'Bearer [secret TOKEN]': 1 } },
    });
    for (const result of [
      { taskId: 't', status: 'failed', statusMessage: `bad ${TOKEN}` },
      { task: { taskId: 't', status: 'failed', statusMessage: `bad ${TOKEN}` } },
    ]) {
      const message = { kind: 'result', id: 1, result } as unknown as Message;
      expect(JSON.stringify(withoutSecrets(message, by))).toContain('bad [secret TOKEN]');
    }
  });

  it('a value that is a word of the protocol does not take the message apart', () => {
    const word = concealer(new Map([['TOKEN', Buffer.from('text')]]));
    const session = new JudgedSession(undefined, undefined, word).handshake().tools(['a']);
    session.client({ id: 1, method: 'tools/call', params: { name: 'a' } });
    expect(
      session.server({ id: 1, result: { isError: true, content: content('a text') } }).anew,
    ).toMatchObject({
      result: { isError: true, content: [{ type: 'text', text: 'a [secret TOKEN]' }] },
    });
  });

  it('a value of digits that a program made a number of, and no number of the protocol', () => {
    const pin = concealer(new Map([['PIN', Buffer.from('32603')]]));
    const session = new JudgedSession(undefined, undefined, pin).handshake().tools(['a']);
    session.client({ id: 1, method: 'tools/call', params: { name: 'a' } });
    const data = { config: { pin: 32603, other: [132_603, 7] } };
    expect(
      session.server({ id: 1, error: { code: -32603, message: 'no', data: { ...data, code: 32603 } } }).anew,
    ).toMatchObject({
      error: { code: -32603, data: { config: { pin: '[secret PIN]', other: [132_603, 7] }, code: 32603 } },
    });
  });

  it('all else passes as it came', () => {
    expect(called({ error: { code: 1, message: 'no' } }).forward).toBe(true);
    expect(called({ result: { content: content('fine') } }).forward).toBe(true);
    expect(called({ result: { isError: true, content: content('no') } }).forward).toBe(true);
  });
});
