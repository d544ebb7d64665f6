// Far ends on this machine that count what reaches them, and a knock at a door that is the same code outside, where it must
// be opened, and inside.
import { once } from 'node:events';
import https from 'node:https';
import net from 'node:net';
import type { Authority } from './authority.ts';

export interface FarEnd {
  readonly port: number;
  readonly connections: () => number;
  /** Everything that was sent to it. */
  readonly bytes: () => number;
  readonly close: () => void;
}

/** Both loopback addresses, so that outside every spelling of either leads here. */
async function counting(server: net.Server): Promise<FarEnd> {
  const sockets: net.Socket[] = [];
  server.on('connection', (socket: net.Socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
  });
  server.listen(0, '::');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    connections: () => sockets.length,
    bytes: () => sockets.reduce((sum, socket) => sum + socket.bytesRead, 0),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

export const GREETING = 'welcome';

/** Speaks first. */
export const greeter = (): Promise<FarEnd> =>
  counting(
    net.createServer((socket) => {
      socket.resume();
      socket.write(GREETING);
    }),
  );

/** Takes what comes and says nothing. */
export const listener = (): Promise<FarEnd> => counting(net.createServer((socket) => void socket.resume()));

/** Answers with the request's method, path and host; `/to/HOST` sends the client there. */
export const website = (certificate: ReturnType<Authority['issue']>): Promise<FarEnd> =>
  counting(
    https.createServer(certificate, ({ method, url = '', headers }, response) => {
      const [, elsewhere] = /^\/to\/(.*)/.exec(url) ?? [];
      if (elsewhere !== undefined) response.writeHead(302, { location: `https://${elsewhere}/there` });
      response.end(`${method} ${url} for ${headers.host?.split(':')[0]}`);
    }),
  );

/** A proxy that grants everything: whatever host is asked for, it is the far end that is meant. */
export const permissiveProxy = (target: FarEnd): Promise<FarEnd> =>
  counting(
    net.createServer((socket) => {
      socket.once('data', (request: Buffer) => {
        socket.pause();
        const far = net.connect(target.port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          far.write(request.subarray(request.indexOf('\r\n\r\n') + 4));
          socket.pipe(far).pipe(socket);
        });
        far.on('error', () => socket.destroy());
        socket.on('close', () => far.destroy());
      });
    }),
  );

export interface Knocked {
  readonly text: string;
  readonly error: string;
}

const PATIENCE_MS = 2000;

/**
 * Body of an async function: connects, sends each part by itself, and tells what came back until the other side ended.
 * @param enough so many characters are all that is waited for
 */
export function knock(
  host: string,
  port: number,
  parts: ReadonlyArray<Buffer | string> = [],
  enough = Infinity,
): string {
  const encoded = parts.map((part) => Buffer.from(part as string).toString('base64'));
  return `
    const net = await load('node:net');
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const socket = net.connect({ host: ${JSON.stringify(host)}, port: ${port} });
    let text = '';
    let error = '';
    let sent = false;
    const end = () => {
      if (sent && text.length >= ${enough}) socket.end();
    };
    const patience = setTimeout(() => socket.destroy(), ${PATIENCE_MS});
    socket.setNoDelay();
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      end();
    });
    socket.on('error', ({ code }) => (error = code));
    socket.on('connect', async () => {
      for (const part of ${JSON.stringify(encoded)}) {
        socket.write(Buffer.from(part, 'base64'));
        await pause(5);
      }
      sent = true;
      end();
    });
    await new Promise((resolve) => socket.on('close', resolve));
    clearTimeout(patience);
    return { text, error };`;
}

const AsyncFunction = (async () => {}).constructor as new (
  ...args: readonly string[]
) => (load: (name: string) => Promise<unknown>) => Promise<unknown>;

/** The same code in this process, outside every sandbox. */
export async function outside<Value>(code: string): Promise<Value> {
  return (await new AsyncFunction('load', code)((name) => import(name))) as Value;
}
