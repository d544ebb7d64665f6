// Which grant a connection of the server falls under. Pure.
import type { EgressGrant } from '../plan/plan.ts';
import { coversHost } from '../profile/host.ts';
import { literalFamily } from './address.ts';

/** The grant for this host and port: exact names before wildcards, so that an exact one can say more. */
export function grantFor(
  grants: readonly EgressGrant[],
  host: string,
  port: number,
): EgressGrant | undefined {
  const fitting = grants.filter((grant) => grant.ports.includes(port) && coversHost(grant.host, host));
  return fitting.find((grant) => grant.host === host) ?? fitting[0];
}

/** Whether any grant names this host, whatever the port: then it resolves inside. */
export function isNamed(grants: readonly EgressGrant[], host: string): boolean {
  return grants.some((grant) => coversHost(grant.host, host));
}

/** Granted by number and this machine itself are never the proxy's business: it would resolve and choose for us. */
export function isPublicName(host: string, grant: EgressGrant): boolean {
  return host !== 'localhost' && literalFamily(host) === undefined && grant.addresses.length === 0;
}

/** Every port of the grants once, ascending. */
export function grantedPorts(grants: readonly EgressGrant[]): readonly number[] {
  return [...new Set(grants.flatMap((grant) => grant.ports))].toSorted((one, other) => one - other);
}
