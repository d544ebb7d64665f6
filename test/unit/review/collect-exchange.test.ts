import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Exchange, Unanswered } from '../../../src/review/collect-exchange.ts';

function exchange(more: { answersRoots?: boolean; granted?: readonly string[] } = {}) {
  const input = new PassThrough({ highWaterMark: 1024 * 1024 });
  const output = new PassThrough();
  const made = new Exchange({
    input,
    output,
    maxMessageBytes: 10_000,
    answersRoots: more.answersRoots === true,
    granted: new Set(more.granted),
  });
  const written = () =>
    String(input.read() ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const say = (text: string) => output.write(`${text}\n`);
  return { made, written, say, output };
}

/** Sends a request and gives its id to what the server says. */
async function asked(answer: (id: string) => string): Promise<unknown> {
  const { made, written, say } = exchange();
  const result = made.request('tools/list', {}, 300).catch((fault: Unanswered) => fault.message);
  say(answer(String(written()[0]?.['id'])));
  return result;
}

describe('takes', () => {
  test('the answer to its request, and no other', async () => {
    expect(await asked((id) => `{"jsonrpc":"2.0","id":"${id}","result":{"a":1}}`)).toEqual({
      result: { a: 1 },
      bytes: 86,
    });
  });

  test.each<[string, (id: string) => string]>([
    ['JR-06: with a space', (id) => `{"jsonrpc":"2.0","id":"${id} ","result":{"a":1}}`],
    ['JR-02: with a key twice', (id) => `{"jsonrpc":"2.0","id":"${id}","result":{"a":1,"a":2}}`],
    ['JR-03: with a look-alike', (id) => `{"jsonrpc":"2.0","id":"${id}","result":{},"Result":{"a":1}}`],
    [
      'JR-04: with result and error',
      (id) => `{"jsonrpc":"2.0","id":"${id}","result":{},"error":{"code":1,"message":""}}`,
    ],
    ['JR-10: in a batch', (id) => `[{"jsonrpc":"2.0","id":"${id}","result":{"a":1}}]`],
    ['UC-10: with half a pair', (id) => `{"jsonrpc":"2.0","id":"${id}","result":{"a":"\\ud800"}}`],
    ['JR-08: for a number', () => '{"jsonrpc":"2.0","id":1,"result":{"a":1}}'],
  ])('none %s', async (_, answer) => {
    expect(await asked(answer)).toBe('it did not answer tools/list within 0.3 seconds');
  });

  test('an error, with its text in quotes', async () => {
    expect(
      await asked((id) => `{"jsonrpc":"2.0","id":"${id}","error":{"code":-32601,"message":"no\\u001b[2J"}}`),
    ).toBe('it answered tools/list with error -32601: "no\\x1b[2J"');
  });
});

test('answers a ping, has no roots to show, and refuses the rest', () => {
  const { made, written, say } = exchange({ answersRoots: true, granted: ['roots/list'] });
  say('{"jsonrpc":"2.0","id":1,"method":"ping"}');
  say('{"jsonrpc":"2.0","id":2,"method":"roots/list"}');
  say('{"jsonrpc":"2.0","id":"3","method":"sampling/createMessage","params":{}}');
  expect(written()).toEqual([
    { jsonrpc: '2.0', id: 1, result: {} },
    { jsonrpc: '2.0', id: 2, result: { roots: [] } },
    { jsonrpc: '2.0', id: '3', error: { code: -32601, message: 'Method not found' } },
  ]);
  expect(made.denied()).toEqual([
    { by: 'relay', what: 'sampling/createMessage', reason: 'method-blocked', count: 1 },
  ]);
});

test('S2C-08: a flood of requests is not answered for ever, and told once', () => {
  const { made, written, say } = exchange();
  for (let id = 0; id < 3000; id += 1) say(`{"jsonrpc":"2.0","id":${id},"method":"x/y"}`);
  expect(written().length).toBe(1000);
  expect(made.denied()).toEqual([{ by: 'relay', what: 'x/y', reason: 'method-blocked', count: 3000 }]);
});

test('what is told of a server is bounded, whatever it sends', () => {
  const { made, say } = exchange();
  for (let kind = 0; kind < 1000; kind += 1) say(`{"jsonrpc":"2.0","method":"m${kind}${'x'.repeat(100)}"}`);
  expect(made.denied().length).toBe(200);
});

test.each<[string, string]>([
  ['it sent messages without end', '{"jsonrpc":"2.0","method":"notifications/progress"}\n'.repeat(1000)],
  [
    'it wrote without end',
    `${'{"jsonrpc":"2.0","method":"notifications/message","params":{"x":"'}${'x'.repeat(9000)}"}}\n`.repeat(
      100,
    ),
  ],
  ['it wrote a line without end', 'x'.repeat(1000)],
])('ends when %s', async (why, text) => {
  const { made, output } = exchange();
  const waiting = made.request('tools/list', {}, 20_000).catch((fault: Unanswered) => fault.message);
  let over = false;
  void waiting.then(() => {
    over = true;
  });
  for (let times = 0; times < 2000 && !over; times += 1) {
    output.write(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await waiting).toBe(why);
  await expect(made.request('ping', {}, 1000)).rejects.toThrow(why);
});

test('says how a server ended rather than that its output did', async () => {
  const { made, output } = exchange();
  const waiting = made.request('initialize', {}, 5000).catch((fault: Unanswered) => fault.message);
  output.end();
  made.end(new Unanswered('it ended with status 3'));
  expect(await waiting).toBe('it ended with status 3');
});
