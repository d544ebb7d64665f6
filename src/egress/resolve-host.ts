// Name -> addresses, outside, once for each connection. What is returned is what is checked and dialled: no second look-up
// that could say something else (NW-05).
import dns from 'node:dns';

/** Longer than a resolver that works takes with one retry. */
const LOOKUP_MS = 5000;

/**
 * @param hosts static names of the configuration, which come before any resolver
 * @returns canonical addresses in the order of preference of the resolver; empty when there are none or it failed
 */
export async function resolveHost(
  host: string,
  hosts: Readonly<Record<string, readonly string[]>>,
): Promise<readonly string[]> {
  if (Object.hasOwn(hosts, host)) return hosts[host] ?? [];
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve([]), LOOKUP_MS);
    dns.lookup(host, { all: true, verbatim: true }, (error, addresses) => {
      clearTimeout(timer);
      resolve(error === null ? addresses.map(({ address }) => address) : []);
    });
  });
}
