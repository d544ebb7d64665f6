// P3: what is carried arrives whole, and how a connection ends on one side is how it ends on the other: in both ways.
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns } from '../escape/columns.ts';
import { until } from '../fixtures/launcher.ts';
import { type Authority, makeAuthority } from './authority.ts';
import { CONNECT, WAYS } from './connect.ts';
import { BIG_BYTES, bigHash, type FarEnd, httpsFarEnd, type PlainFarEnd, plainFarEnd } from './far-ends.ts';
import { type EgressStage, LOOPBACK, type Sandboxed, setEgressStage } from './sandboxed.ts';

const HOST = 'api.example.test';
const PLAIN = 'db.example.test';
const [column] = columns().toReversed();

let stage: EgressStage;
let authority: Authority;
let web: FarEnd;
let plain: PlainFarEnd;
/** One of its own for connections that nobody reads from, because those do not see their end. */
let still: PlainFarEnd;

beforeAll(async () => {
  stage = setEgressStage();
  authority = makeAuthority(stage.folder);
  [web, plain, still] = await Promise.all([httpsFarEnd(authority.issue(HOST)), plainFarEnd(), plainFarEnd()]);
});

afterAll(async () => {
  await Promise.all([web.close(), plain.close(), still.close()]);
  stage.remove();
});

/** All that comes until the end, or until an error; and how it ended. */
const CONVERSE = `
  const converse = (socket, { first, endAfter, destroyAfter }) =>
    new Promise((resolve) => {
      let text = '';
      let end = 'none';
      socket.setEncoding('latin1');
      socket.on('data', (chunk) => {
        text += chunk;
        if (endAfter !== undefined && text.includes(endAfter)) socket.end();
        if (destroyAfter !== undefined && text.includes(destroyAfter)) socket.resetAndDestroy();
      });
      socket.on('end', () => { end = 'end'; socket.end(); });
      socket.on('error', (error) => { end = error.code; });
      socket.on('close', () => resolve({ text, end }));
      socket.write(first);
    });
`;

/** As the kernel numbers its timers. */
const KEEP_ALIVE = '02';

/** What the kernel waits for with each connection that is open, from the text of /proc/net/tcp. */
function timersOf(
  table: string,
  which: (ports: { readonly local: number; readonly remote: number }) => boolean,
): readonly string[] {
  const row = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) 01 \S+ (\d\d):/gm;
  return [...table.matchAll(row)]
    .filter(([, local = '', remote = '']) =>
      which({ local: parseInt(local, 16), remote: parseInt(remote, 16) }),
    )
    .map(([, , , timer = '']) => timer);
}

describe.each(WAYS)('P3 %s', (mode) => {
  let server: Sandboxed;
  const talk = async (how: {
    readonly first: string;
    readonly endAfter?: string;
    readonly destroyAfter?: string;
  }) =>
    server.evaluate<{ readonly text: string; readonly end: string }>(
      `${CONNECT[mode]} ${CONVERSE}
       return converse(await connect('${PLAIN}', ${plain.port}), ${JSON.stringify(how)})`,
    );

  beforeAll(async () => {
    if (column === undefined) throw new Error('no user to start as');
    server = await stage.sandboxed(column, {
      network: [
        { host: HOST, port: web.port, addresses: LOOPBACK },
        { host: PLAIN, port: [plain.port, still.port], protocol: 'tcp', addresses: LOOPBACK },
      ],
      config: { mode, caFile: authority.file, hosts: { [HOST]: ['127.0.0.1'], [PLAIN]: ['127.0.0.1'] } },
    });
  });
  afterAll(() => server.close());

  /** A body whose hash both ends take. */
  const upload = `
    const { createHash } = await load('node:crypto');
    const https = await load('node:https');
    const sent = createHash('sha256');
    const block = Buffer.alloc(1 << 20, 'what is sent up ');
    const socket = (await load('node:tls')).connect({ socket: await connect('${HOST}', PORT), servername: '${HOST}' });
    return new Promise((resolve, reject) => {
      const request = https.request({ host: '${HOST}', method: 'PUT', path: '/', createConnection: () => socket });
      request.on('error', reject).on('response', async (response) => {
        let received = '';
        for await (const chunk of response) received += chunk;
        socket.end();
        resolve({ sent: sent.digest('hex'), received });
      });
      let left = ${BIG_BYTES} / block.length;
      const more = () => {
        while (left > 0) {
          left -= 1;
          sent.update(block);
          if (!request.write(block)) return request.once('drain', more);
        }
        request.end();
      };
      more();
    });
  `;

  const download = `
    const { createHash } = await load('node:crypto');
    const https = await load('node:https');
    const socket = (await load('node:tls')).connect({ socket: await connect('${HOST}', PORT), servername: '${HOST}' });
    return new Promise((resolve, reject) => {
      const request = https.get({ host: '${HOST}', path: '/big', createConnection: () => socket });
      request.on('error', reject).on('response', async (response) => {
        const hash = createHash('sha256');
        let bytes = 0;
        for await (const chunk of response) { hash.update(chunk); bytes += chunk.length; }
        socket.end();
        resolve({ bytes, hash: hash.digest('hex') });
      });
    });
  `;

  test('100 MB down and up with equal hashes, counted in the audit log', async () => {
    const down = await server.evaluate(CONNECT[mode] + download.replaceAll('PORT', String(web.port)));
    expect(down).toEqual({ ok: { bytes: BIG_BYTES, hash: bigHash() } });
    const up = await server.evaluate<{ readonly sent: string; readonly received: string }>(
      CONNECT[mode] + upload.replaceAll('PORT', String(web.port)),
    );
    if (!('ok' in up)) throw new Error(up.message);
    expect(up.ok.received).toBe(up.ok.sent);
    const carried = () => server.egress().filter(({ host }) => host === HOST);
    await until(() => carried().length >= 2, 2000, 'both events');
    expect(carried().some(({ bytesToServer }) => bytesToServer > BIG_BYTES)).toBe(true);
    expect(carried().some(({ bytesToHost }) => bytesToHost > BIG_BYTES)).toBe(true);
  });

  test('a far end that speaks first is heard; the half that the client closed ends, the other goes on', async () => {
    expect(await talk({ first: 'echo\nabc', endAfter: 'abc' })).toEqual({
      ok: { text: 'hello\nabcbye\n', end: 'end' },
    });
  });

  test('the far end closes first: an end, not an error', async () => {
    expect(await talk({ first: 'close\n' })).toEqual({ ok: { text: 'hello\nover\n', end: 'end' } });
    await until(() => plain.seen.length === plain.connections(), 1000, 'the end at the far end');
    expect(plain.seen.at(-1)).toBe('closed');
  });

  test('the client closes first: the far end sees an end', async () => {
    expect(await talk({ first: 'wait\n', endAfter: 'hello' })).toEqual({
      ok: { text: 'hello\n', end: 'end' },
    });
    await until(() => plain.seen.length === plain.connections(), 1000, 'the end at the far end');
    expect(plain.seen.at(-1)).toBe('closed');
  });

  test('the far end resets in the middle: the client sees a reset', async () => {
    expect(await talk({ first: 'reset\n' })).toMatchObject({ ok: { end: 'ECONNRESET' } });
  });

  test('the client resets in the middle: the far end sees a reset', async () => {
    await talk({ first: 'wait\n', destroyAfter: 'hello' });
    await until(() => plain.seen.length === plain.connections(), 1000, 'the end at the far end');
    expect(plain.seen.at(-1)).toBe('ECONNRESET');
  });

  test('a silent connection is asked whether its ends are still there, on both sides', async () => {
    // Nothing would end it where one of them is gone without a word: the other's own keep-alive asks only the launcher.
    const inside = await server.evaluate<string>(`
      ${CONNECT[mode]}
      const socket = await connect('${PLAIN}', ${plain.port});
      await new Promise((resolve) => socket.once('data', resolve));
      globalThis.silent = socket;
      // Until what was said is acknowledged, the kernel waits for that.
      await new Promise((resolve) => setTimeout(resolve, 100));
      return (await load('node:fs')).readFileSync('/proc/self/net/tcp', 'latin1');
    `);
    const outside = fs.readFileSync('/proc/self/net/tcp', 'latin1');
    await server.evaluate('globalThis.silent.resetAndDestroy()');
    if (!('ok' in inside)) throw new Error(inside.message);
    const front = mode === 'proxy' ? 3128 : plain.port;
    expect(timersOf(inside.ok, ({ local }) => local === front)).toEqual([KEEP_ALIVE]);
    expect(timersOf(outside, ({ remote }) => remote === plain.port)).toEqual([KEEP_ALIVE]);
  });

  test.each([
    ['a client that does not read', 'flood', ''],
    [
      'a far end that does not read',
      'hold',
      `const block = Buffer.alloc(1 << 20);
       for (let sent = 0; sent < 200; sent += 1) socket.write(block);`,
    ],
  ])('%s holds the other side back: nothing piles up in the launcher', async (_who, order, then) => {
    const before = server.residentMiB();
    const carried = await server.evaluate<number>(`
      ${CONNECT[mode]}
      const socket = await connect('${PLAIN}', ${still.port});
      socket.on('error', () => {});
      socket.write('${order}\\n');
      ${then}
      await new Promise((resolve) => setTimeout(resolve, 1000));
      globalThis.held = socket;
      // What the kernel took on the way up, or what waits here.
      return ${order === 'hold' ? 'socket.bytesWritten - socket.writableLength' : 'socket.readableLength'};
    `);
    expect(carried).toEqual({ ok: expect.toSatisfy((bytes) => bytes > 0) });
    expect(server.residentMiB() - before).toBeLessThan(48);
    await server.evaluate('globalThis.held.destroy()');
  });

  test('500 connections at once are all answered', async () => {
    const before = plain.connections();
    const said = await server.evaluate<readonly string[]>(`
      ${CONNECT[mode]} ${CONVERSE}
      return Promise.all(Array.from({ length: 500 }, async (_, index) => {
        const socket = await connect('${PLAIN}', ${plain.port});
        return (await converse(socket, { first: 'echo\\n' + index, endAfter: String(index) })).text;
      }));
    `);
    expect(said).toEqual({ ok: Array.from({ length: 500 }, (_, index) => `hello\n${index}bye\n`) });
    expect(plain.connections() - before).toBe(500);
  });

  test('nothing of ended connections stays open in the launcher', async () => {
    const descriptors = (): number => server.descriptors();
    await until(() => descriptors() <= 64, 3000, 'few descriptors').catch(() => {});
    const before = descriptors();
    await server.evaluate(`
      ${CONNECT[mode]} ${CONVERSE}
      for (const how of [{ first: 'close\\n' }, { first: 'reset\\n' }, { first: 'wait\\n', destroyAfter: 'hello' }])
        await Promise.all(Array.from({ length: 40 }, async () =>
          converse(await connect('${PLAIN}', ${plain.port}), how)));
    `);
    await until(() => descriptors() <= before, 3000, `no more than ${before} descriptors`);
  });
});
