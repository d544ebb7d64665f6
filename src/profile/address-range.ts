// Addresses as profiles and the configuration write them: one spelling for each, so that a reviewer and the broker read the
// same. `127.1`, `0x7f000001`, `[::1]`, `::ffff:10.0.0.1` and zones are faults.
import { quote } from '../escape.ts';
import { addressLibrary } from './libraries.ts';

/** One address, or all that share its first `bits` bits. */
export interface AddressRange {
  /** As the plan names it: `10.1.0.0/16`, `fd00::1/128`. */
  readonly cidr: string;
  readonly bits: number;
  readonly address: IpAddress;
}

export type IpAddress = import('ipaddr.js').IPv4 | import('ipaddr.js').IPv6;

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  /** The end of a sentence that begins with the place. */
  | { readonly ok: false; readonly fault: string };

/** Wider ranges are no list of addresses any more but most of a network. */
const WIDEST = { ipv4: 8, ipv6: 16 } as const;
const LENGTH = { ipv4: 32, ipv6: 128 } as const;
export const NO_ADDRESS = 'must be an address such as "10.1.2.3" or "fd00::1"';

/** Every form that resolvers take for a number: `1.2.3.4`, `127.1`, `0x7f000001`, `2130706433`, `[::1]`. */
export function looksLikeAddress(text: string): boolean {
  if (text.startsWith('[') || text.split(':').length > 2) return true;
  const last = text.replace(/\.$/, '').split('.').at(-1) ?? '';
  return /^(?:[0-9]+|0x[0-9a-f]*)$/i.test(last);
}

/** One address in its one spelling: four decimal numbers, or RFC 5952. */
export function readAddress(text: string): Read<IpAddress> {
  const { IPv4, IPv6 } = addressLibrary();
  if (IPv4.isValidFourPartDecimal(text)) return { ok: true, value: IPv4.parse(text) };
  if (text.includes('%') || !IPv6.isValid(text)) return { ok: false, fault: NO_ADDRESS };
  const address = IPv6.parse(text);
  // The kernel dials IPv4 for these.
  if (address.isIPv4MappedAddress())
    return { ok: false, fault: `must be written ${quote(address.toIPv4Address().toString())}` };
  const written = address.toRFC5952String();
  return text === written
    ? { ok: true, value: address }
    : { ok: false, fault: `must be written ${quote(written)}` };
}

/** An address, or a range `10.1.0.0/16` without bits behind its length. */
export function readRange(text: string): Read<AddressRange> {
  const [start = '', digits, ...more] = text.split('/');
  const read = readAddress(start);
  if (!read.ok)
    return {
      ok: false,
      fault: read.fault === NO_ADDRESS ? `${NO_ADDRESS}, or a range "10.1.0.0/16"` : read.fault,
    };
  const address = read.value;
  const kind = address.kind();
  const bits = digits === undefined ? LENGTH[kind] : Number(digits);
  if (more.length > 0 || !/^(?:0|[1-9][0-9]{0,2})$/.test(digits ?? '0') || bits > LENGTH[kind])
    return { ok: false, fault: `must end in "/" and a length from ${WIDEST[kind]} to ${LENGTH[kind]}` };
  if (bits < WIDEST[kind])
    return { ok: false, fault: `is too broad: /${WIDEST[kind]} is the widest range of its kind` };
  const range = { cidr: `${start}/${bits}`, bits, address };
  const network = networkOf(range);
  if (network !== start)
    return { ok: false, fault: `has bits behind its length: write ${quote(`${network}/${bits}`)}` };
  if (kind === 'ipv6' && overlaps(range, mappedRange()))
    return { ok: false, fault: 'holds IPv4 addresses written as IPv6: write them as IPv4' };
  return { ok: true, value: range };
}

export function inRange(range: AddressRange, address: IpAddress): boolean {
  return range.address.kind() === address.kind() && address.match(range.address, range.bits);
}

/** Whether all of `inner` lies in `outer`. */
export function coversRange(outer: AddressRange, inner: AddressRange): boolean {
  return outer.bits <= inner.bits && inRange(outer, inner.address);
}

function overlaps(one: AddressRange, other: AddressRange): boolean {
  return coversRange(one, other) || coversRange(other, one);
}

function networkOf({ address, cidr }: AddressRange): string {
  const { IPv4, IPv6 } = addressLibrary();
  return address.kind() === 'ipv4'
    ? IPv4.networkAddressFromCIDR(cidr).toString()
    : IPv6.networkAddressFromCIDR(cidr).toRFC5952String();
}

function mappedRange(): AddressRange {
  const cidr = '::ffff:0:0/96';
  const [address, bits] = addressLibrary().IPv6.parseCIDR(cidr);
  return { cidr, bits, address };
}
