// The addresses that names have inside: each granted name its own out of 198.18.0.0/15 (RFC 2544, never routed), so that
// the address of a connection says which name was meant. Addresses of 127.0.0.0/8 would do as well, but servers that guard
// against SSRF refuse those.
import type { EgressGrant } from '../plan/plan.ts';
import { literalFamily } from './address.ts';
import { isNamed } from './grants.ts';

/** Below a wildcard there is no end of names; more than these get no address. */
const MAX_NAMES = 4096;

export class Names {
  readonly #grants: readonly EgressGrant[];
  readonly #byName = new Map<string, string>();
  readonly #byAddress = new Map<string, string>();

  constructor(grants: readonly EgressGrant[]) {
    this.#grants = grants;
    // Exact names first, so that no flood of names below a wildcard can take their place.
    for (const { host } of grants) if (!host.startsWith('*.')) this.addressOf(host);
  }

  /** The address of a granted name, lower-cased and without final dot; undefined when it has none. */
  addressOf(name: string): string | undefined {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    if (this.#byName.size >= MAX_NAMES || !isNamed(this.#grants, name)) return undefined;
    const address = this.#newAddress(name);
    this.#byName.set(name, address);
    this.#byAddress.set(address, name);
    return address;
  }

  /** Which granted host a connection to this local address meant; undefined when nobody was told of the address. */
  nameOf(address: string): string | undefined {
    return this.#byAddress.get(address);
  }

  #newAddress(name: string): string {
    if (name === 'localhost') return '127.0.0.1';
    if (literalFamily(name) !== undefined) return name;
    // The first two stay free: .0 is the network, .1 the interface itself.
    const number = this.#byName.size + 2;
    return `198.${18 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
  }
}
