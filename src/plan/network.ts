// Network grants -> the way in which they are given. Pure; which ways the machine allows comes in as a value.
import type { EgressGrant, LinuxNetwork, MacNetwork } from './plan.ts';

/** Any free port would do: nothing else listens in the server's own network. */
const PROXY_PORT = 3128;

/** Where the proxy listens, and what it wants to be told: nothing in a network of the server's own. */
export interface ProxyPlace {
  readonly port: number;
  readonly credentials?: { readonly user: string; readonly password: string };
}

/** Variables that programs take a proxy from, in the cases that are in use; Node obeys them only when told to. */
export function proxyVariables(
  { port, credentials }: ProxyPlace,
  grants: readonly EgressGrant[],
): Readonly<Record<string, string>> {
  const user = credentials === undefined ? '' : `${credentials.user}:${credentials.password}@`;
  const url = `http://${user}127.0.0.1:${port}`;
  // What the server itself opens inside is reached directly, unless a port of the machine goes by that name.
  const none = grants.some(({ host }) => host === 'localhost') ? '' : 'localhost,127.0.0.1,::1';
  return {
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    ALL_PROXY: url,
    NO_PROXY: none,
    http_proxy: url,
    https_proxy: url,
    all_proxy: url,
    no_proxy: none,
    NODE_USE_ENV_PROXY: '1',
  };
}

export function planNetwork(grants: readonly EgressGrant[], way: 'transparent' | 'proxy'): LinuxNetwork {
  if (grants.length === 0) return { kind: 'none' };
  return way === 'transparent'
    ? { kind: 'transparent', grants }
    : { kind: 'proxy', port: PROXY_PORT, grants };
}

export function planMacNetwork(grants: readonly EgressGrant[]): MacNetwork {
  return grants.length === 0 ? { kind: 'none' } : { kind: 'loopback-proxy', grants };
}
