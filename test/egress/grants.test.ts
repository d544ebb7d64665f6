// P3: every kind of grant, in both ways: many ports, a port of this machine, names below a wildcard. And what
// cannot be had is an ordinary error of connections, at once.
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns } from '../escape/columns.ts';
import { CONNECT, GREET, type Way, WAYS } from './connect.ts';
import { type PlainFarEnd, plainFarEnd } from './far-ends.ts';
import { type EgressStage, LOOPBACK, type Sandboxed, setEgressStage } from './sandboxed.ts';

const HOST = 'db.example.test';
const PORTS = 64;
const [column] = columns().toReversed();

let stage: EgressStage;
let many: readonly PlainFarEnd[];
let shut: number;

beforeAll(async () => {
  stage = setEgressStage();
  many = await Promise.all(Array.from({ length: PORTS - 1 }, () => plainFarEnd()));
  // A port on which nothing listens.
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  shut = (server.address() as AddressInfo).port;
  server.close();
});

afterAll(async () => {
  await Promise.all(many.map((far) => far.close()));
  stage.remove();
});

describe.each(WAYS)('P3 %s', (mode) => {
  let server: Sandboxed;
  const greet = async (host: string, port: number) => {
    const said = await server.evaluate<{ readonly text: string; readonly ms: number }>(
      `${CONNECT[mode]} ${GREET} return greet('${host}', ${port})`,
    );
    if (!('ok' in said)) throw new Error(said.message);
    return said.ok;
  };
  const port = (): number => many[0]?.port ?? -1;

  beforeAll(async () => {
    if (column === undefined) throw new Error('no user to start as');
    server = await stage.sandboxed(column, {
      network: [
        { host: HOST, port: [...many.map((far) => far.port), shut], protocol: 'tcp', addresses: LOOPBACK },
        { host: '*.wild.example.test', port: port(), protocol: 'tcp', addresses: LOOPBACK },
        { host: 'localhost', port: port(), protocol: 'tcp' },
        { host: 'nowhere.invalid', port: port(), protocol: 'tcp' },
      ],
      config: {
        mode,
        hosts: { [HOST]: ['127.0.0.1'], 'one.two.wild.example.test': ['127.0.0.1'] },
      },
    });
  });
  afterAll(() => server.close());

  test('64 ports of one host, all at once', async () => {
    const ports = many.map((far) => far.port);
    const said = await server.evaluate<ReadonlyArray<{ readonly text: string }>>(
      `${CONNECT[mode]} ${GREET} return Promise.all(${JSON.stringify(ports)}.map((port) => greet('${HOST}', port)))`,
    );
    expect(said).toEqual({ ok: ports.map(() => expect.objectContaining({ text: 'hello\n' })) });
    expect(many.every((far) => far.connections() > 0)).toBe(true);
  });

  test.each(['localhost', 'one.two.wild.example.test'])('%s is reached', async (host) => {
    expect(await greet(host, port())).toMatchObject({ text: 'hello\n' });
  });

  test.each<[string, () => [string, number], Record<Way, string>]>([
    ['nothing listens there', () => [HOST, shut], { transparent: 'ECONNRESET', proxy: 'HTTP/1.1 502' }],
    [
      'the name does not resolve outside',
      () => ['nowhere.invalid', port()],
      { transparent: 'ECONNRESET', proxy: 'HTTP/1.1 502' },
    ],
    [
      'another name',
      () => ['other.example.test', port()],
      { transparent: 'ENOTFOUND', proxy: 'HTTP/1.1 403' },
    ],
    [
      'the name above a wildcard',
      () => ['wild.example.test', port()],
      { transparent: 'ENOTFOUND', proxy: 'HTTP/1.1 403' },
    ],
    ['another port', () => [HOST, 9], { transparent: 'ECONNREFUSED', proxy: 'HTTP/1.1 403' }],
    [
      'a port of another host',
      () => ['one.two.wild.example.test', many[1]?.port ?? -1],
      { transparent: 'ECONNRESET', proxy: 'HTTP/1.1 403' },
    ],
    [
      'an address that nobody was told of',
      () => ['198.18.9.9', port()],
      { transparent: 'ECONNRESET', proxy: 'HTTP/1.1 403' },
    ],
    ['an address beyond', () => ['192.0.2.1', 9], { transparent: 'ENETUNREACH', proxy: 'HTTP/1.1 403' }],
  ])('%s: an error within a second', async (_what, target, texts) => {
    const said = await greet(...target());
    expect(said.text).toBe(texts[mode]);
    expect(said.ms).toBeLessThan(1000);
  });
});
