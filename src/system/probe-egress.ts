// Whether this machine lets us give a server a network that works without proxy variables: a network of our own, with
// rights over it. Tried, not concluded from settings: security modules, containers and limits each forbid it in their way.
import type { EgressConfig } from '../config/config.ts';

// A setting of the new network itself, which only whoever has rights over that network can write.
const SCRIPT = 'echo 1024 > /proc/sys/net/ipv4/ip_unprivileged_port_start';

export type EgressProbe =
  | { readonly way: 'transparent' }
  /** `why` is what the system said. */
  | { readonly way: 'proxy'; readonly why: string };

/**
 * Takes some milliseconds, so it is asked for servers with network grants alone.
 * @param mode of config.json; `proxy` needs no trying
 */
export function probeEgress(mode: EgressConfig['mode']): EgressProbe {
  if (mode === 'proxy') return { way: 'proxy', why: 'config.json asks for it' };
  // Loaded for servers with network grants alone: it brings streams and sockets along, 2 ms of a start.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const tried = spawnSync(
    '/usr/bin/unshare',
    ['--user', '--map-root-user', '--net', '--', '/bin/sh', '-c', SCRIPT],
    { env: {}, cwd: '/', encoding: 'utf8', timeout: 5000, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  if (tried.status === 0) return { way: 'transparent' };
  return { way: 'proxy', why: tried.error?.message ?? tried.stderr.trim().split('\n')[0] ?? 'it failed' };
}
