// The broker between real sockets on loopback: a client, as if from the sandbox, and a server of our own.
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { Admission } from '../../../src/egress/admission.ts';
import { Broker } from '../../../src/egress/broker.ts';
import type { EgressEvent } from '../../../src/egress/event.ts';
import type { EgressGrant } from '../../../src/plan/plan.ts';

const HOST = 'api.example.test';
const closers: Array<() => void> = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return (server.address() as net.AddressInfo).port;
}

/** What arrives at the far end, and what it does with it. */
async function farEnd(accept: (socket: net.Socket) => void): Promise<number> {
  return listen(
    net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      closers.push(() => socket.destroy());
      accept(socket);
    }),
  );
}

interface Front {
  readonly port: number;
  readonly events: EgressEvent[];
  readonly close: () => void;
  /** Resolves with so many events. */
  told(count: number): Promise<readonly EgressEvent[]>;
}

interface FrontOptions {
  readonly way?: 'transparent' | 'proxy';
  readonly host?: string | undefined;
  readonly grant?: Partial<EgressGrant>;
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
  readonly admission?: Admission;
  readonly proxy?: {
    readonly host: string;
    readonly port: number;
    readonly authorization: string | undefined;
  };
}

/** A broker behind a listening socket, as inside; connections to it are for `host` at the far end's port. */
async function front(farPort: number, options: FrontOptions = {}): Promise<Front> {
  const events: EgressEvent[] = [];
  let wake = (): void => {};
  const grant: EgressGrant = {
    host: HOST,
    ports: [farPort],
    protocol: 'tcp',
    addresses: ['127.0.0.0/8'],
    ...options.grant,
  };
  const broker = new Broker({
    grants: [grant],
    routes: { hosts: options.hosts ?? { [HOST]: ['127.0.0.1'] }, proxy: options.proxy },
    onEvent: (event) => {
      events.push(event);
      wake();
    },
    ...(options.admission === undefined ? {} : { admission: options.admission }),
  });
  closers.push(() => broker.close());
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    if (options.way === 'proxy') broker.acceptConnect(socket);
    else broker.acceptFor(socket, 'host' in options ? options.host : HOST, farPort, '198.18.0.2');
  });
  const port = await listen(server);
  return {
    port,
    events,
    close: () => broker.close(),
    async told(count) {
      while (events.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return events;
    },
  };
}

/** Everything that came until the end, and how it ended. */
async function exchange(
  port: number,
  send: Buffer | string,
  end = true,
): Promise<{ text: string; error?: string }> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  closers.push(() => socket.destroy());
  let text = '';
  let error: string | undefined;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', (thrown: NodeJS.ErrnoException) => {
    error = thrown.code;
  });
  socket.on('end', () => socket.end());
  if (send.length > 0) socket.write(send);
  if (end) socket.end();
  await new Promise((resolve) => socket.once('close', resolve));
  return { text, ...(error === undefined ? {} : { error }) };
}

const greet = (socket: net.Socket): void => void socket.end('hello');

describe('what is granted is carried', () => {
  test('a server that speaks first', async () => {
    const inside = await front(await farEnd(greet));
    expect(await exchange(inside.port, '')).toEqual({ text: 'hello' });
    expect(await inside.told(1)).toMatchObject([
      { host: HOST, verdict: 'allowed', address: '127.0.0.1', bytesToHost: 0, bytesToServer: 5 },
    ]);
  });

  test('the end of one direction, and then the other goes on', async () => {
    const inside = await front(
      await farEnd((socket) => {
        let bytes = 0;
        socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
        socket.on('end', () => setTimeout(() => socket.end(`got ${bytes}`), 30));
      }),
    );
    expect(await exchange(inside.port, Buffer.alloc(300_000))).toEqual({ text: 'got 300000' });
    expect(await inside.told(1)).toMatchObject([
      { verdict: 'allowed', bytesToHost: 300_000, bytesToServer: 10 },
    ]);
  });

  test('a reset of the far end, as a reset', async () => {
    const inside = await front(await farEnd((socket) => socket.once('data', () => socket.resetAndDestroy())));
    expect(await exchange(inside.port, 'x', false)).toEqual({ text: '', error: 'ECONNRESET' });
    expect(await inside.told(1)).toMatchObject([{ verdict: 'allowed', reason: 'reset' }]);
  });

  test('a reset of the client, as a reset', async () => {
    let ended: unknown;
    const far = await farEnd((socket) => {
      socket.on('error', (error: NodeJS.ErrnoException) => (ended = error.code));
      socket.resume();
    });
    const inside = await front(far);
    const socket = net.connect(inside.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('x');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
    expect(await inside.told(1)).toMatchObject([{ verdict: 'allowed', reason: 'reset' }]);
    expect(ended).toBe('ECONNRESET');
  });

  test('back-pressure: what a far end does not read is not read from the client either', async () => {
    let far: net.Socket | undefined;
    const inside = await front(
      await farEnd((socket) => {
        socket.pause();
        far = socket;
      }),
    );
    const socket = net.connect(inside.port, '127.0.0.1');
    closers.push(() => socket.destroy());
    let written = 0;
    const chunk = Buffer.alloc(64 * 1024);
    while (written < 64 * 1024 * 1024) {
      written += chunk.length;
      if (socket.write(chunk)) continue;
      const drained = once(socket, 'drain').then(() => true);
      if (!(await Promise.race([drained, new Promise<false>((resolve) => setTimeout(resolve, 300, false))])))
        break;
    }
    expect(written).toBeLessThan(32 * 1024 * 1024);
    let received = 0;
    far?.on('data', (data: Buffer) => (received += data.length));
    far?.resume();
    far?.on('end', () => far?.end());
    socket.end();
    await inside.told(1);
    expect(received).toBe(written);
  });
});

test('what cannot even be tried, as without descriptors, is an error of the connection alone', async () => {
  // A port that there is not: asked for it, connect() throws, as it all does then.
  const inside = await front(65536);
  expect(await exchange(inside.port, '', false)).toMatchObject({ error: 'ECONNRESET' });
  expect(await inside.told(1)).toMatchObject([{ verdict: 'failed', reason: 'connect-failed' }]);
});

describe('what is not granted is reset at once', () => {
  test.each([
    ['an address that stands for nothing', { host: undefined }, 'address-unknown'],
    ['another host', { host: 'other.example.test' }, 'port-not-granted'],
    ['another port', { grant: { ports: [1] } }, 'port-not-granted'],
    ['NW-05: a private address', { grant: { addresses: [] } }, 'address-special'],
    ['an address that is not listed', { grant: { addresses: ['10.0.0.0/8'] } }, 'address-not-listed'],
    [
      'NW-05: one bad address among good ones',
      { hosts: { [HOST]: ['127.0.0.1', '10.0.0.1'] } },
      'address-not-listed',
    ],
  ] as const)('%s', async (_what, options, reason) => {
    let reached = false;
    const far = await farEnd((socket) => {
      reached = true;
      greet(socket);
    });
    const inside = await front(far, options);
    expect(await exchange(inside.port, '', false)).toEqual({ text: '', error: 'ECONNRESET' });
    expect(await inside.told(1)).toMatchObject([
      { verdict: 'denied', reason, bytesToHost: 0, bytesToServer: 0 },
    ]);
    expect(reached).toBe(false);
  });

  test('a name that does not resolve fails', async () => {
    const inside = await front(await farEnd(greet), { hosts: { [HOST]: [] } });
    expect(await exchange(inside.port, '', false)).toMatchObject({ error: 'ECONNRESET' });
    expect(await inside.told(1)).toMatchObject([{ verdict: 'failed', reason: 'resolve-failed' }]);
  });

  test('a far end that refuses fails', async () => {
    const inside = await front(1, {});
    expect(await exchange(inside.port, '', false)).toMatchObject({ error: 'ECONNRESET' });
    expect(await inside.told(1)).toMatchObject([{ verdict: 'failed', reason: 'connect-failed' }]);
  });
});

/** The first flight of a TLS client for `servername`. */
async function hello(servername: string | undefined): Promise<Buffer> {
  const catcher = net.createServer();
  const port = await listen(catcher);
  const client = tls.connect({
    port,
    host: '127.0.0.1',
    ...(servername === undefined ? {} : { servername }),
  });
  client.on('error', () => {});
  const [socket] = (await once(catcher, 'connection')) as [net.Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return bytes;
}

describe('TLS', () => {
  const grant = { protocol: 'tls' } as const;

  test('NW-10: the very bytes of the client reach the far end when the name is the granted one', async () => {
    const bytes = await hello(HOST);
    let received = Buffer.alloc(0);
    const inside = await front(
      await farEnd((socket) => {
        socket.on('data', (chunk: Buffer) => (received = Buffer.concat([received, chunk])));
        socket.on('end', () => socket.end());
      }),
      { grant },
    );
    await exchange(inside.port, Buffer.concat([bytes, Buffer.from('more')]));
    await inside.told(1);
    expect(received.equals(Buffer.concat([bytes, Buffer.from('more')]))).toBe(true);
  });

  test.each([
    ['another name', 'evil.example.test', 'tls-other-name'],
    ['no name', undefined, 'tls-no-name'],
  ])('W09: %s: no byte reaches the far end', async (_what, name, reason) => {
    let reached = false;
    const inside = await front(await farEnd(() => (reached = true)), { grant });
    expect(await exchange(inside.port, await hello(name), false)).toEqual({ text: '', error: 'ECONNRESET' });
    expect(await inside.told(1)).toMatchObject([{ verdict: 'denied', reason }]);
    expect(reached).toBe(false);
  });

  test('W09: a hello that comes byte by byte is waited for', async () => {
    const bytes = await hello(HOST);
    const inside = await front(await farEnd((socket) => socket.once('data', () => socket.end('yes'))), {
      grant,
    });
    const socket = net.connect({ port: inside.port, host: '127.0.0.1', noDelay: true });
    for (const byte of bytes) {
      socket.write(Buffer.of(byte));
      if (byte % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toBe('yes');
  });

  test('who says nothing is let go after five seconds', async () => {
    const inside = await front(await farEnd(greet), { grant });
    const begun = performance.now();
    expect(await exchange(inside.port, '', false)).toMatchObject({ error: 'ECONNRESET' });
    expect(performance.now() - begun).toBeLessThan(6500);
    expect(await inside.told(1)).toMatchObject([{ reason: 'handshake-timeout' }]);
  }, 10_000);
});

describe('the proxy way', () => {
  const way = 'proxy';

  test('CONNECT, and then bytes both ways', async () => {
    const far = await farEnd((socket) =>
      socket.on('data', (chunk: Buffer) => socket.end(`echo ${chunk.toString()}`)),
    );
    const inside = await front(far, { way });
    const { text } = await exchange(
      inside.port,
      `CONNECT ${HOST}:${far} HTTP/1.1\r\nHost: x\r\n\r\nping`,
      false,
    );
    expect(text).toBe('HTTP/1.1 200 Connection established\r\n\r\necho ping');
  });

  test.each([
    ['W05: another host', 'other.example.test', 'name-not-granted'],
    ['W07: a number', '127.0.0.1', 'name-not-granted'],
    ['W07: a number in another spelling', '2130706433', 'name-not-granted'],
    ['W08: a name that ends alike', `evil-${HOST}`, 'name-not-granted'],
  ])('%s is forbidden', async (_what, host, reason) => {
    let reached = false;
    const far = await farEnd(() => (reached = true));
    const inside = await front(far, { way });
    const { text } = await exchange(inside.port, `CONNECT ${host}:${far} HTTP/1.1\r\n\r\n`, false);
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(await inside.told(1)).toMatchObject([{ host, verdict: 'denied', reason }]);
    expect(reached).toBe(false);
  });

  test('another port of a granted host is forbidden', async () => {
    const inside = await front(await farEnd(greet), { way });
    const { text } = await exchange(inside.port, `CONNECT ${HOST}:22 HTTP/1.1\r\n\r\n`, false);
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(await inside.told(1)).toMatchObject([{ host: HOST, port: 22, reason: 'port-not-granted' }]);
  });

  test('W11: a second request for another host is bytes to the first', async () => {
    const received: string[] = [];
    const far = await farEnd((socket) => {
      socket.on('data', (chunk: Buffer) => received.push(chunk.toString()));
      socket.on('end', () => socket.end());
    });
    const inside = await front(far, { way });
    const second = 'CONNECT other.example.test:443 HTTP/1.1\r\n\r\n';
    await exchange(inside.port, `CONNECT ${HOST}:${far} HTTP/1.1\r\n\r\n${second}`);
    await inside.told(1);
    expect(received.join('')).toBe(second);
    expect(inside.events).toHaveLength(1);
  });

  test('W09: TLS for another name: no byte reaches the far end', async () => {
    let bytes = 0;
    const far = await farEnd((socket) => socket.on('data', (chunk: Buffer) => (bytes += chunk.length)));
    const inside = await front(far, { way, grant: { protocol: 'tls' } });
    const request = Buffer.from(`CONNECT ${HOST}:${far} HTTP/1.1\r\n\r\n`);
    const sent = Buffer.concat([request, await hello('evil.example.test')]);
    expect((await exchange(inside.port, sent, false)).text).toBe(
      'HTTP/1.1 200 Connection established\r\n\r\n',
    );
    expect(await inside.told(1)).toMatchObject([
      { verdict: 'denied', reason: 'tls-other-name', bytesToHost: 0 },
    ]);
    expect(bytes).toBe(0);
  });
});

describe("the company's proxy", () => {
  /** A real CONNECT proxy that demands credentials. */
  async function companyProxy(
    answer: (line: string) => string,
  ): Promise<{ port: number; requests: string[] }> {
    const requests: string[] = [];
    const port = await farEnd((socket) => {
      socket.once('data', (request: Buffer) => {
        requests.push(request.toString('latin1'));
        socket.write(answer(request.toString('latin1').split('\r\n')[0] ?? ''));
        socket.on('data', (chunk: Buffer) => socket.end(`via ${chunk.toString()}`));
      });
    });
    return { port, requests };
  }
  const grant = { addresses: [] };

  test('dials by name, with credentials', async () => {
    const { port, requests } = await companyProxy(() => 'HTTP/1.1 200 OK\r\nX: y\r\n\r\n');
    const proxy = { host: '127.0.0.1', port, authorization: 'Basic dTpw' };
    const inside = await front(443, { grant, hosts: {}, proxy });
    expect(await exchange(inside.port, 'ping', false)).toEqual({ text: 'via ping' });
    expect(requests).toEqual([
      `CONNECT ${HOST}:443 HTTP/1.1\r\nHost: ${HOST}:443\r\nProxy-Authorization: Basic dTpw\r\n\r\n`,
    ]);
    const [event] = await inside.told(1);
    expect(event).toMatchObject({ verdict: 'allowed' });
    expect(event?.address).toBeUndefined();
  });

  test.each([
    ['HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 'proxy-unauthorized'],
    ['HTTP/1.1 403\r\n\r\n', 'proxy-refused'],
    ['HTTP/1.0 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nno\n', 'proxy-refused'],
    ['SSH-2.0-OpenSSH_9.2\r\n\r\n', 'proxy-broken'],
    ['HTTP/1.1 2000 OK\r\n\r\n', 'proxy-broken'],
    ['x'.repeat(16 * 1024 + 1), 'proxy-broken'],
  ])('its refusal is a reset, and the reason is told of: %j', async (said, reason) => {
    const { port } = await companyProxy(() => said);
    const inside = await front(443, {
      grant,
      hosts: {},
      proxy: { host: '127.0.0.1', port, authorization: undefined },
    });
    expect(await exchange(inside.port, 'ping', false)).toMatchObject({ error: 'ECONNRESET' });
    expect(await inside.told(1)).toMatchObject([{ verdict: 'failed', reason }]);
  });

  test('is not asked for what is granted by number', async () => {
    const { port, requests } = await companyProxy(() => 'HTTP/1.1 200 OK\r\n\r\n');
    const proxy = { host: '127.0.0.1', port, authorization: undefined };
    const inside = await front(await farEnd(greet), {
      proxy,
      hosts: {},
      host: '127.0.0.1',
      grant: { host: '127.0.0.1' },
    });
    expect(await exchange(inside.port, '')).toEqual({ text: 'hello' });
    expect(requests).toEqual([]);
  });
});

test.each(['transparent', 'proxy'] as const)(
  '%s: what is open when the broker ends is told of at once, and once',
  async (way) => {
    const arrived: string[] = [];
    const far = await farEnd((socket) => {
      socket.write('hello');
      socket.on('data', (chunk) => arrived.push(String(chunk)));
    });
    const inside = await front(far, { way });
    const client = net.connect({ port: inside.port, host: '127.0.0.1' });
    closers.push(() => client.destroy());
    client.on('error', () => {});
    let text = '';
    client.on('data', (chunk) => (text += String(chunk)));
    client.write(way === 'proxy' ? `CONNECT ${HOST}:${far} HTTP/1.1\r\n\r\nx` : 'x');
    await expect.poll(() => text.endsWith('hello') && arrived.join('') === 'x', { timeout: 5000 }).toBe(true);
    inside.close();
    const told = { host: HOST, port: far, verdict: 'allowed', bytesToHost: 1, bytesToServer: 5 };
    expect(inside.events).toMatchObject([told]);
    await expect.poll(() => client.closed).toBe(true);
    expect(inside.events).toHaveLength(1);
  },
);

test.each(['transparent', 'proxy'] as const)(
  '%s: what is not yet carried when the broker ends is told of at once, and once',
  async (way) => {
    let asked = '';
    let refuse = (): void => {};
    const proxy = await farEnd((socket) => {
      socket.on('data', (chunk: Buffer) => (asked += String(chunk)));
      refuse = () => socket.end();
    });
    const inside = await front(443, {
      way,
      grant: { addresses: [] },
      hosts: {},
      proxy: { host: '127.0.0.1', port: proxy, authorization: undefined },
    });
    const client = net.connect({ port: inside.port, host: '127.0.0.1' });
    closers.push(() => client.destroy());
    client.on('error', () => {});
    client.write(way === 'proxy' ? `CONNECT ${HOST}:443 HTTP/1.1\r\n\r\n` : 'x');
    await expect.poll(() => asked.includes(HOST), { timeout: 5000 }).toBe(true);
    inside.close();
    expect(inside.events).toMatchObject([{ host: HOST, port: 443, verdict: 'failed', reason: 'reset' }]);
    refuse();
    await expect.poll(() => client.closed).toBe(true);
    expect(inside.events).toHaveLength(1);
  },
);

test('the proxy way: a far end that breaks off before the client speaks ends nothing but its connection', async () => {
  const far = await farEnd((socket) => setTimeout(() => socket.resetAndDestroy(), 20));
  const inside = await front(far, { way: 'proxy', grant: { protocol: 'tls' } });
  const { text } = await exchange(inside.port, `CONNECT ${HOST}:${far} HTTP/1.1\r\n\r\n`, false);
  expect(text).toContain('200');
  expect(await inside.told(1)).toHaveLength(1);
}, 10_000);

describe('NW-16: many at once', () => {
  test('those above the limit wait for their turn, and all are carried', async () => {
    const admission = new Admission({ active: 8, waiting: 100, waitMs: 5000 });
    let now = 0;
    let most = 0;
    const far = await farEnd((socket) => {
      now += 1;
      most = Math.max(most, now);
      socket.once('close', () => (now -= 1));
      setTimeout(() => socket.end('x'), 5);
    });
    const inside = await front(far, { admission });
    const answers = await Promise.all(Array.from({ length: 60 }, () => exchange(inside.port, '')));
    expect(answers.every(({ text }) => text === 'x')).toBe(true);
    expect(most).toBeLessThanOrEqual(8);
  });

  test('a refused client that does not go keeps its place, for a second', async () => {
    const admission = new Admission({ active: 2, waiting: 0, waitMs: 100 });
    const inside = await front(await farEnd(greet), { way: 'proxy', admission });
    const request = 'GET / HTTP/1.1\r\n\r\n';
    for (let count = 0; count < 2; count += 1) {
      const stays = net.connect({ port: inside.port, host: '127.0.0.1', allowHalfOpen: true });
      closers.push(() => stays.destroy());
      stays.on('error', () => {}).write(request);
      await once(stays, 'data');
    }
    await exchange(inside.port, request);
    expect(await inside.told(3)).toMatchObject([
      { reason: 'request-invalid' },
      { reason: 'request-invalid' },
      { reason: 'too-many-connections' },
    ]);
    await expect
      .poll(async () => (await exchange(inside.port, request)).text, { timeout: 3000 })
      .toContain('405');
    // Those that go leave at once.
    for (let count = 0; count < 8; count += 1)
      expect((await exchange(inside.port, request)).text).toContain('405');
  });

  test('those above all limits are reset, and so are those that waited too long', async () => {
    const admission = new Admission({ active: 2, waiting: 2, waitMs: 100 });
    const inside = await front(await farEnd((socket) => socket.resume()), { admission });
    const answers = Array.from({ length: 8 }, () => exchange(inside.port, '', false));
    const events = await inside.told(6);
    expect(events.every(({ reason }) => reason === 'too-many-connections')).toBe(true);
    for (const close of closers.splice(0)) close();
    await Promise.allSettled(answers);
  });
});
