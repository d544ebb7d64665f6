// The network grants of a profile, each by itself and against one another.
import { quote } from '../escape.ts';
import { jsonPath } from '../json/json-path.ts';
import { type AddressRange, coversRange, inRange, readRange } from './address-range.ts';
import { coversHost, type Host, readHost } from './host.ts';
import type { NetworkGrant, Report } from './pieces.ts';
import { MAX_PORTS } from './schema.ts';

/** The sandbox answers names there itself. */
const NAME_SERVICE_PORT = 53;

export function networkFaults(grants: ReadonlyArray<NetworkGrant | undefined>, report: Report): void {
  for (const [index, grant] of grants.entries()) {
    if (grant === undefined) continue;
    const place = ['permissions', 'network', index];
    const host = readHost(grant.host);
    if (host.kind === 'invalid') report([...place, 'host'], host.fault);
    portFaults(grant, [...place, 'port'], report);
    addressFaults(grant, host, place, report);
    for (const [earlier, other] of grants.slice(0, index).entries()) {
      if (other === undefined) continue;
      const conflict = conflictOf(grant, other, () => jsonPath(['permissions', 'network', earlier]));
      if (conflict !== undefined) report(place, conflict);
    }
  }
  const ports = new Set(grants.flatMap((grant) => (grant === undefined ? [] : portsOf(grant))));
  if (ports.size > MAX_PORTS)
    report(['permissions', 'network'], `grants ${ports.size} different ports, more than ${MAX_PORTS}`);
}

export function portsOf(grant: Pick<NetworkGrant, 'port'>): readonly number[] {
  return [grant.port].flat();
}

function portFaults(grant: NetworkGrant, place: readonly PropertyKey[], report: Report): void {
  const ports = portsOf(grant);
  if (new Set(ports).size < ports.length) report(place, 'has a port twice');
  if (ports.includes(NAME_SERVICE_PORT))
    report(place, `must not be ${NAME_SERVICE_PORT}: names are answered there inside the sandbox`);
}

function addressFaults(grant: NetworkGrant, host: Host, place: readonly PropertyKey[], report: Report): void {
  const { addresses } = grant;
  if (host.kind === 'localhost' && addresses !== undefined)
    report(
      [...place, 'addresses'],
      'must be left out for "localhost", which is the loopback of this machine',
    );
  const ranges = (addresses ?? []).flatMap((text, index): AddressRange[] => {
    const range = readRange(text);
    if (range.ok) return [range.value];
    report([...place, 'addresses', index], range.fault);
    return [];
  });
  const isComplete = ranges.length === (addresses?.length ?? 0);
  if (isComplete) redundancyFaults(ranges, [...place, 'addresses'], report);
  if (host.kind !== 'address') return;
  if (addresses === undefined)
    report([...place, 'host'], `is an address: it needs "addresses": [${quote(grant.host)}] beside it`);
  else if (isComplete && !ranges.some((range) => inRange(range, host.address)))
    report([...place, 'addresses'], `must contain the host ${quote(grant.host)}`);
  if (grant.protocol === 'tls')
    report([...place, 'protocol'], 'must be "tcp": in TLS to an address there is no name to compare');
}

function redundancyFaults(
  ranges: readonly AddressRange[],
  place: readonly PropertyKey[],
  report: Report,
): void {
  for (const [index, range] of ranges.entries()) {
    const outer = ranges.findIndex(
      (other, position) =>
        position !== index &&
        coversRange(other, range) &&
        // Of two equal ones the second is one too many.
        (other.bits < range.bits || position < index),
    );
    if (outer !== -1) report([...place, index], `is contained in ${jsonPath([...place, outer])}`);
  }
}

/** How a grant gets in the way of an earlier one, which stands at `place`; undefined when it does not. */
function conflictOf(grant: NetworkGrant, earlier: NetworkGrant, place: () => string): string | undefined {
  const isSame = earlier.host === grant.host;
  if (!isSame && !coversHost(earlier.host, grant.host) && !coversHost(grant.host, earlier.host))
    return undefined;
  const ports = portsOf(grant);
  if (!portsOf(earlier).some((port) => ports.includes(port))) return undefined;
  if (earlier.protocol !== grant.protocol)
    return `grants a host and port for ${quote(grant.protocol)} that ${place()} grants for ${quote(earlier.protocol)}`;
  if (isSame) return `grants the same host and port as ${place()}`;
  // A name below a wildcard may be granted once more, unless it would depend on the order what may be dialled.
  return isSameList(earlier.addresses, grant.addresses)
    ? undefined
    : `grants other addresses for a host and port that ${place()} grants too`;
}

function isSameList(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return [...(one ?? [])].toSorted().join() === [...(other ?? [])].toSorted().join();
}
