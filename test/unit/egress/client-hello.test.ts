import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { MAX_HELLO_BYTES, readClientHello } from '../../../src/egress/client-hello.ts';
import { firstFlight } from '../../fixtures/first-flight.ts';

const u16 = (value: number): number[] => [value >> 8, value & 255];
const vector = (bytes: readonly number[], width: 1 | 2): number[] => [
  ...(width === 1 ? [bytes.length] : u16(bytes.length)),
  ...bytes,
];
const extension = (type: number, content: readonly number[]): number[] => [
  ...u16(type),
  ...vector(content, 2),
];
const nameEntry = (name: string, type = 0): number[] => [
  type,
  ...vector([...Buffer.from(name, 'latin1')], 2),
];
const serverName = (...entries: ReadonlyArray<readonly number[]>): number[] =>
  extension(0, vector(entries.flat(), 2));

/** A ClientHello with the given extensions, as one handshake message. */
function handshake(extensions: readonly number[], behind: readonly number[] = []): number[] {
  const body = [
    3,
    3,
    ...Array.from({ length: 32 }, () => 7),
    ...vector([], 1),
    ...vector([0x13, 0x01], 2),
    ...vector([0], 1),
    ...vector(extensions, 2),
    ...behind,
  ];
  return [1, 0, ...u16(body.length), ...body];
}
const record = (content: readonly number[], type = 22): number[] => [type, 3, 1, ...vector(content, 2)];
const read = (bytes: readonly number[]) => readClientHello(Uint8Array.from(bytes));

describe('the name in a ClientHello', () => {
  let real: Buffer;
  beforeAll(async () => {
    real = await firstFlight('API.example.com');
  });

  test('is read from what a real client sends, in lower case', () => {
    expect(readClientHello(real)).toEqual({ kind: 'hello', name: 'api.example.com' });
  });

  test('is absent when a real client sends none', async () => {
    expect(readClientHello(await firstFlight(undefined))).toEqual({ kind: 'hello', name: undefined });
  });

  test('W09: every beginning of it asks for more, and nothing else', () => {
    for (let length = 0; length < real.length; length += 1)
      expect(readClientHello(real.subarray(0, length)), `${length} bytes`).toEqual({ kind: 'incomplete' });
  });

  test('W09: is found however the message is split over records', () => {
    const message = [...real.subarray(5)];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: message.length - 1 }), { maxLength: 8 }), (cuts) => {
        const points = [0, ...new Set(cuts), message.length].toSorted((one, other) => one - other);
        const bytes = points.slice(1).flatMap((end, index) => record(message.slice(points[index], end)));
        expect(read(bytes)).toEqual({ kind: 'hello', name: 'api.example.com' });
      }),
    );
  });

  test.each([
    ['plain HTTP', [...Buffer.from('GET / HTTP/1.1\r\n')], 'not-tls'],
    ['SSH', [...Buffer.from('SSH-2.0-x\r\n')], 'not-tls'],
    ['an SSLv2 hello', [0x80, 0x2e, 1, 0, 2], 'not-tls'],
    ['application data first', record([1, 2, 3], 23), 'not-tls'],
    ['another handshake message', record([2, 0, 0, 0]), 'tls-malformed'],
    ['an empty record', [22, 3, 1, 0, 0], 'tls-malformed'],
    ['another record inside the message', [...record([1, 0, 1, 0]), ...record([1], 21)], 'tls-malformed'],
    ['a message without end', record([1, 255, 255, 255]), 'tls-too-large'],
    ['a record longer than any', [22, 3, 1, 255, 255], 'tls-malformed'],
    [
      'two names',
      record(handshake(serverName(nameEntry('a.example'), nameEntry('b.example')))),
      'tls-malformed',
    ],
    ['a name of another kind', record(handshake(serverName(nameEntry('a.example', 1)))), 'tls-malformed'],
    ['no name in the list', record(handshake(serverName())), 'tls-malformed'],
    ['an empty name', record(handshake(serverName(nameEntry('')))), 'tls-malformed'],
    ['a NUL in the name', record(handshake(serverName(nameEntry('a.example\0.b')))), 'tls-malformed'],
    ['a name beyond ASCII', record(handshake(serverName(nameEntry('ä.example')))), 'tls-malformed'],
    [
      'the extension twice',
      record(handshake([...serverName(nameEntry('a.example')), ...serverName(nameEntry('b.example'))])),
      'tls-malformed',
    ],
    [
      'bytes behind the extensions',
      record(handshake(serverName(nameEntry('a.example')), [0])),
      'tls-malformed',
    ],
    ['an extension longer than the message', record(handshake([0, 0, 0, 9, 1])), 'tls-malformed'],
    [
      'ECH beside a granted name',
      record(handshake([...serverName(nameEntry('a.example')), ...extension(0xfe0d, [0])])),
      'tls-ech',
    ],
  ])('W09: %s is refused', (_what, bytes, reason) => {
    expect(read(bytes)).toEqual({ kind: 'refused', reason });
  });

  test('a hello without extensions has no name', () => {
    const message = handshake([]);
    const bare = message.slice(0, -2);
    bare[3] = (bare[3] ?? 0) - 2;
    expect(read(record(bare))).toEqual({ kind: 'hello', name: undefined });
  });

  test('waiting ends at the size limit', () => {
    const dribble = Array.from({ length: 9000 }, () => record([1])).flat();
    expect(read([...record([1, 0, 63, 255]), ...dribble]).kind).toBe('refused');
    const long = record([1, 0, ...u16(MAX_HELLO_BYTES - 1), ...Array.from({ length: 100 }, () => 0)]);
    expect(read(long)).toEqual({ kind: 'incomplete' });
  });

  test('NW-16: a message of one-byte records costs what its bytes cost', () => {
    const records = Array.from({ length: 2700 }, (_, index) => record([[1, 0, 63, 0][index] ?? 0])).flat();
    const bytes = Uint8Array.from(records);
    const begun = performance.now();
    for (let count = 0; count < 100; count += 1) expect(readClientHello(bytes).kind).toBe('incomplete');
    // Joined anew for each record, one takes two tenths of a second.
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  test('property: any bytes are judged without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        readClientHello(Uint8Array.from([22, 3, 1, ...noise]));
        readClientHello(Uint8Array.from(record(handshake([...noise]))));
      }),
    );
  });
});
