// Network grants -> the way in which they are given. Pure; which ways the machine allows comes in as a value.
import type { EgressGrant, NetworkPlan } from './plan.ts';

/** Any free port would do: nothing else listens in the server's own network. */
const PROXY_PORT = 3128;

type ProxyPlan = Extract<NetworkPlan, { kind: 'proxy' }>;

/** Variables that programs take a proxy from, in the cases that are in use; Node obeys them only when told to. */
export function proxyVariables({ port, grants }: ProxyPlan): Readonly<Record<string, string>> {
  const url = `http://127.0.0.1:${port}`;
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

export function planNetwork(grants: readonly EgressGrant[], way: 'transparent' | 'proxy'): NetworkPlan {
  if (grants.length === 0) return { kind: 'none' };
  return way === 'transparent'
    ? { kind: 'transparent', grants }
    : { kind: 'proxy', port: PROXY_PORT, grants };
}
