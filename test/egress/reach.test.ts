// P3: a server reaches the hosts that its profile grants, in both ways, and nothing else; it needs to know nothing of it.
import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns } from '../escape/columns.ts';
import { type Authority, makeAuthority } from './authority.ts';
import { type EgressStage, LOOPBACK, type Sandboxed, setEgressStage } from './sandboxed.ts';

const HOST = 'api.example.test';
let stage: EgressStage;
let authority: Authority;
let far: https.Server;
let port: number;

beforeAll(async () => {
  stage = setEgressStage();
  authority = makeAuthority(stage.folder);
  far = https.createServer(authority.issue(HOST, '*.wild.example.test'), (request, response) => {
    response.end(`${request.method} ${request.url} for ${request.headers.host?.split(':')[0]}`);
  });
  far.listen(0, '127.0.0.1');
  await once(far, 'listening');
  port = (far.address() as AddressInfo).port;
});

afterAll(() => {
  far.close();
  far.closeAllConnections();
  stage.remove();
});

describe.each(columns())('P3 $name', (column) => {
  const config = (mode: 'transparent' | 'proxy') => ({
    mode,
    caFile: authority.file,
    hosts: {
      [HOST]: ['127.0.0.1'],
      'a.wild.example.test': ['127.0.0.1'],
      'private.example.test': ['127.0.0.1'],
    },
  });
  const network = () => [
    { host: HOST, port, addresses: LOOPBACK },
    { host: '*.wild.example.test', port, addresses: LOOPBACK },
    { host: 'private.example.test', port },
  ];
  const fetchText = (host: string): string => `return (await fetch('https://${host}:${port}/x')).text()`;

  describe('transparent', () => {
    let server: Sandboxed;
    beforeAll(async () => {
      server = await stage.sandboxed(column, { network: network(), config: config('transparent') });
    });
    afterAll(() => server.close());

    test('a granted host answers', async () => {
      expect(await server.evaluate(fetchText(HOST))).toEqual({ ok: `GET /x for ${HOST}` });
      expect(await server.evaluate(fetchText('a.wild.example.test'))).toEqual({
        ok: 'GET /x for a.wild.example.test',
      });
    });

    test('no proxy variable and no socket is there, names resolve to addresses of ours', async () => {
      const names = await server.evaluate<readonly string[]>(
        `return Object.keys(process.env).filter((name) => /proxy/i.test(name))`,
      );
      expect(names).toEqual({ ok: [] });
      const resolved = await server.evaluate(
        `return (await load('node:dns')).promises.lookup('${HOST}', { all: true })`,
      );
      expect(resolved).toEqual({ ok: [{ address: expect.stringMatching(/^198\.18\./), family: 4 }] });
    });

    test('what is not granted does not exist, and is told', async () => {
      expect(await server.evaluate(fetchText('other.example.test'))).toMatchObject({ error: 'ENOTFOUND' });
      expect(await server.evaluate(fetchText('wild.example.test'))).toMatchObject({ error: 'ENOTFOUND' });
      expect(await server.evaluate(fetchText('private.example.test'))).toMatchObject({ error: 'ECONNRESET' });
      const told = server.egress().map(({ host, verdict, reason }) => ({ host, verdict, reason }));
      expect(told).toContainEqual({
        host: 'other.example.test',
        verdict: 'denied',
        reason: 'name-not-granted',
      });
      expect(told).toContainEqual({
        host: 'private.example.test',
        verdict: 'denied',
        reason: 'address-special',
      });
    });
  });

  describe('the proxy way', () => {
    let server: Sandboxed;
    beforeAll(async () => {
      server = await stage.sandboxed(column, { network: network(), config: config('proxy') });
    });
    afterAll(() => server.close());

    test('NW-17: a program that knows proxies reaches a granted host, and is forbidden others', async () => {
      const granted = await server.start(['/usr/bin/curl', '-sS', `https://${HOST}:${port}/x`]);
      expect(granted).toMatchObject({ code: 0, stdout: `GET /x for ${HOST}` });
      const other = await server.start(['/usr/bin/curl', '-sS', `https://other.example.test:${port}/x`]);
      expect(other.stderr).toContain('403');
      expect(server.egress()).toContainEqual(
        expect.objectContaining({
          host: 'other.example.test',
          verdict: 'denied',
          reason: 'name-not-granted',
        }),
      );
    });

    test('NW-09, NW-17: a program that knows none reaches nothing', async () => {
      const direct = await server.start([
        '/usr/bin/curl',
        '-sS',
        '--noproxy',
        '*',
        `https://${HOST}:${port}/x`,
      ]);
      expect(direct.code).not.toBe(0);
    });
  });
});
