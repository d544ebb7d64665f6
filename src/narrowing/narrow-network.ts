// Hosts and ports that a user leaves to a server, each within one grant of its managed profile.
import { coversRange, readRange } from '../profile/address-range.ts';
import { coversHost } from '../profile/host.ts';
import { portsOf } from '../profile/network-rules.ts';
import type { NetworkGrant, Report } from '../profile/pieces.ts';
import type { Narrowing } from './schema.ts';

type Wanted = NonNullable<Narrowing['permissions']['network']>[number];

/** What is left out is as the managed grant has it. */
export function narrowNetwork(
  granted: readonly NetworkGrant[],
  wanted: readonly Wanted[],
  report: Report,
): readonly NetworkGrant[] {
  return wanted.flatMap((grant, index) => {
    const place = ['permissions', 'network', index];
    const named = granted.filter((outer) => coversHost(outer.host, grant.host));
    // An exact name first, as the broker looks.
    const ordered = [...named.filter(({ host }) => host === grant.host), ...named];
    const outer = ordered.find((one) => portsOf(grant).every((port) => portsOf(one).includes(port)));
    if (named.length === 0) report([...place, 'host'], 'is not granted by the managed profile');
    else if (outer === undefined)
      report([...place, 'port'], 'is not granted by one entry of the managed profile');
    if (outer === undefined) return [];
    const { protocol = outer.protocol, addresses = outer.addresses } = grant;
    if (protocol === 'tcp' && outer.protocol === 'tls')
      report([...place, 'protocol'], 'is "tls" in the managed profile');
    for (const [position, address] of (grant.addresses ?? []).entries())
      if (!isWithin(address, outer.addresses))
        report([...place, 'addresses', position], 'is not among the addresses of the managed profile');
    return [
      {
        host: grant.host,
        port: grant.port,
        protocol,
        ...(addresses === undefined ? {} : { addresses }),
        ...(outer.why === undefined ? {} : { why: outer.why }),
      },
    ];
  });
}

/** Without a list, a grant is for public addresses, and any list may have others. */
function isWithin(address: string, granted: readonly string[] | undefined): boolean {
  const inner = readRange(address);
  if (!inner.ok) return false;
  return (granted ?? []).some((text) => {
    const outer = readRange(text);
    return outer.ok && coversRange(outer.value, inner.value);
  });
}
