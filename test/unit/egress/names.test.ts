import { decode, encode, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerDns } from '../../../src/egress/dns-answer.ts';
import { Names } from '../../../src/egress/names.ts';
import type { EgressGrant } from '../../../src/plan/plan.ts';

const grant = (host: string, addresses: readonly string[] = []): EgressGrant => ({
  host,
  ports: [443],
  protocol: 'tls',
  addresses,
});
const GRANTS = [
  grant('api.example.com'),
  grant('*.example.net'),
  grant('localhost'),
  grant('10.1.2.3', ['10.1.2.3']),
];

const ask = (
  name: string,
  more: Partial<Packet> & { readonly question?: object } = {},
  names = new Names(GRANTS),
) => {
  const { question, ...packet } = more;
  const query = encode({
    type: 'query',
    id: 4711,
    flags: 256,
    questions: [{ type: 'A', class: 'IN', name, ...question }],
    ...packet,
  });
  const { response, denied } = answerDns(query, names);
  return { packet: response === undefined ? undefined : decode(response), denied };
};
const rcode = (answer: ReturnType<typeof ask>) => (answer.packet?.flags ?? 0) & 15;
const addresses = (answer: ReturnType<typeof ask>) =>
  (answer.packet?.answers ?? []).map((record) => (record.type === 'A' ? record.data : record.type));

describe('questions about names', () => {
  test('a granted name has an address of ours, the same each time, in any case', () => {
    const names = new Names(GRANTS);
    const answer = ask('API.example.com', {}, names);
    expect(addresses(answer)).toEqual(['198.18.0.2']);
    expect(answer.packet?.id).toBe(4711);
    expect(answer.packet?.questions?.[0]?.name).toBe('API.example.com');
    expect(addresses(ask('api.EXAMPLE.com', {}, names))).toEqual(['198.18.0.2']);
    expect(names.nameOf('198.18.0.2')).toBe('api.example.com');
  });

  test('names below a wildcard have addresses of their own, its apex has none', () => {
    const names = new Names(GRANTS);
    const [one] = addresses(ask('a.example.net', {}, names));
    const [other] = addresses(ask('b.c.example.net', {}, names));
    expect(one).not.toBe(other);
    expect(names.nameOf(other ?? '')).toBe('b.c.example.net');
    expect(rcode(ask('example.net', {}, names))).toBe(3);
  });

  test('localhost and a granted number are themselves', () => {
    expect(addresses(ask('localhost'))).toEqual(['127.0.0.1']);
    expect(addresses(ask('10.1.2.3'))).toEqual(['10.1.2.3']);
    expect(new Names(GRANTS).nameOf('10.1.2.3')).toBe('10.1.2.3');
  });

  test.each([
    'evil.example',
    'example.com',
    'evil-api.example.com',
    'api.example.com.evil.example',
    'xn--api.example.com',
    'api.example.com.example.com',
    'evilexample.net',
    'dGhlIGtleQ.evil.example',
  ])('NW-07, NW-11: %s does not exist, and that is told', (name) => {
    const answer = ask(name);
    expect(rcode(answer)).toBe(3);
    expect(addresses(answer)).toEqual([]);
    expect(answer.denied).toBe(name.toLowerCase());
  });

  test('IPv6: granted names have none, which is an answer', () => {
    const answer = ask('api.example.com', { question: { type: 'AAAA' } });
    expect([rcode(answer), addresses(answer), answer.denied]).toEqual([0, [], undefined]);
  });

  test.each(['TXT', 'MX', 'SRV', 'ANY', 'PTR', 'NULL'])('%s is refused, also for granted names', (type) => {
    expect(rcode(ask('api.example.com', { question: { type } }))).toBe(5);
  });

  test('a class other than the internet is refused', () => {
    expect(rcode(ask('api.example.com', { question: { class: 'CH' } }))).toBe(5);
  });

  test('two questions, none, and another operation are errors', () => {
    const question = { type: 'A', class: 'IN', name: 'api.example.com' } as const;
    expect(rcode(ask('', { questions: [question, question] }))).toBe(1);
    expect(rcode(ask('', { questions: [] }))).toBe(1);
    expect(rcode(ask('api.example.com', { flags: 5 << 11 }))).toBe(4);
  });

  test('an answer is not answered, and neither is a stub', () => {
    const answer = encode({ type: 'response', id: 1, questions: [{ type: 'A', name: 'api.example.com' }] });
    expect(answerDns(answer, new Names(GRANTS)).response).toBeUndefined();
    expect(answerDns(Buffer.alloc(11), new Names(GRANTS)).response).toBeUndefined();
  });

  test('W08: labels with a dot, a NUL or bytes beyond ASCII in them are no granted name', () => {
    const raw = (...labels: readonly Buffer[]) =>
      Buffer.concat([
        Buffer.from('126701000001000000000000', 'hex'),
        ...labels.flatMap((label) => [Buffer.from([label.length]), label]),
        Buffer.from([0, 0, 1, 0, 1]),
      ]);
    for (const labels of [
      [Buffer.from('api\0'), Buffer.from('example'), Buffer.from('com')],
      [Buffer.from([0xff, 0xfe]), Buffer.from('example'), Buffer.from('net')],
    ]) {
      const { response } = answerDns(raw(...labels), new Names(GRANTS));
      expect((response?.readUInt16BE(2) ?? 0) & 15).toBe(3);
      expect(response?.readUInt16BE(6)).toBe(0);
    }
  });

  test('what follows the question is not looked at', () => {
    const additionals = [{ type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [] }] as const;
    expect(addresses(ask('api.example.com', { additionals: [...additionals] as never }))).toEqual([
      '198.18.0.2',
    ]);
    const query = encode({ type: 'query', id: 1, questions: [{ type: 'A', name: 'api.example.com' }] });
    query.fill(0xff, 6, 12);
    expect(answerDns(query, new Names(GRANTS)).response?.readUInt16BE(6)).toBe(1);
  });

  test('NW-16: a packet of ten thousand questions costs no more than another', () => {
    const header = Buffer.from('126701000000000000000000', 'hex');
    const name = Buffer.concat([Buffer.alloc(252, '\x01a'), Buffer.from([0, 0, 1, 0, 1])]);
    const pointers = Array.from({ length: 10_500 }, () => Buffer.from('c00c00010001', 'hex'));
    header.writeUInt16BE(1 + pointers.length, 4);
    const bomb = Buffer.concat([header, name, ...pointers]);
    const names = new Names(GRANTS);
    const begun = performance.now();
    for (let count = 0; count < 200; count += 1)
      expect((answerDns(bomb, names).response?.readUInt16BE(2) ?? 0) & 15).toBe(1);
    // Decoded whole, each takes a tenth of a second.
    expect(performance.now() - begun).toBeLessThan(3000);
  });

  test('a flood of names below a wildcard leaves the exact ones their addresses', () => {
    const names = new Names([grant('*.example.net'), grant('api.example.com')]);
    for (let count = 0; count < 6000; count += 1) names.addressOf(`n${count}.example.net`);
    expect(names.addressOf('n5999.example.net')).toBeUndefined();
    expect(names.addressOf('api.example.com')).toMatch(/^198\.18\./);
  });

  test('property: any bytes are answered or not, without an error, and never at length', () => {
    const names = new Names(GRANTS);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
        const { response } = answerDns(
          Uint8Array.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...noise]),
          names,
        );
        expect(response?.length ?? 0).toBeLessThan(512);
      }),
    );
  });
});
