// P3: in a company that has an HTTP proxy, public names go through it, with the credentials that the configuration names.
// What the client's environment says of proxies counts for nothing.
import { once } from 'node:events';
import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns } from '../escape/columns.ts';
import { until } from '../fixtures/launcher.ts';
import { type Authority, makeAuthority } from './authority.ts';
import { CONNECT, WAYS } from './connect.ts';
import { type FarEnd, httpsFarEnd, plainFarEnd } from './far-ends.ts';
import { type EgressStage, LOOPBACK, type Sandboxed, setEgressStage } from './sandboxed.ts';

/** Resolves nowhere: only the proxy knows where it is. */
const PUBLIC = 'public.invalid';
const STATIC = 'static.example.test';
const CREDENTIALS = 'someone:a passphrase: with ü';
const [column] = columns().toReversed();

interface Proxy extends FarEnd {
  /** Every request, as `CONNECT host:port` and its credentials decoded. */
  readonly requests: string[];
}

/** Asks for credentials, and leads every name to this machine. */
async function companyProxy(): Promise<Proxy> {
  const requests: string[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.once('data', (head: Buffer) => {
      const [line = '', ...headers] = head.toString('latin1').split('\r\n');
      const [, encoded = ''] = /^proxy-authorization: basic (.*)$/im.exec(headers.join('\n')) ?? [];
      const credentials = Buffer.from(encoded, 'base64').toString();
      const [, host = '', port = ''] = /^CONNECT (.*):(\d+) HTTP\/1\.1$/.exec(line) ?? [];
      requests.push(`${host}:${port} by ${credentials}`);
      if (credentials !== CREDENTIALS)
        return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      const far = net.connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
      sockets.add(far);
      far.on('error', () => socket.destroy()).on('close', () => sockets.delete(far));
      socket.write('HTTP/1.1 200 OK\r\nVia: the company\r\n\r\n');
      socket.pipe(far);
      far.pipe(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    requests,
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

let stage: EgressStage;
let authority: Authority;
let far: FarEnd;
let proxy: Proxy;
/** Where the client's own variables lead. */
let other: Proxy;

beforeAll(async () => {
  stage = setEgressStage();
  authority = makeAuthority(stage.folder);
  far = await httpsFarEnd(authority.issue(PUBLIC, STATIC));
  [proxy, other] = await Promise.all([companyProxy(), companyProxy()]);
});

afterAll(async () => {
  await Promise.all([far.close(), proxy.close(), other.close()]);
  stage.remove();
});

async function startServer(mode: string, credentials: string): Promise<Sandboxed> {
  if (column === undefined) throw new Error('no user to start as');
  const credentialsFile = path.join(stage.folder, `credentials-${mode}-${credentials.length}`);
  fs.writeFileSync(credentialsFile, `${credentials}\n`, { mode: 0o600 });
  fs.chownSync(credentialsFile, column.uid, column.gid);
  const elsewhere = `http://${encodeURIComponent('someone')}:x@127.0.0.1:${other.port}`;
  const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
  return stage.sandboxed(column, {
    network: [
      { host: PUBLIC, port: far.port },
      { host: STATIC, port: far.port, addresses: LOOPBACK },
    ],
    config: {
      mode,
      caFile: authority.file,
      hosts: { [STATIC]: ['127.0.0.1'] },
      proxy: { url: `http://127.0.0.1:${proxy.port}`, credentialsFile },
    },
    environment: {
      ...Object.fromEntries(variables.map((name) => [name, elsewhere])),
      NODE_USE_ENV_PROXY: '1',
      NO_PROXY: '*',
    },
  });
}

describe.each(WAYS)('P3 %s', (mode) => {
  let server: Sandboxed;
  beforeAll(async () => {
    server = await startServer(mode, CREDENTIALS);
  });
  afterAll(() => server.close());

  const curl = (host: string): Promise<{ readonly code: number | null; readonly stdout: string }> =>
    server.start(['/usr/bin/curl', '-sS', '--http1.1', `https://${host}:${far.port}/x`]);

  test('a public name goes through the proxy, with the credentials of the file', async () => {
    expect(await curl(PUBLIC)).toMatchObject({ code: 0, stdout: `GET /x for ${PUBLIC} over 1.1` });
    expect(proxy.requests).toEqual([`${PUBLIC}:${far.port} by ${CREDENTIALS}`]);
    // A connection is told of at its end, which the program need not wait for.
    const told = () => server.egress().find(({ host }) => host === PUBLIC);
    await expect.poll(told).toMatchObject({ verdict: 'allowed', port: far.port });
    expect(told()).not.toHaveProperty('address');
  });

  test('a static name and one with addresses do not', async () => {
    expect(await curl(STATIC)).toMatchObject({ code: 0, stdout: `GET /x for ${STATIC} over 1.1` });
    expect(proxy.requests).toHaveLength(1);
    proxy.requests.length = 0;
  });

  test('the proxy of the client is asked nothing, and its credentials are nowhere inside', async () => {
    expect(other.requests).toEqual([]);
    const environment = await server.evaluate<string>('return JSON.stringify(process.env)');
    expect(environment).toEqual({ ok: expect.not.stringContaining(String(other.port)) });
    expect(environment).toEqual({ ok: expect.not.stringContaining('passphrase') });
  });
});

test.each(WAYS)('P3 %s: a proxy that refuses is an error within a second', async (mode) => {
  const server = await startServer(mode, 'someone:else');
  const begun = performance.now();
  const { code } = await server.start(['/usr/bin/curl', '-sS', `https://${PUBLIC}:${far.port}/x`]);
  expect(code).not.toBe(0);
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(server.egress()).toContainEqual(
    expect.objectContaining({ host: PUBLIC, verdict: 'failed', reason: 'proxy-unauthorized' }),
  );
  await server.close();
});

test.each(WAYS)(
  'P3 %s: a server that ends while the proxy says nothing has ended, and is told of',
  async (mode) => {
    if (column === undefined) throw new Error('no user to start as');
    const silent = await plainFarEnd();
    const server = await stage.sandboxed(column, {
      network: [{ host: PUBLIC, port: 443, protocol: 'tcp' }],
      config: { mode, proxy: { url: `http://127.0.0.1:${silent.port}` } },
    });
    await server.evaluate(`${CONNECT[mode]} void connect('${PUBLIC}', 443)`);
    await until(() => silent.connections() > 0, 2000, 'a connection to the proxy');
    const ended = await server.launcher.call('run', { code: 'process.exit(3)' });
    expect(ended).toMatchObject({ error: { data: { reason: 'SERVER_ENDED' } } });
    await server.close();
    expect(server.egress()).toMatchObject([{ host: PUBLIC, port: 443, verdict: 'failed', reason: 'reset' }]);
    await silent.close();
  },
);
