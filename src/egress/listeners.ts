// Which sockets must listen inside for a plan's network, as a list that both sides of the hand-over go by: the process
// inside opens them in this order, the launcher takes them in this order. Pure.
import type { LinuxNetwork } from '../plan/plan.ts';
import { literalFamily } from './address.ts';
import { grantedPorts } from './grants.ts';

export interface Listener {
  readonly transport: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

export interface ListenerSpec {
  /** Whether the network is ours to configure: loopback brought up, addresses added. */
  readonly configure: boolean;
  /** Added to the loopback interface, each with its prefix length. */
  readonly addresses: ReadonlyArray<readonly [address: string, prefix: number]>;
  readonly listeners: readonly Listener[];
}

const DNS_ADDRESS = '127.0.0.1';
const DNS_PORT = 53;

export function listenersFor(network: LinuxNetwork): ListenerSpec {
  switch (network.kind) {
    case 'none':
      return { configure: false, addresses: [], listeners: [] };
    case 'proxy':
      return {
        configure: false,
        addresses: [],
        listeners: [{ transport: 'tcp', address: '127.0.0.1', port: network.port }],
      };
    case 'transparent': {
      const { grants } = network;
      const literals = [...new Set(grants.map((grant) => grant.host))].filter((host) => literalFamily(host));
      const withIpv6 = grants.filter((grant) => literalFamily(grant.host) === 6);
      return {
        configure: true,
        addresses: [
          ['198.18.0.1', 15],
          ...literals.map((host): readonly [string, number] => [host, literalFamily(host) === 4 ? 32 : 128]),
        ],
        listeners: [
          ...grantedPorts(grants).map((port): Listener => ({ transport: 'tcp', address: '0.0.0.0', port })),
          ...grantedPorts(withIpv6).map((port): Listener => ({ transport: 'tcp', address: '::', port })),
          { transport: 'tcp', address: DNS_ADDRESS, port: DNS_PORT },
          { transport: 'udp', address: DNS_ADDRESS, port: DNS_PORT },
        ],
      };
    }
  }
}
