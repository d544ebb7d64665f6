// The listening sockets that came out of the sandbox's network, in use: connections go to the broker, questions about
// names are answered. `failed` says that one of them broke, which nobody inside can bring about; since Bun says nothing of a
// listener that another process shut down (and turns in circles), they are looked at from time to time.
import dgram from 'node:dgram';
import net from 'node:net';
import type { Broker } from './broker.ts';
import { type DnsAnswer, answerDns } from './dns-answer.ts';
import type { EgressEvent } from './event.ts';
import type { Names } from './names.ts';

/** By descriptor number; each is owned from here on. */
export type EgressSockets =
  | {
      readonly kind: 'transparent';
      /** Whether connections can still arrive on a descriptor. */
      readonly isListening: (fd: number) => boolean;
      readonly tcp: ReadonlyArray<{ readonly port: number; readonly fd: number }>;
      readonly dnsUdp: number;
      readonly dnsTcp: number;
    }
  | {
      readonly kind: 'proxy';
      readonly isListening: (fd: number) => boolean;
      readonly tcp: number;
    }
  /** On this machine's loopback, where everybody can connect; listens already, and nobody has answered yet. */
  | { readonly kind: 'loopback-proxy'; readonly server: net.Server; readonly authorization: string };

export interface Listening {
  readonly failed: Promise<Error>;
  /** Ends all connections. All of them were told of when it returns. */
  close(): void;
}

export interface ListenOptions {
  readonly broker: Broker;
  readonly names: Names;
  readonly onEvent: (event: EgressEvent) => void;
}

const LOOK_MS = 2000;

export function listenOn(sockets: EgressSockets, options: ListenOptions): Listening {
  const { broker, names } = options;
  const closers: Array<() => void> = [];
  let fail: (error: Error) => void;
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });
  const listeners: number[] = [];
  const looking = setInterval(() => {
    // A socket that never left this process is shut down by nobody else.
    if (sockets.kind !== 'loopback-proxy' && !listeners.every((fd) => sockets.isListening(fd)))
      fail(new Error('a listening socket was shut down'));
  }, LOOK_MS);
  looking.unref();
  closers.push(() => clearInterval(looking));
  const serve = (fd: number, accept: (socket: net.Socket) => void): void => {
    const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, accept);
    server.on('error', (error) => fail(error));
    server.listen({ fd });
    listeners.push(fd);
    closers.push(() => server.close());
  };
  if (sockets.kind === 'loopback-proxy') {
    const { server } = sockets;
    server.on('connection', (socket) => broker.acceptConnect(socket));
    server.on('error', (error) => fail(error));
    closers.push(() => server.close());
  } else if (sockets.kind === 'proxy') {
    serve(sockets.tcp, (socket) => broker.acceptConnect(socket));
  } else {
    for (const { port, fd } of sockets.tcp) {
      serve(fd, (socket) => {
        const address = socket.localAddress ?? '';
        broker.acceptFor(socket, names.nameOf(address), port, address);
      });
    }
    const tell = ({ denied }: DnsAnswer): void => {
      if (denied === undefined) return;
      const reason = 'name-not-granted';
      options.onEvent({
        host: denied,
        verdict: 'denied',
        reason,
        bytesToHost: 0,
        bytesToServer: 0,
        durationMs: 0,
      });
    };
    let asking = 0;
    serve(sockets.dnsTcp, (socket) => {
      if (asking >= MAX_DNS_CONNECTIONS) return void socket.destroy();
      asking += 1;
      socket.once('close', () => {
        asking -= 1;
      });
      answerOverTcp(socket, names, tell);
    });
    const udp = dgram.createSocket('udp4');
    udp.on('error', (error) => fail(error));
    udp.on('message', (query, from) => {
      const answer = answerDns(query, names);
      tell(answer);
      if (answer.response !== undefined) udp.send(answer.response, from.port, from.address, () => {});
    });
    // `fd` is Node's own option; its type is that of an older version.
    udp.bind({ fd: sockets.dnsUdp } as dgram.BindOptions);
    closers.push(() => udp.close());
  }
  return {
    failed,
    close() {
      for (const close of closers) close();
      broker.close();
    },
  };
}

const MAX_DNS_CONNECTIONS = 32;
const DNS_IDLE_MS = 5000;
const MAX_DNS_BYTES = 4096;

/** RFC 1035 4.2.2: each message behind its length of two bytes; several may come on one connection. */
function answerOverTcp(socket: net.Socket, names: Names, tell: (answer: DnsAnswer) => void): void {
  let bytes = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.setTimeout(DNS_IDLE_MS, () => socket.destroy());
  socket.on('end', () => socket.end());
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 2) {
      const length = bytes.readUInt16BE(0);
      if (length > MAX_DNS_BYTES) return void socket.destroy();
      if (bytes.length < 2 + length) return;
      const answer = answerDns(bytes.subarray(2, 2 + length), names);
      bytes = bytes.subarray(2 + length);
      tell(answer);
      if (answer.response === undefined) return void socket.destroy();
      const size = Buffer.alloc(2);
      size.writeUInt16BE(answer.response.length);
      // A client that asks and never reads is not written to for ever.
      if (!socket.write(Buffer.concat([size, answer.response]))) return void socket.destroy();
    }
  });
  socket.resume();
}
