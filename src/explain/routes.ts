// Where the configuration of this machine leads the hosts of a plan: through the company's proxy, or to addresses that it
// fixes. As the broker does it (egress/reach.ts). Pure.
import type { EgressConfig } from '../config/config.ts';
import { judgeAddress } from '../egress/address.ts';
import { isPublicName } from '../egress/grants.ts';
import type { EgressGrant, NetworkPlan } from '../plan/plan.ts';
import { coversHost } from '../profile/host.ts';

export interface FixedName {
  readonly name: string;
  readonly addresses: readonly string[];
  /** One that no grant for the name reaches; then every connection to the name is refused. */
  readonly refused: string | null;
}

export interface ExplainedRoutes {
  /** The company's proxy, and the granted hosts that it looks up and dials; null where there are none. */
  readonly proxy: { readonly host: string; readonly port: number; readonly hosts: readonly string[] } | null;
  readonly fixed: readonly FixedName[];
}

export function explainRoutes(plan: NetworkPlan, { proxy, hosts }: EgressConfig): ExplainedRoutes {
  const grants = plan.kind === 'none' ? [] : plan.grants;
  const proxied = grants.filter(
    (grant) => isPublicName(grant.host, grant) && !Object.hasOwn(hosts, grant.host),
  );
  return {
    proxy:
      proxy === undefined || proxied.length === 0
        ? null
        : { host: proxy.host, port: proxy.port, hosts: [...new Set(proxied.map(({ host }) => host))] },
    fixed: Object.entries(hosts).flatMap(([name, addresses]) => {
      const covering = grants.filter(({ host }) => coversHost(host, name));
      return covering.length === 0 ? [] : [{ name, addresses, refused: refusedOf(addresses, covering) }];
    }),
  };
}

function refusedOf(addresses: readonly string[], grants: readonly EgressGrant[]): string | null {
  // Addresses of the machine itself are the broker's to know.
  const refused = addresses.find((address) =>
    grants.every((grant) => !judgeAddress(address, grant, []).allowed),
  );
  return refused ?? null;
}
