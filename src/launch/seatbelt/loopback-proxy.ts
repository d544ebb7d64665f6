// The broker's port on a machine without networks of a server's own: open to every program here, so that it is worth nothing
// without a password, which is made for each start and reaches the server alone.
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import type { EgressSockets } from '../../egress/listen.ts';
import type { ProxyPlace } from '../../plan/network.ts';

export interface LoopbackProxy {
  readonly place: ProxyPlace;
  readonly sockets: EgressSockets;
  close(): void;
}

const USER = 'cordon';

export async function openLoopbackProxy(): Promise<LoopbackProxy> {
  const password = randomBytes(24).toString('hex');
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP listener without a port');
  const authorization = `Basic ${Buffer.from(`${USER}:${password}`).toString('base64')}`;
  return {
    place: { port: address.port, credentials: { user: USER, password } },
    sockets: { kind: 'loopback-proxy', server, authorization },
    close: () => void server.close(),
  };
}
