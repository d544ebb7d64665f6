// P3, NW-16, W15: a server that floods what carries it. The launcher goes on: calls are answered, its memory, its descriptors
// and its log stay small, and the granted host is reached afterwards.
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns } from '../escape/columns.ts';
import { type FarEnd, GREETING, greeter, type Knocked, knock } from './doors.ts';
import {
  type EgressLine,
  type EgressStage,
  type Evaluated,
  LOOPBACK,
  type Sandboxed,
  setEgressStage,
} from './sandboxed.ts';

const HOST = 'api.example.test';
const PROXY_PORT = 3128;
const TUNNEL = 'HTTP/1.1 200 Connection established\r\n\r\n';
const MEBIBYTE = 1024 * 1024;
/** 256 carried, each with a far end, and 1024 that wait; a few of the launcher's own. */
const MOST_DESCRIPTORS = 2 * 256 + 1024 + 128;
/** The lines of a moment, and those of the seconds that a test takes. */
const MOST_LINES = 500;
/** Handshakes that never end. */
const DRIBBLES = 50;

let stage: EgressStage;
let greets: FarEnd;
/** Takes connections and never reads. */
const stuck = net.createServer({ pauseOnConnect: true }, (socket) => socket.on('error', () => {}));
beforeAll(async () => {
  stage = setEgressStage();
  greets = await greeter();
  stuck.listen(0, '127.0.0.1');
  await once(stuck, 'listening');
});
afterAll(() => {
  greets.close();
  stuck.close();
  stage.remove();
});

describe.each(columns())('P3, W15, NW-16 $name', (column) => {
  describe.each(['transparent', 'proxy'] as const)('%s', (mode) => {
    const stuckPort = (): number => (stuck.address() as net.AddressInfo).port;
    let server: Sandboxed;
    let launcher: number;
    let begun: number;
    let dribbling: Promise<Evaluated<number>>;

    beforeAll(async () => {
      const grant = { host: HOST, addresses: LOOPBACK };
      server = await stage.sandboxed(column, {
        network: [
          { ...grant, port: [greets.port, stuckPort()], protocol: 'tcp' },
          { ...grant, port: 443 },
        ],
        config: { mode, hosts: { [HOST]: ['127.0.0.1'] } },
        profile: { limits: { processes: 256, files: 16_384, memory: '2GiB' } },
      });
      launcher = server.launcher.child.pid ?? 0;
      begun = resident(launcher);
      dribbling = dribble();
    });
    afterAll(() => server?.close());

    /** How a connection begins that is for a port of the host. */
    const way = (port: number) =>
      mode === 'transparent'
        ? { host: HOST, port, first: '' }
        : { host: '127.0.0.1', port: PROXY_PORT, first: `CONNECT ${HOST}:${port} HTTP/1.1\r\n\r\n` };
    const reach = async (): Promise<string> => {
      const { host, port, first } = way(greets.port);
      const answer = first === '' ? GREETING : TUNNEL + GREETING;
      const done = await server.evaluate<Knocked>(knock(host, port, [first], answer.length));
      return 'ok' in done ? done.ok.text.slice(-GREETING.length) : done.message;
    };

    /** Handshakes that never come to an end, while everything else goes on. Resolves with how long the last one lasted. */
    const dribble = () => {
      const { host, port } = way(443);
      const opening = mode === 'transparent' ? '160301200001001ffc0303' : '434f4e4e45435420617069';
      return server.evaluate<number>(`
        const net = await load('node:net');
        const opening = Buffer.from('${opening}', 'hex');
        const begun = performance.now();
        await Promise.all(Array.from({ length: ${DRIBBLES} }, () => new Promise((resolve) => {
          const socket = net.connect({ host: '${host}', port: ${port} });
          let sent = 0;
          const dribble = setInterval(() => socket.write(opening.subarray(sent, (sent += 1))), 600);
          socket.on('error', () => {});
          socket.on('close', () => resolve(clearInterval(dribble)));
        })));
        return performance.now() - begun;`);
    };

    /** Runs the flood, asks all the while, and looks at the launcher. */
    const flooded = async (code: string): Promise<unknown> => {
      let over = false;
      const flood = server.evaluate(code).finally(() => {
        over = true;
      });
      while (!over) {
        const asked = performance.now();
        expect(await server.evaluate('return 1')).toEqual({ ok: 1 });
        expect(performance.now() - asked, 'milliseconds until an answer').toBeLessThan(5000);
        expect(fs.readdirSync(`/proc/${launcher}/fd`).length).toBeLessThan(MOST_DESCRIPTORS);
        expect(resident(launcher) - begun, 'memory of the launcher').toBeLessThan(96 * MEBIBYTE);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return flood;
    };

    test('what a far end never reads does not pile up', async () => {
      const { host, port, first } = way(stuckPort());
      const sent = await flooded(`
        const net = await load('node:net');
        const socket = net.connect({ host: '${host}', port: ${port} });
        socket.on('error', () => {});
        socket.write(${JSON.stringify(first)});
        await new Promise((resolve) => setTimeout(resolve, 200));
        // As much as is taken; what is not stays in this process.
        for (let count = 0; count < 64; count += 1) socket.write(Buffer.alloc(4 * 1024 * 1024));
        await new Promise((resolve) => setTimeout(resolve, 700));
        const taken = socket.bytesWritten - socket.writableLength;
        socket.destroy();
        return taken < 64 * 1024 * 1024 ? 'held back' : taken;`);
      expect(sent).toEqual({ ok: 'held back' });
      expect(resident(launcher) - begun).toBeLessThan(32 * MEBIBYTE);
    });

    test('10 000 connections at once', async () => {
      const { host, port } = way(greets.port);
      const closed = await flooded(`
        const net = await load('node:net');
        const { address } = await (await load('node:dns')).promises.lookup('${host}');
        let closed = 0;
        const all = [];
        for (let count = 0; count < 10_000; count += 1) {
          const socket = net.connect({ host: address, port: ${port} });
          socket.on('error', () => {});
          socket.on('close', () => (closed += 1));
          all.push(socket);
          if (count % 250 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        }
        await new Promise((resolve) => setTimeout(resolve, 300));
        for (const socket of all) socket.destroy();
        while (closed < all.length) await new Promise((resolve) => setTimeout(resolve, 10));
        return closed;`);
      expect(closed).toEqual({ ok: 10_000 });
      expect(await reach()).toBe(GREETING);
    });

    test('refusals without an end', async () => {
      // To the port itself, which is no name's, or as a request for another host.
      const { port } = way(greets.port);
      const refused = await flooded(`
        const net = await load('node:net');
        let refused = 0;
        for (let round = 0; round < 10; round += 1)
          await Promise.all(Array.from({ length: 200 }, () => new Promise((resolve) => {
            const socket = net.connect({ host: '127.0.0.1', port: ${port} });
            socket.write('CONNECT other.example.test:443 HTTP/1.1\\r\\n\\r\\n');
            socket.on('data', () => socket.destroy());
            socket.on('error', () => {});
            socket.on('close', () => resolve((refused += 1)));
          })));
        return refused;`);
      expect(refused).toEqual({ ok: 2000 });
      expect(await reach()).toBe(GREETING);
    });

    if (mode === 'transparent')
      test('NW-07: questions without an end', async () => {
        const asked = await flooded(`
        const socket = (await load('node:dgram')).createSocket('udp4');
        const question = (name) => {
          const labels = name.split('.').map((label) => String.fromCharCode(label.length) + label).join('');
          return Buffer.from('\\x00\\x01\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00' + labels + '\\x00\\x00\\x01\\x00\\x01', 'latin1');
        };
        const name = Buffer.concat([Buffer.alloc(252, '\\x01a', 'latin1'), Buffer.from([0, 0, 1, 0, 1])]);
        const many = Buffer.concat([question('a').subarray(0, 12), name, ...Array(10_500).fill(Buffer.from('c00c00010001', 'hex'))]);
        many.writeUInt16BE(10_501, 4);
        let asked = 0;
        const ask = (bytes) => new Promise((resolve) => socket.send(bytes, 53, '127.0.0.1', () => resolve((asked += 1))));
        for (let count = 0; count < 20_000; count += 1) await ask(question('n' + count + '.evil.test'));
        for (let count = 0; count < 300; count += 1) await ask(many);
        socket.close();
        return asked;`);
        expect(asked).toEqual({ ok: 20_300 });
        expect(await reach()).toBe(GREETING);
      });

    test('handshakes without an end were let go after five seconds', async () => {
      const waited = await dribbling;
      if (!('ok' in waited)) throw new Error(waited.message);
      expect(waited.ok).toBeGreaterThan(4500);
      expect(waited.ok).toBeLessThan(15_000);
      expect(await reach()).toBe(GREETING);
    });

    test('and the log of all that is short, and complete', async () => {
      await server.close();
      const lines = server.egress();
      expect(lines.length).toBeLessThan(MOST_LINES);
      const counted = (wanted: Partial<EgressLine>): number =>
        lines
          .filter((line) =>
            Object.entries(wanted).every(([key, value]) => line[key as keyof EgressLine] === value),
          )
          .reduce((sum, { count = 1 }) => sum + count, 0);
      expect(counted({ reason: 'handshake-timeout' })).toBe(DRIBBLES);
      expect(counted({})).toBeGreaterThan(4000);
      expect(counted({ verdict: 'denied' })).toBeGreaterThan(2000);
    });
  });
});

function resident(pid: number): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}
