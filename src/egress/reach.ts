// From a granted host to a connection with it: resolve once, check every address, dial what was checked.
import os from 'node:os';
import type { Socket } from 'node:net';
import type { EgressGrant } from '../plan/plan.ts';
import { judgeAddress, literalFamily } from './address.ts';
import { type CompanyProxy, connectThrough } from './company-proxy.ts';
import { dial } from './dial.ts';
import type { EgressReason } from './event.ts';
import { isPublicName } from './grants.ts';
import { resolveHost } from './resolve-host.ts';

export interface Routes {
  /** Static names of the configuration. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  readonly proxy: (CompanyProxy & { readonly authorization: string | undefined }) | undefined;
}

export type Reached =
  | {
      readonly kind: 'connected';
      /** Paused, half-open allowed. */
      readonly socket: Socket;
      /** undefined when the company's proxy chose it. */
      readonly address: string | undefined;
      /** What the far end said already. */
      readonly begun: Buffer;
    }
  | { readonly kind: 'denied' | 'failed'; readonly reason: EgressReason; readonly address?: string };

const NOTHING = Buffer.alloc(0);

interface Target {
  readonly host: string;
  readonly port: number;
  readonly grant: EgressGrant;
}

/** Never rejects: what this machine refuses us, a descriptor for one, is an error of the connection alone. */
export async function reach(target: Target, routes: Routes): Promise<Reached> {
  try {
    return await tryToReach(target, routes);
  } catch {
    return { kind: 'failed', reason: 'connect-failed' };
  }
}

async function tryToReach({ host, port, grant }: Target, routes: Routes): Promise<Reached> {
  const viaProxy =
    routes.proxy !== undefined && !Object.hasOwn(routes.hosts, host) && isPublicName(host, grant);
  if (viaProxy) return reachThrough(routes.proxy, host, port);
  const addresses = await addressesOf(host, routes);
  if (addresses.length === 0) return { kind: 'failed', reason: 'resolve-failed' };
  // Asked for only where it counts: the kernel takes longer for it than a connection on this machine does.
  const own = isPublicName(host, grant) ? ownAddresses() : [];
  for (const address of addresses) {
    const verdict = judgeAddress(address, grant, own);
    // One bad answer among good ones is what a name looks like that is about to be turned on us.
    if (!verdict.allowed) return { kind: 'denied', reason: verdict.reason, address };
  }
  const dialled = await dial(addresses, port);
  if (dialled === undefined) return { kind: 'failed', reason: 'connect-failed' };
  return { kind: 'connected', ...dialled, begun: NOTHING };
}

async function reachThrough(
  proxy: NonNullable<Routes['proxy']>,
  host: string,
  port: number,
): Promise<Reached> {
  const addresses =
    literalFamily(proxy.host) === undefined ? await resolveHost(proxy.host, {}) : [proxy.host];
  const dialled = await dial(addresses, proxy.port);
  if (dialled === undefined) return { kind: 'failed', reason: 'connect-failed' };
  const { socket } = dialled;
  const given = await connectThrough(socket, { host, port }, proxy.authorization);
  if (given.kind === 'agreed') return { kind: 'connected', socket, address: undefined, begun: given.begun };
  socket.destroy();
  return { kind: 'failed', reason: `proxy-${given.kind}` };
}

async function addressesOf(host: string, routes: Routes): Promise<readonly string[]> {
  if (host === 'localhost') return ['127.0.0.1', '::1'];
  if (literalFamily(host) !== undefined) return [host];
  return resolveHost(host, routes.hosts);
}

function ownAddresses(): readonly string[] {
  return Object.values(os.networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}
