// Which addresses may be dialled for a grant, after its name was resolved. A name says nothing about where it leads: it
// may be made to point at the developer's own services, the company's network or a cloud's metadata (NW-03 to NW-05).
import ipaddr from 'ipaddr.js';
import type { EgressGrant } from '../plan/plan.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Metadata and control services of clouds at addresses that look public (Azure's WireServer). */
const METADATA = ['168.63.129.16'];
/** All that IANA gives out of IPv6 for use on the internet. What lies beside it is some network's own: meshes use 200::/7. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * The kind of an address that a grant without `addresses` does not reach (`private`, `loopback`, `uniqueLocal`, … as the
 * IANA registries name them, `unallocated`, and `metadata`); undefined for global unicast. An IPv4 address inside an IPv6
 * one is judged by neither: both stacks would have to agree on what it means.
 */
export function specialKind(text: string): string | undefined {
  if (!ipaddr.isValid(text)) return 'invalid';
  if (METADATA.includes(text)) return 'metadata';
  const address = ipaddr.parse(text);
  const range = address.range();
  if (range !== 'unicast') return range;
  return address.kind() === 'ipv6' && !address.match(GLOBAL_IPV6) ? 'unallocated' : undefined;
}

export type AddressVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: 'address-special' | 'address-own' | 'address-not-listed' };

/**
 * @param address canonical text, as resolvers return it
 * @param own addresses of this machine's interfaces: a public name may point at a service that listens here
 */
export function judgeAddress(
  address: string,
  grant: Pick<EgressGrant, 'host' | 'addresses'>,
  own: readonly string[],
): AddressVerdict {
  // The grant names this machine; the resolver is never asked, the addresses are the two of loopback.
  if (grant.host === 'localhost') return { allowed: true };
  if (grant.addresses.length > 0)
    return isListed(address, grant.addresses)
      ? { allowed: true }
      : { allowed: false, reason: 'address-not-listed' };
  if (specialKind(address) !== undefined) return { allowed: false, reason: 'address-special' };
  if (own.includes(address)) return { allowed: false, reason: 'address-own' };
  return { allowed: true };
}

function isListed(text: string, cidrs: readonly string[]): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  return cidrs.some((cidr) => {
    const [network, length] = parseBlock(cidr);
    return network.kind() === address.kind() && address.match(network, length);
  });
}

function parseBlock(cidr: string): [Address, number] {
  if (cidr.includes('/')) return ipaddr.parseCIDR(cidr);
  const address = ipaddr.parse(cidr);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** 4 or 6 for the literal form of an address, as a grant's `host` may be one; undefined for a name. */
export function literalFamily(host: string): 4 | 6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return 4;
  return host.includes(':') && ipaddr.IPv6.isValid(host) ? 6 : undefined;
}
