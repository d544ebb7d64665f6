import http from 'node:http';
import type { AddressInfo } from 'node:net';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publicationsOf } from '../../../src/review/collect-publications.ts';
import { packageFact } from './fixture.ts';

const cache = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-publications-'));
const asked: string[] = [];
const server = http.createServer(({ url = '' }, response) => {
  asked.push(decodeURIComponent(url));
  if (url === '/gone') return response.writeHead(404).end();
  const name = decodeURIComponent(url.slice(1));
  const dist = {
    tarball: 'http://127.0.0.1:9/x.tgz',
    attestations: { url: 'x', provenance: { predicateType: 'https://slsa.dev/provenance/v1' } },
  };
  const versions = {
    '1.0.0': { name, version: '1.0.0', dist, _npmUser: { name: 'ada\u001b[2J', email: 'x' } },
    '0.9.0': { name, version: '0.9.0', dist: {}, deprecated: 'use 1.0.0' },
  };
  const time = { '1.0.0': '2026-09-01T01:08:17.648000+02:00', '0.9.0': 'yesterday' };
  return response.end(JSON.stringify({ name, versions, time, 'dist-tags': {} }));
});
let registry: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.close();
  fs.rmSync(cache, { recursive: true, force: true });
});

const from = (where: string) => () => Promise.resolve({ registry: where, cache });

it('says what the registry says, and of what it does not say that it is not known', async () => {
  const found = await publicationsOf(
    [
      packageFact('@scope/one'),
      packageFact('two', { version: '0.9.0' }),
      packageFact('two', { version: '7.0.0' }),
    ],
    from(registry),
  );
  expect(found).toEqual([
    {
      name: '@scope/one',
      version: '1.0.0',
      published: '2026-08-31T23:08:17Z',
      by: 'ada\u001b[2J',
      provenance: 'https://slsa.dev/provenance/v1',
      deprecated: null,
    },
    { name: 'two', version: '0.9.0', published: null, by: null, provenance: null, deprecated: 'use 1.0.0' },
  ]);
  expect(asked).toContain('/@scope/one');
});

it('a registry that does not know, or is not there, is no reason to fail or to wait', async () => {
  expect(await publicationsOf([packageFact('gone')], from(registry))).toEqual([]);
  const begun = performance.now();
  expect(await publicationsOf([packageFact('a'), packageFact('b')], from('http://127.0.0.1:9/'))).toEqual([]);
  expect(performance.now() - begun).toBeLessThan(4000);
});
