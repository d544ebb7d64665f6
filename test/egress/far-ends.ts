// What the sandboxed clients reach: servers of the tests on loopback.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http2 from 'node:http2';
import type { IncomingMessage, ServerResponse } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { type Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Certificate } from './authority.ts';

export interface FarEnd {
  readonly port: number;
  close(): Promise<void>;
}

export const BIG_BYTES = 100 * 1024 * 1024;
const BLOCK = createHash('sha512').update('a block').digest().toString('hex').repeat(512);
const BLOCKS = BIG_BYTES / BLOCK.length;

/**
 * HTTP/1.1, HTTP/2 and web sockets behind TLS. Answers `GET /x for host over 1.1`; `GET /big` with BIG_BYTES,
 * `PUT` with the hash of what came.
 */
export async function httpsFarEnd(certificate: Certificate): Promise<FarEnd> {
  const server = http2.createSecureServer({ ...certificate, allowHTTP1: true });
  const sockets = new Set<Duplex>();
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.on('sessionError', () => {});
  server.on('request', (request, response) => {
    // Whoever asked may go in the middle.
    answer(request as unknown as IncomingMessage, response as unknown as ServerResponse).catch(() => {});
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => echoWebSocket(request, socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'PUT') {
    const hash = createHash('sha256');
    for await (const chunk of request) hash.update(chunk as Buffer);
    response.end(hash.digest('hex'));
  } else if (request.url === '/big') {
    await pipeline(Readable.from(Array.from({ length: BLOCKS }, () => BLOCK)), response);
  } else {
    const host = request.headers.host ?? request.headers[':authority'];
    response.end(
      `${request.method} ${request.url} for ${String(host).split(':')[0]} over ${request.httpVersion}`,
    );
  }
}

/** Of what `GET /big` is answered with. */
export function bigHash(): string {
  const hash = createHash('sha256');
  for (let block = 0; block < BLOCKS; block += 1) hash.update(BLOCK);
  return hash.digest('hex');
}

/** RFC 6455, as far as one short text message and its echo go. */
function echoWebSocket(request: IncomingMessage, socket: Duplex): void {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.once('data', (frame: Buffer) => {
    const length = (frame[1] ?? 0) & 127;
    const mask = frame.subarray(2, 6);
    const text = frame.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    socket.write(Buffer.concat([Buffer.from([0x81, length]), text]));
    socket.once('data', () => socket.end(Buffer.from([0x88, 0])));
  });
}

export interface PlainFarEnd extends FarEnd {
  /** How connections ended as seen from here, in the order of their ends: `end`, `close` or an error's code. */
  readonly seen: string[];
  /** How many were made. */
  connections(): number;
}

function* zeros(): Generator<Buffer> {
  const block = Buffer.alloc(1 << 20);
  for (;;) yield block;
}

/**
 * Plain TCP that speaks first: says `hello\n`, then does what the first line says: `echo` until the client's end and then
 * `bye\n`; `close` at once, `reset` in the middle; `flood` with zeros; `hold`, reading no more; `wait` for what the client does.
 */
export async function plainFarEnd(address = '127.0.0.1', port = 0): Promise<PlainFarEnd> {
  const seen: string[] = [];
  let made = 0;
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    made += 1;
    sockets.add(socket);
    let broken: string | undefined;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      broken = error.code ?? error.message;
    });
    socket.on('close', () => {
      sockets.delete(socket);
      seen.push(broken ?? 'closed');
    });
    let farewell = '';
    socket.on('end', () => socket.writableEnded || socket.end(farewell));
    socket.write('hello\n');
    socket.once('data', (chunk: Buffer) => {
      const [order = '', ...rest] = chunk.toString('latin1').split('\n');
      switch (order) {
        case 'echo':
          socket.write(rest.join('\n'));
          socket.on('data', (more: Buffer) => socket.write(more));
          farewell = 'bye\n';
          return;
        case 'close':
          socket.end('over\n');
          socket.resume();
          return;
        case 'reset':
          socket.write('some', () => setTimeout(() => socket.resetAndDestroy(), 20));
          return;
        case 'flood':
          Readable.from(zeros()).pipe(socket);
          return;
        case 'hold':
          socket.pause();
          return;
        default:
          socket.resume();
      }
    });
  });
  server.listen(port, address);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    connections: () => made,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
