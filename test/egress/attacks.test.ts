// P3: what a server tries that wants more of the network than its profile grants. Each attempt is made outside too, where it
// must succeed; inside no byte of it reaches a far end, and what got as far as the broker is told of. Rows of the escape
// matrix (W) and of attack-rows.ts (NW).
import { execFile, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns } from '../escape/columns.ts';
import { compileProbe } from '../escape/compile-probe.ts';
import type { Outcomes } from '../escape/conversation.ts';
import { firstFlight, inRecords, withEncryptedHello } from '../fixtures/first-flight.ts';
import { makeAuthority } from './authority.ts';
import {
  type FarEnd,
  GREETING,
  greeter,
  type Knocked,
  knock,
  listener,
  outside,
  permissiveProxy,
  website,
} from './doors.ts';
import { type EgressStage, LOOPBACK, type Sandboxed, setEgressStage } from './sandboxed.ts';

const run = promisify(execFile);

const HOST = 'api.example.test';
const OTHER = 'other.example.test';
/** Where the proxy way listens, inside. */
const PROXY = { host: '127.0.0.1', port: 3128 };

let stage: EgressStage;
let tools: string;
let probe: string;
let site: FarEnd;
let greets: FarEnd;
let silent: FarEnd;
let permissive: FarEnd;
let datagrams = 0;
const udp = dgram.createSocket('udp4', (_message, from) => {
  datagrams += 1;
  udp.send('hi', from.port, from.address);
});
let caFile: string;
const flights = new Map<string, Buffer>();

beforeAll(async () => {
  stage = setEgressStage();
  tools = path.join(stage.folder, 'tools');
  fs.mkdirSync(tools);
  probe = compileProbe(tools);
  const authority = makeAuthority(stage.folder);
  caFile = authority.file;
  [site, greets, silent] = await Promise.all([
    website(authority.issue(HOST, OTHER, '*.wild.example.test')),
    greeter(),
    listener(),
  ]);
  permissive = await permissiveProxy(site);
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
  for (const name of [HOST, OTHER]) flights.set(name, await firstFlight(name));
  flights.set('', await firstFlight(undefined));
});

afterAll(() => {
  for (const far of [site, greets, silent, permissive]) far.close();
  udp.close();
  stage.remove();
});

const flight = (name: string): Buffer => flights.get(name) ?? Buffer.alloc(0);
const connect = (authority: string, ...headers: readonly string[]): string =>
  [`CONNECT ${authority} HTTP/1.1`, ...headers, '', ''].join('\r\n');
/** What the proxy way says when it agrees, and what one says that grants everything. */
const TUNNEL = 'HTTP/1.1 200 Connection established\r\n\r\n';
const OPEN = 'HTTP/1.1 200 OK\r\n\r\n';
/** Far ends all together: whatever was reached shows. */
const reached = () => ({
  connections: [site, greets, silent].map((far) => far.connections()),
  bytes: [site, greets, silent].map((far) => far.bytes()),
  datagrams,
});

describe.each(columns())('P3 $name', (column) => {
  const servers = new Map<string, Sandboxed>();
  const transparent = (): Sandboxed => servers.get('transparent') as Sandboxed;
  const proxied = (): Sandboxed => servers.get('proxy') as Sandboxed;
  const config = (mode: string) => ({
    mode,
    caFile,
    hosts: {
      [HOST]: ['127.0.0.1'],
      'a.wild.example.test': ['127.0.0.1'],
      'private.example.test': ['127.0.0.1'],
      'private6.example.test': ['::1'],
      'mapped.example.test': ['127.0.0.1'],
      'metadata.example.test': ['169.254.169.254'],
      'metadata6.example.test': ['fd00:ec2::254'],
      'shared.example.test': ['100.100.100.200'],
      'mixed.example.test': ['127.0.0.1', '127.0.0.2'],
    },
  });
  const network = () => [
    { host: HOST, port: site.port, addresses: LOOPBACK },
    { host: '*.wild.example.test', port: site.port, addresses: LOOPBACK },
    ...['private', 'private6', 'metadata', 'metadata6', 'shared'].map((name) => ({
      host: `${name}.example.test`,
      port: site.port,
    })),
    { host: 'mixed.example.test', port: site.port, addresses: ['127.0.0.1/32'] },
    { host: HOST, port: greets.port, protocol: 'tcp' as const, addresses: LOOPBACK },
  ];

  beforeAll(async () => {
    const started = await Promise.all(
      ['transparent', 'proxy'].map((mode) =>
        stage.sandboxed(column, {
          network: network(),
          config: config(mode),
          read: [tools],
          profile: { args: [`token-${mode}-${column.uid}`] },
        }),
      ),
    );
    for (const [index, mode] of ['transparent', 'proxy'].entries())
      servers.set(mode, started[index] as Sandboxed);
  });
  afterAll(() => Promise.all([...servers.values()].map((server) => server.close())));

  const inside = async (server: Sandboxed, code: string): Promise<Knocked> => {
    const done = await server.evaluate<Knocked>(code);
    return 'ok' in done ? done.ok : { text: '', error: done.error };
  };
  const probed = async (server: Sandboxed, ...args: readonly string[]): Promise<Outcomes> => {
    const [id = '', ...more] = args;
    const { stdout, stderr } = await server.start([probe, id, 'inside', ...more]);
    expect(stderr).toBe('');
    return (JSON.parse(stdout) as { outcomes: Outcomes }).outcomes;
  };
  const told = (server: Sandboxed) =>
    server.egress().map(({ host, verdict, reason }) => ({ host, verdict, reason }));

  describe('numbers in place of names', () => {
    test.each([
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '::1',
      '::ffff:127.0.0.1',
      '0.0.0.0',
      'localhost',
    ])('W04, W07, NW-02, NW-04: %s is no way to a port of the machine', async (spelling) => {
      expect((await outside<Knocked>(knock(spelling, greets.port, [], GREETING.length))).text).toBe(GREETING);
      const before = reached();
      for (const server of servers.values()) {
        for (const { port } of [greets, silent]) {
          const { text, error } = await inside(server, knock(spelling, port, ['hello']));
          expect(text).toBe('');
          expect(error).toMatch(/^(?:ECONNREFUSED|ECONNRESET|ENETUNREACH|ENOTFOUND)$/);
        }
      }
      expect(reached()).toEqual(before);
    });

    test.each([
      '169.254.169.254',
      'fd00:ec2::254',
      '100.100.100.200',
      '168.63.129.16',
      '10.0.0.1',
      '192.168.0.1',
      '192.0.2.1',
      '2001:db8::1',
    ])('W04, NW-01, NW-03, NW-09: there is no way to %s', async (address) => {
      for (const server of servers.values())
        expect(await inside(server, knock(address, site.port))).toEqual({ text: '', error: 'ENETUNREACH' });
    });

    test('NW-01: neither by UDP, ICMP, raw sockets or multicast', async () => {
      const port = String(udp.address().port);
      const { stdout } = await run(probe, ['reach', 'outside', 'udp', '127.0.0.1', port]);
      expect(stdout).toContain('"udp 127.0.0.1":"OK"');
      const before = reached();
      for (const server of servers.values()) {
        const targets = `127.0.0.1 ${port} 192.0.2.1 53 224.0.0.251 5353 2001:db8::1 53 ff0e::1 5353`;
        const outcomes = await probed(
          server,
          'reach',
          ...targets.replaceAll(/\S+ \d+/g, 'udp $&').split(' '),
        );
        expect(Object.values(outcomes).filter((word) => word !== 'ENETUNREACH')).toEqual(['ECONNREFUSED']);
        expect(await probed(server, 'raw')).toEqual({
          icmp: 'EPERM',
          icmp6: 'EPERM',
          'sock packet': 'EPERM',
          packet: 'EAFNOSUPPORT',
        });
      }
      expect(reached()).toEqual(before);
    });
  });

  describe('what a granted name resolves to', () => {
    test.each([
      ['private', 'address-special'],
      ['private6', 'address-special'],
      ['metadata', 'address-special'],
      ['metadata6', 'address-special'],
      ['shared', 'address-special'],
      ['mixed', 'address-not-listed'],
    ])('W10, NW-03, NW-04, NW-05: %s.example.test is not dialled', async (name, reason) => {
      const host = `${name}.example.test`;
      const before = reached();
      expect(await inside(transparent(), knock(host, site.port, [await firstFlight(host)]))).toEqual({
        text: '',
        error: 'ECONNRESET',
      });
      const forbidden = await inside(
        proxied(),
        knock(PROXY.host, PROXY.port, [connect(`${host}:${site.port}`)]),
      );
      expect(forbidden.text).toMatch(/^HTTP\/1\.1 403 /);
      expect(reached()).toEqual(before);
      for (const server of servers.values())
        expect(told(server)).toContainEqual({ host, verdict: 'denied', reason });
    });
  });

  describe('another name inside TLS', () => {
    const FLIGHTS: ReadonlyArray<readonly [string, () => readonly Buffer[], string]> = [
      ['the name of another host', () => [flight(OTHER)], 'tls-other-name'],
      ['another host in records of seven bytes', () => inRecords(flight(OTHER), 7), 'tls-other-name'],
      ['no name', () => [flight('')], 'tls-no-name'],
      ['an encrypted hello beside the granted name', () => [withEncryptedHello(flight(HOST))], 'tls-ech'],
      ['bytes that mean nothing', () => [Buffer.alloc(600, 0xa5)], 'not-tls'],
      ['a request without TLS', () => [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')], 'not-tls'],
    ];

    test.each(FLIGHTS)('W09, NW-10: %s', async (_what, parts, reason) => {
      const given = parts();
      const size = given.reduce((sum, part) => sum + part.length, 0);
      const before = site.bytes();
      const control = await outside<Knocked>(knock('127.0.0.1', site.port, given, 1));
      expect(site.bytes() - before, 'arrived, outside').toBe(size);
      // Even the encrypted hello is one that servers answer.
      if (reason.startsWith('tls')) expect(control.text.charCodeAt(0)).toBe(22);

      const arrived = site.bytes();
      expect((await inside(transparent(), knock(HOST, site.port, given))).text).toBe('');
      const answer = await inside(
        proxied(),
        knock(PROXY.host, PROXY.port, [connect(`${HOST}:${site.port}`), ...given]),
      );
      expect(answer.text).toBe(TUNNEL);
      expect(site.bytes(), 'arrived, inside').toBe(arrived);
      for (const server of servers.values())
        expect(told(server)).toContainEqual({ host: HOST, verdict: 'denied', reason });
    });

    test('W09: the granted name passes, also in pieces', async () => {
      for (const parts of [[flight(HOST)], inRecords(flight(HOST), 50)]) {
        expect((await inside(transparent(), knock(HOST, site.port, parts, 1))).text.charCodeAt(0)).toBe(22);
        const through = [connect(`${HOST}:${site.port}`), ...parts];
        const { text } = await inside(proxied(), knock(PROXY.host, PROXY.port, through, TUNNEL.length + 1));
        expect(text.split('\r\n\r\n')[1]?.charCodeAt(0)).toBe(22);
      }
    });
  });

  describe('what the proxy way is asked for', () => {
    const ask = async (request: string) => {
      const { text } = await inside(proxied(), knock(PROXY.host, PROXY.port, [request, flight(HOST)]));
      return Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
    };
    const REFUSED: ReadonlyArray<
      readonly [row: string, authority: (port: number) => string, status: number]
    > = [
      ['W05', (port) => `${OTHER}:${port}`, 403],
      ['W05, NW-10', () => `${HOST}:22`, 403],
      ['W05, NW-10', () => `${HOST}:25`, 403],
      ['W04, NW-03', () => '169.254.169.254:80', 403],
      ['W04, NW-03', () => '[fd00:ec2::254]:80', 403],
      ['W04, NW-03', () => '100.100.100.200:80', 403],
      ['W04, NW-03', () => 'metadata.google.internal:80', 403],
      ['W07, NW-04', (port) => `127.0.0.1:${port}`, 403],
      ['W07, NW-04', (port) => `127.1:${port}`, 403],
      ['W07, NW-04', (port) => `2130706433:${port}`, 403],
      ['W07, NW-04', (port) => `0x7f000001:${port}`, 403],
      ['W07, NW-04', (port) => `0177.0.0.1:${port}`, 403],
      ['W07, NW-04', (port) => `0:${port}`, 403],
      ['W07, NW-04', (port) => `[::1]:${port}`, 403],
      ['W07, NW-04', (port) => `[::ffff:127.0.0.1]:${port}`, 403],
      ['W07, NW-04', (port) => `[::ffff:7f00:1]:${port}`, 403],
      ['W07, NW-04', (port) => `localhost:${port}`, 403],
      ['W08, NW-11', (port) => `evil-${HOST}:${port}`, 403],
      ['W08, NW-11', (port) => `${HOST}.evil.test:${port}`, 403],
      ['W08, NW-11', (port) => `xn--${HOST}:${port}`, 403],
      ['W08, NW-11', (port) => `wild.example.test:${port}`, 403],
      ['W08, NW-11', (port) => `evilwild.example.test:${port}`, 403],
      ['W08, NW-11', (port) => `*.wild.example.test:${port}`, 400],
      ['W08, NW-11', (port) => `${HOST}..:${port}`, 403],
      ['W08, NW-10', (port) => `user@${HOST}:${port}`, 400],
      ['W08, NW-10', (port) => `${HOST}:${port}@evil.test:${port}`, 400],
      ['W08', (port) => `${HOST}%00.evil.test:${port}`, 400],
      ['W08', (port) => `${HOST}\0.evil.test:${port}`, 400],
      ['W08', (port) => `\u0430pi.example.test:${port}`, 400],
      ['NW-10', (port) => `${HOST}:0${port}`, 400],
      ['NW-10', (port) => `${HOST}:${port + 65536}`, 400],
    ];

    test.each(REFUSED)('%s: refused (%#)', async (_row, authority, status) => {
      const request = connect(authority(site.port));
      const control = await outside<Knocked>(
        knock('127.0.0.1', permissive.port, [request, flight(HOST)], OPEN.length + 1),
      );
      expect(control.text).toContain(`${OPEN}\x16`);
      const before = reached();
      expect(await ask(request)).toBe(status);
      expect(reached()).toEqual(before);
      const last = proxied().egress().at(-1);
      expect(last).toMatchObject({
        verdict: 'denied',
        reason: status === 400 ? 'request-invalid' : expect.stringMatching(/^(?:name|port)-not-granted$/),
      });
    });

    test.each([HOST.toUpperCase(), `${HOST}.`, 'A.wild.Example.test'])(
      'W08: %s is the granted host',
      async (name) => {
        const server = name.toLowerCase().startsWith('a.')
          ? await firstFlight('a.wild.example.test')
          : flight(HOST);
        const { text } = await inside(
          proxied(),
          knock(PROXY.host, PROXY.port, [connect(`${name}:${site.port}`), server], TUNNEL.length + 1),
        );
        expect(text).toContain(`${TUNNEL}\x16`);
      },
    );

    test('W11: one request for each connection, and nothing that two readers could count in two ways', async () => {
      const granted = `${HOST}:${site.port}`;
      const second = connect(`${OTHER}:${site.port}`, 'Connection: keep-alive') + connect(granted);
      const { text } = await inside(proxied(), knock(PROXY.host, PROXY.port, [second]));
      expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
      expect(text).toContain('Connection: close');
      const before = reached();
      for (const [request, status] of [
        [connect(granted, 'Content-Length: 5'), 400],
        [connect(granted, 'Transfer-Encoding: chunked', 'Content-Length: 0'), 400],
        [connect(granted, 'Host: a', ' folded'), 400],
        [connect(granted, 'X: a\nHost: b'), 400],
        [`GET https://${OTHER}:${site.port}/ HTTP/1.1\r\nHost: ${granted}\r\n\r\n`, 405],
        [`GET / HTTP/1.1\r\nHost: ${granted}\r\n\r\n`, 405],
      ] as const)
        expect(await ask(request), request).toBe(status);
      expect(reached()).toEqual(before);
      // Behind a granted request there is the tunnel, in which another one is no TLS.
      const arrived = site.bytes();
      const tunnel = connect(granted) + connect(`${OTHER}:${site.port}`) + connect(granted);
      expect((await inside(proxied(), knock(PROXY.host, PROXY.port, [tunnel]))).text).toBe(TUNNEL);
      expect(site.bytes()).toBe(arrived);
    });
  });

  test('NW-12: a redirect to another host is a connection to another host', async () => {
    const target = `https://${HOST}:${site.port}/to/${OTHER}:${site.port}`;
    const control = await new Promise<number | undefined>((resolve, reject) => {
      https
        .get(
          {
            host: '127.0.0.1',
            port: site.port,
            path: '/there',
            servername: OTHER,
            ca: fs.readFileSync(caFile),
          },
          (response) => resolve(response.resume().statusCode),
        )
        .on('error', reject);
    });
    expect(control).toBe(200);
    const followed = await transparent().evaluate(`return (await fetch('${target}')).text()`);
    expect(followed).toMatchObject({ error: 'ENOTFOUND' });
    const { stdout, stderr } = await proxied().start(['/usr/bin/curl', '-sSL', target]);
    expect(stdout).toBe('');
    expect(stderr).toContain('403');
    expect(told(transparent())).toContainEqual({
      host: OTHER,
      verdict: 'denied',
      reason: 'name-not-granted',
    });
  });

  test('NW-14: what is sent through a granted host is told of with its bytes', async () => {
    const { error } = await inside(
      transparent(),
      knock(HOST, greets.port, ['x'.repeat(5000)], GREETING.length),
    );
    expect(error).toBe('');
    await expect
      .poll(() => transparent().egress())
      .toContainEqual(
        expect.objectContaining({
          host: HOST,
          port: greets.port,
          verdict: 'allowed',
          address: '127.0.0.1',
          bytesToHost: 5000,
          bytesToServer: GREETING.length,
        }),
      );
  });

  describe('the ports themselves', () => {
    test('W15: a server has no power over its network', async () => {
      const own = ['--user', '--map-root-user', '--net', '--', probe, 'network', 'outside'];
      const [file = '', ...args] = column.as(['/usr/bin/unshare', ...own]);
      const control = spawnSync(file, args, { encoding: 'utf8' });
      const { outcomes } = JSON.parse(control.stdout) as { outcomes: Outcomes };
      expect(Object.entries(outcomes).filter(([, word]) => word !== 'OK')).toEqual([]);
      for (const server of servers.values()) {
        const refused = Object.entries(await probed(server, 'network'));
        expect(refused).toHaveLength(Object.keys(outcomes).length);
        expect(refused.filter(([, word]) => !['EPERM', 'EACCES', 'EAFNOSUPPORT'].includes(word))).toEqual([]);
        // Behind two lines of headings there is one for each interface.
        const interfaces = `return (await load('node:fs')).readFileSync('/proc/net/dev', 'utf8').split('\\n').slice(2, -1)`;
        expect(await server.evaluate(interfaces)).toEqual({ ok: [expect.stringMatching(/^\s*lo:/)] });
      }
    });

    test('W15: no port can be taken or shared, and the granted host still answers', async () => {
      const places = ['0.0.0.0', '127.0.0.1', '::'];
      const own = ['--user', '--map-root-user', '--net', '--', probe, 'ports', 'outside', '8443', ...places];
      const [file = '', ...args] = column.as(['/usr/bin/unshare', ...own, '198.18.0.2']);
      const control = spawnSync(file, args, { encoding: 'utf8' });
      const { outcomes } = JSON.parse(control.stdout) as { outcomes: Outcomes };
      expect(Object.values(outcomes).filter((word) => word !== 'OK')).toEqual([]);
      for (const [server, port, taken] of [
        [transparent(), site.port, [...places, '198.18.0.2', '93.184.216.34']],
        [proxied(), PROXY.port, places],
      ] as const) {
        const refused = await probed(server, 'ports', String(port), ...taken);
        const wrong = Object.entries(refused).filter(
          ([attempt, word]) => word !== (attempt.startsWith('tcp') ? 'EADDRINUSE' : 'EACCES'),
        );
        expect(wrong).toEqual([]);
      }
      expect((await inside(transparent(), knock(HOST, greets.port, [], GREETING.length))).text).toBe(
        GREETING,
      );
      const through = knock(
        PROXY.host,
        PROXY.port,
        [connect(`${HOST}:${greets.port}`)],
        TUNNEL.length + GREETING.length,
      );
      expect((await inside(proxied(), through)).text).toBe(TUNNEL + GREETING);
    });

    test('NW-13: a port that the server opens is reached from nowhere else', async () => {
      const listen = `
        const net = await load('node:net');
        globalThis.open = net.createServer((socket) => socket.end('shell'));
        await new Promise((resolve) => globalThis.open.listen(0, '0.0.0.0', resolve));
        return globalThis.open.address().port;`;
      const port = await outside<number>(listen);
      expect((await outside<Knocked>(knock('127.0.0.1', port))).text).toBe('shell');
      for (const server of servers.values()) {
        const opened = await server.evaluate<number>(listen);
        if (!('ok' in opened)) throw new Error(opened.message);
        expect((await outside<Knocked>(knock('127.0.0.1', opened.ok))).text).not.toBe('shell');
        for (const another of servers.values())
          if (another !== server)
            expect((await inside(another, knock('127.0.0.1', opened.ok))).text).not.toBe('shell');
      }
      await outside('globalThis.open.close()');
    });
  });

  test('NW-15: what another profile is granted stays with it', async () => {
    const other = await stage.sandboxed(column, {
      network: [{ host: OTHER, port: site.port, addresses: LOOPBACK }],
      config: { mode: 'transparent', caFile, hosts: { [OTHER]: ['127.0.0.1'], [HOST]: ['127.0.0.1'] } },
    });
    try {
      const fetched = `return (await fetch('https://${OTHER}:${site.port}/x')).text()`;
      expect(await other.evaluate(fetched)).toEqual({ ok: `GET /x for ${OTHER}` });
      const before = site.bytes();
      expect(await inside(other, knock(HOST, site.port, [flight(HOST)]))).toMatchObject({
        error: 'ENOTFOUND',
      });
      // The address of a name is that of another name there, or of none.
      const numbers = ['198.18.0.2', '198.18.0.3', '198.18.0.9'];
      for (const address of numbers)
        expect((await inside(other, knock(address, site.port, [flight(HOST)]))).text).toBe('');
      for (const { host, port } of [PROXY, { host: HOST, port: greets.port }])
        expect((await inside(other, knock(host, port))).text).toBe('');
      expect(site.bytes()).toBe(before);
      expect(await transparent().evaluate(fetched)).toMatchObject({ error: 'ENOTFOUND' });
    } finally {
      await other.close();
    }
  });

  test('AN-06, AN-07: names cannot write lines of the log, or anything that steers a terminal', async () => {
    const labels = ['\u001b[2J', 'a\r\n{"event":"started"}', '\u009b31m', '\u202e', 'x'.repeat(63)];
    const asked = await transparent().evaluate(`
      const socket = (await load('node:dgram')).createSocket('udp4');
      let answers = 0;
      socket.on('message', () => (answers += 1));
      for (const label of ${JSON.stringify(labels)}) {
        const bytes = Buffer.from(label);
        const name = Buffer.concat([Buffer.from([bytes.length]), bytes, Buffer.from('\\x04evil\\x04test\\0')]);
        socket.send(Buffer.concat([Buffer.from('000101000001000000000000', 'hex'), name, Buffer.from([0, 1, 0, 1])]), 53, '127.0.0.1');
      }
      socket.send(Buffer.from('GET / HTTP/1.1\\r\\n\\r\\n'), 53, '127.0.0.1');
      await new Promise((resolve) => setTimeout(resolve, 300));
      socket.close();
      return answers;`);
    expect(asked).toEqual({ ok: labels.length + 1 });
    const log = transparent().log();
    // oxlint-disable-next-line no-control-regex
    expect(log).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    const hosts = transparent()
      .egress()
      .map(({ host }) => host);
    expect(hosts).toContain('\\x1b[2j.evil.test');
    expect(hosts).toContain('a\\r\\n{"event":"started"}.evil.test');
    expect(log.split('\n').filter((line) => line.includes('"event":"started"'))).toHaveLength(1);
  });
});
