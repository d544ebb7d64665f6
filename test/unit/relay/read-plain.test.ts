import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnyLine } from '../../../src/relay/read-line.ts';
import { readPlainLine } from '../../../src/relay/read-plain.ts';
import { fuzzedLines } from '../../fixtures/fuzz/lines.ts';

const line = (text: string): Buffer => Buffer.from(`${text}\n`);
const call = (members: string): Buffer => line(`{"jsonrpc":"2.0",${members}}`);

describe('the short way of reading a line', () => {
  it.each([
    '"id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hello"}}',
    '"result":{"content":[{"type":"text","text":"hello"}]},"id":"a"',
    '"id":-1,"error":{"code":-32601,"message":"m"}',
    '"method":"notifications/initialized"',
    '"id":0,"result":{}',
    '"id":1,"result":{"a":"\\n\\t\\r\\b\\f\\"\\\\"}',
    '"id":1,"result":{"structuredContent":{"a\\nb":1,"\\"":2}}',
    '"id":1,"result":{"a":"ł \u2028 \u{1f600} \u007f","ł":1}',
  ])('is taken for what programs write: %s', (members) => {
    expect(readPlainLine(call(members))).toEqual(readAnyLine(call(members)));
    expect(readPlainLine(call(members))?.ok).toBe(true);
  });

  it.each([
    ['a key twice', '"id":1,"result":{"a":1,"a":1}'],
    ['an id twice', '"id":1,"id":1,"result":{}'],
    ['a number spelled otherwise', '"id":1.0,"result":{}'],
    ['a large number', '"id":1,"result":{"n":9007199254740993}'],
    ['an exponent', '"id":1,"result":{"n":1e999}'],
    ['minus zero', '"id":1,"result":{"n":-0}'],
    ['a space', '"id": 1,"result":{}'],
    ['a carriage return', '"id":1,\r"result":{}'],
    ['a needless escape', '"id":1,"result":{"a":"\\/"}'],
    ['a byte order mark', '\ufeff"id":1,"result":{}'],
    ['a member with an escape', '"id":1,"result":{},"a\\n":1'],
    ['half a pair', '"id":1,"result":{"a":"\\ud800"}'],
    ['an escaped key', '"\\u0069d":1,"result":{}'],
    ['a look-alike of another alphabet', '"id":1,"result":{"i\u017fError":true}'],
    ['65 levels', `"id":1,"result":{"a":${'['.repeat(63)}${']'.repeat(63)}}`],
    ['an id that is a list', '"id":[1],"result":{}'],
    ['an id of null', '"id":null,"result":{}'],
    ['a member too many', '"id":1,"result":{},"more":1'],
    ['a look-alike', '"id":1,"result":{"Content":[]}'],
  ])('is not taken for %s', (_, members) => {
    expect(readPlainLine(call(members))).toBeUndefined();
  });

  it.each([
    '[]',
    '5',
    'null',
    '"a"',
    '',
    '{}',
    `{"jsonrpc":"2.0","id":1,"result":{"a":"${'x'.repeat(9000)}"}}`,
  ])('is not taken for %s', (text) => {
    expect(readPlainLine(line(text))).toBeUndefined();
  });

  it('is not taken for bytes that are not UTF-8', () => {
    const text = call('"id":1,"result":{"a":"?"}');
    text[text.indexOf('?')] = 0xff;
    expect(readPlainLine(text)).toBeUndefined();
  });

  it('ends where the long way does: 64 levels', () => {
    const deepest = call(`"id":1,"result":{"a":${'['.repeat(62)}${']'.repeat(62)}}`);
    expect(readPlainLine(deepest)).toEqual(readAnyLine(deepest));
    expect(readPlainLine(deepest)?.ok).toBe(true);
  });

  it('property: whatever it reads, the long way reads as the same message', () => {
    const rewritten = fc
      .tuple(
        fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
        fc.constantFrom('params', 'result', 'error'),
        fc.jsonValue({ maxDepth: 1 }),
      )
      .map(([value, member, id]) => line(JSON.stringify({ jsonrpc: '2.0', id, [member]: value })));
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(fuzzedLines, fc.array(rewritten, { maxLength: 5 })), (lines) => {
        for (const one of lines) {
          const plain = readPlainLine(one);
          if (plain === undefined) continue;
          read += 1;
          expect(readAnyLine(one)).toEqual(plain);
        }
      }),
      { numRuns: 400 },
    );
    expect(read).toBeGreaterThan(200);
  });
});
