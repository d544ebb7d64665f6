import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../../src/relay/fault.ts';
import { readLine } from '../../../src/relay/read-line.ts';
import { readId } from '../../../src/relay/request-id.ts';
import { scan } from '../../../src/relay/scan.ts';

function faultOf(line: string | Buffer): string {
  const reading = readLine(Buffer.concat([Buffer.from(line), Buffer.from('\n')]));
  return reading.ok ? reading.message.kind : reading.fault;
}

const result = (value: string): string => `{"jsonrpc":"2.0","id":1,"result":{"a":${value}}}`;
const call = (members: string): string => `{"jsonrpc":"2.0",${members}}`;
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const bytes = (...values: number[]): Buffer =>
  Buffer.concat([
    Buffer.from('{"jsonrpc":"2.0","id":1,"result":{"a":"'),
    Buffer.from(values),
    Buffer.from('"}}'),
  ]);

describe('each row of the table of parser differentials', () => {
  it.each<[string, string, string | Buffer]>([
    // honest forms
    ['a request', 'request', call('"id":1,"method":"tools/call","params":{"name":"x"}')],
    ['a request without params', 'request', call('"id":"a","method":"ping"')],
    ['a notification', 'notification', call('"method":"notifications/initialized"')],
    ['a result', 'result', result('1')],
    ['an error', 'error', call('"id":1,"error":{"code":-32601,"message":"m","data":[1]}')],
    ['the id last, as TypeScript servers write it', 'result', '{"result":{},"jsonrpc":"2.0","id":1}'],
    ['spaces between tokens', 'result', ' { "jsonrpc" : "2.0" ,\t"id" : 1 , "result" : { } } '],
    ['escapes in strings', 'result', result('"\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u00e9 \\ud83d\\ude00"')],
    ['a backslash before the closing quote', 'result', result('"\\\\"')],
    ['line separators in strings', 'result', result('"\u2028\u2029\u0085"')],
    ['slashes escaped in keys, as PHP writes them', 'result', result('{"io.x\\/y":1}')],
    ['a backslash before what is no escape then', 'result', result('{"\\\\u0061":1,"\\\\U0061":1}')],
    ['letters of other scripts escaped in keys, as Python writes them', 'result', result('{"caf\\u00e9":1}')],
    ['big integers', 'result', result('9007199254740993')],
    ['odd spellings of finite numbers', 'result', result('[-0,1E3,1.0,1e-999]')],
    ['64 levels', 'result', result(nested(62))],
    ['keys that differ in case below the known places', 'result', result('{"Name":1,"name":2}')],
    // duplicate keys
    ['duplicate keys at the top', 'duplicate-key', call('"id":1,"id":1,"result":{}')],
    ['duplicate keys deep down', 'duplicate-key', result('[{"b":[{"c":1,"c":1}]}]')],
    ['duplicate keys, one escaped', 'duplicate-key', result('{"é":1,"\\u00e9":2}')],
    ['duplicate keys, both escaped', 'duplicate-key', result('{"\\n":1,"\\u000a":2}')],
    ['equal keys in two objects', 'result', result('[{"c":1},{"c":1,"d":{"c":1}}]')],
    // look-alikes
    ['METHOD beside method', 'member-look-alike', call('"method":"x","METHOD":"y"')],
    ['Method beside result', 'member-look-alike', call('"id":1,"result":{},"Method":"y"')],
    ['paramſ', 'member-look-alike', call('"method":"x","paramſ":{}')],
    [
      'the Kelvin sign in a known key',
      'member-look-alike',
      call('"method":"x","params":{"to\u212aen":1,"progressTo\u212aen":1}'),
    ],
    [
      'Name in params',
      'member-look-alike',
      call('"id":1,"method":"tools/call","params":{"name":"a","Name":"b"}'),
    ],
    ['Tools in a result', 'member-look-alike', call('"id":1,"result":{"tools":[],"Tools":[]}')],
    [
      'a NUL after a known key in params',
      'member-look-alike',
      call('"id":1,"method":"x","params":{"name\\u0000":1}'),
    ],
    ['a zero-width space in a key', 'member-look-alike', call('"id":1,"result":{"tools\u200b":[]}')],
    ['Code in an error', 'member-look-alike', call('"id":1,"error":{"code":1,"message":"m","Code":2}')],
    ['__proto__ in params', 'member-look-alike', call('"id":1,"method":"x","params":{"__proto__":{}}')],
    ['__proto__ at the top', 'member-look-alike', call('"id":1,"result":{},"__proto__":{}')],
    ['method with a NUL', 'escaped-key', call('"method":"x","method\\u0000":"y"')],
    ['an escaped letter in a key at the top', 'escaped-key', call('"m\\u0065thod":"x"')],
    ['an escaped letter in a key deep down', 'escaped-key', result('{"n\\u0061me":1}')],
    ['an escaped letter behind a backslash', 'escaped-key', result('{"n\\\\\\u0061me":1}')],
    // shapes
    ['method and result', 'shape-ambiguous', call('"id":1,"method":"x","result":{}')],
    ['result and error', 'shape-ambiguous', call('"id":1,"result":{},"error":{"code":1,"message":"m"}')],
    ['neither', 'shape-ambiguous', call('"id":1')],
    ['result and params', 'shape-ambiguous', call('"id":1,"result":{},"params":{}')],
    ['an extra member', 'member-unknown', call('"id":1,"result":{},"meta":1')],
    [
      'an extra member of an error',
      'member-unknown',
      call('"id":1,"error":{"code":1,"message":"m","stack":"s"}'),
    ],
    ['result null', 'member-type', call('"id":1,"result":null')],
    ['result list', 'member-type', call('"id":1,"result":[]')],
    ['result text', 'member-type', call('"id":1,"result":"x"')],
    ['params null', 'member-type', call('"id":1,"method":"x","params":null')],
    ['params list', 'member-type', call('"id":1,"method":"x","params":[]')],
    ['error text', 'member-type', call('"id":1,"error":"x"')],
    ['error code as text', 'member-type', call('"id":1,"error":{"code":"1","message":"m"}')],
    ['error code as fraction', 'member-type', call('"id":1,"error":{"code":1.5,"message":"m"}')],
    ['version 1.0', 'version-wrong', '{"jsonrpc":"1.0","id":1,"result":{}}'],
    ['version as number', 'version-wrong', '{"jsonrpc":2.0,"id":1,"result":{}}'],
    ['no version', 'not-a-message', '{"id":1,"result":{}}'],
    ['a program that logs in JSON, with equal keys', 'not-a-message', '{"level":30,"msg":"a","msg":"b"}'],
    ['a batch', 'batch', `[${result('1')}]`],
    ['an empty batch', 'batch', '[]'],
    ['method empty', 'method-invalid', call('"id":1,"method":""')],
    ['method as number', 'method-invalid', call('"id":1,"method":1')],
    ['method with a control character', 'method-invalid', call('"id":1,"method":"a\\nb"')],
    ['method of 129 characters', 'method-invalid', call(`"id":1,"method":"${'m'.repeat(129)}"`)],
    // ids
    ...[
      '1.0',
      '1e0',
      '-0',
      'true',
      'null',
      '[1]',
      '{"a":1}',
      '""',
      '9007199254740992',
      '1.5',
      `"${'a'.repeat(129)}"`,
      '"a\\nb"',
      '"é"',
    ].map((id): [string, string, string] => [
      `id ${id.slice(0, 20)}`,
      'id-invalid',
      call(`"id":${id},"result":{}`),
    ]),
    ['id 01', 'not-json', call('"id":01,"result":{}')],
    ['id with a sign', 'not-json', call('"id":+1,"result":{}')],
    // numbers and strings
    ['1e999', 'number-out-of-range', result('1e999')],
    ['-1e999', 'number-out-of-range', result('[1,-1e999]')],
    ['400 digits', 'number-out-of-range', result('9'.repeat(400))],
    ['2000 digits after the point', 'number-out-of-range', result(`0.${'1'.repeat(2000)}`)],
    ['NaN', 'not-json', result('NaN')],
    ['-Infinity', 'not-json', result('-Infinity')],
    ['half a pair', 'lone-surrogate', result('"\\ud800"')],
    ['half a pair before a letter', 'lone-surrogate', result('"\\ud800\\u0041"')],
    ['the second half alone', 'lone-surrogate', result('"\\udc00"')],
    ['a pair the wrong way round', 'lone-surrogate', result('"\\udc00\\ud800"')],
    ['half a pair in a key', 'lone-surrogate', result('{"\\ud800":1}')],
    ['half a pair as text after a backslash', 'result', result('"\\\\ud800"')],
    // bytes
    ['a lone byte', 'not-utf8', bytes(0xff)],
    ['an overlong slash', 'not-utf8', bytes(0xc0, 0xaf)],
    ['CESU-8', 'not-utf8', bytes(0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80)],
    ['a sequence cut short', 'not-utf8', bytes(0xe6, 0xbc)],
    ['a byte order mark', 'byte-order-mark', `\ufeff${result('1')}`],
    ['a CR between tokens', 'carriage-return', '{"jsonrpc":"2.0",\r"id":1,"result":{}}'],
    ['a CR first', 'carriage-return', `\r${result('1')}`],
    ['a CR in a string', 'not-json', result('"a\rb"')],
    ['a control character in a string', 'not-json', result('"a\u0001b"')],
    ['a NUL after the message', 'not-json', `${result('1')}\0`],
    ['a vertical tab as space', 'not-json', result('\u000b1')],
    ['a no-break space as space', 'not-json', result('\u00a01')],
    ['two messages on one line', 'not-json', `${result('1')}${result('1')}`],
    ['a comment', 'not-json', result('/**/1')],
    ['a trailing comma', 'not-json', result('[1,]')],
    ['65 levels', 'too-deep', result(nested(63))],
    ['200 000 levels', 'too-deep', result(nested(200_000))],
    ['200 000 levels behind another fault', 'too-deep', result(`{"a":1,"a":1,"b":${nested(200_000)}}`)],
    ['250 000 lists', 'too-many-values', result(`[${'[],'.repeat(250_000)}0]`)],
    ['200 000 openings', 'too-deep', '['.repeat(200_000)],
    ['a key of 17 KiB', 'key-too-long', result(`{"${'k'.repeat(17 * 1024)}":1}`)],
    ['plain text', 'not-json', 'listening on stdio'],
    ['a bare number', 'not-an-object', '42'],
    ['a bare string', 'not-an-object', '"x"'],
  ])('%s: %s', (_, expected, line) => {
    expect(faultOf(line)).toBe(expected);
  });

  it('gives every fault a severity', () => {
    for (const severity of Object.values(SEVERITIES))
      expect(['noise', 'invalid', 'violation']).toContain(severity);
  });

  it('finds duplicates among many keys, wherever they are', () => {
    const keys = Array.from({ length: 60 }, (_, index) => `"k${index}":{"x":[1,{"y":2}]}`);
    expect(faultOf(result(`{${keys.join(',')}}`))).toBe('result');
    for (const twin of [0, 15, 16, 17, 40, 59])
      expect(faultOf(result(`{${keys.join(',')},"k${twin}":1}`))).toBe('duplicate-key');
  });
});

describe('readId', () => {
  it.each([
    ['0', 0],
    ['-1', -1],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['"1"', '1'],
    ['"\\u0041"', 'A'],
    ['" 1 "', ' 1 '],
  ])('%s', (token, id) => {
    expect(readId(token)).toBe(id);
  });
});

describe('scan and JSON.parse', () => {
  it('property: whatever JSON.stringify writes of well-formed values is accepted', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20 }), (text) => {
        fc.pre(!text.includes('__proto__') && !/\\ud[89a-f]/i.test(text));
        const line = `{"jsonrpc":"2.0","id":1,"result":{"a":${text}}}`;
        expect(faultOf(line)).toBe('result');
      }),
      { numRuns: 500 },
    );
  });

  it('property: what is accepted is what JSON.parse accepts', () => {
    const soup = fc
      .array(
        fc.constantFrom(
          ...'{ } [ ] , : " \\ "a" "b" 1 - 0 .5 e9 true nul l é \\u00 \\n "id":1 "jsonrpc":"2.0" "result":{}'.split(
            ' ',
          ),
          ' ',
          '\t',
          '\r',
          '\u0001',
        ),
        { maxLength: 25 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(soup, fc.boolean(), (text, inside) => {
        const line = inside ? `{"jsonrpc":"2.0","id":1,"result":{"a":${text}}}` : text;
        const reading = readLine(Buffer.from(`${line}\n`));
        if (reading.ok) expect(() => JSON.parse(line) as unknown).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });

  it('property: a key is reported as double exactly when JSON.parse loses one', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'aa', 'é', '\\u00e9', '\\n', 'x\\"y');
    const value: fc.Memo<string> = fc.memo((depth) =>
      depth <= 1
        ? fc.constantFrom('1', '"}"', '"\\\\"', 'null', '[]')
        : fc.oneof(
            fc
              .array(fc.tuple(key, value(depth - 1)), { maxLength: 6 })
              .map((members) => `{${members.map(([name, held]) => `"${name}":${held}`).join(',')}}`),
            fc.array(value(depth - 1), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
          ),
    );
    fc.assert(
      fc.property(value(4), (text) => {
        const written = text.match(/"(?:[^"\\]|\\.)*":/g)?.length ?? 0;
        const lost = written !== countKeys(JSON.parse(text));
        expect(scan(Buffer.from(`[${text}]`)).fault).toBe(lost ? 'duplicate-key' : undefined);
      }),
      { numRuns: 1000 },
    );
  });
});

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce((sum: number, held) => sum + countKeys(held), 0);
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
}
