// The network of a plan, with what a reviewer has to know about each host. Pure.
import type { EgressGrant, NetworkPlan } from '../plan/plan.ts';
import { coversHost } from '../profile/host.ts';
import { publicSuffixLibrary } from '../profile/libraries.ts';
import type { Profile } from '../profile/schema.ts';
import { REGISTRY_REASON, REGISTRY_WORDS, SHARED_HOSTS } from './shared-hosts.ts';

export interface ExplainedHost extends EgressGrant {
  readonly why: string | null;
  /** Why data could leave through it to others than its owner; null when nothing is known. */
  readonly leak: string | null;
}

export interface ExplainedNetwork {
  readonly way: NetworkPlan['kind'];
  readonly hosts: readonly ExplainedHost[];
  /** What does not work this way, one line each. */
  readonly limits: readonly string[];
}

export function explainNetwork(
  plan: NetworkPlan,
  grants: Profile['permissions']['network'],
  nodeVersion: string | undefined,
): ExplainedNetwork {
  if (plan.kind === 'none') return { way: 'none', hosts: [], limits: [] };
  return {
    way: plan.kind,
    hosts: plan.grants.map((grant) => ({ ...grant, why: reasonOf(grant, grants), leak: leakOf(grant) })),
    limits:
      plan.kind === 'proxy' || plan.kind === 'loopback-proxy' ? proxyLimits(plan.grants, nodeVersion) : [],
  };
}

function reasonOf(grant: EgressGrant, grants: Profile['permissions']['network']): string | null {
  const asked = grants.find(
    (one) => one.host === grant.host && [one.port].flat().some((port) => grant.ports.includes(port)),
  );
  return asked?.why ?? null;
}

/** Only what is public is shared: a grant that names its addresses leads to a machine of its author's choice. */
function leakOf({ host, addresses }: EgressGrant): string | null {
  if (host === 'localhost' || addresses.length > 0) return null;
  const shared = SHARED_HOSTS.find((group) => group.hosts.some((pattern) => meet(host, pattern)));
  if (shared !== undefined) return shared.reason;
  const name = host.replace(/^\*\./, '');
  const { isPrivate, publicSuffix } = publicSuffixLibrary().parse(name, { allowPrivateDomains: true });
  if (isPrivate === true) return `anybody can have a name below ${publicSuffix ?? name}`;
  return name.split('.').some((label) => REGISTRY_WORDS.test(label)) ? REGISTRY_REASON : null;
}

/** Whether there is a name that both of them mean. */
function meet(one: string, other: string): boolean {
  return one === other || coversHost(one, other) || coversHost(other, one);
}

function proxyLimits(grants: readonly EgressGrant[], nodeVersion: string | undefined): string[] {
  const limits = [
    'programs that do not look at HTTPS_PROXY, as most database drivers: they find no host at all',
    'looking up a name inside the sandbox, and UDP',
  ];
  if (nodeVersion !== undefined && !looksAtProxy(nodeVersion))
    limits.unshift(
      `fetch and https of node ${nodeVersion}, which ignores proxy variables; 22.21 or 24.5, or newer, does not`,
    );
  if (grants.some((grant) => grant.protocol === 'tcp' || grant.host === 'localhost'))
    limits.push(
      'grants for "tcp" and for "localhost", but from programs that ask an HTTP proxy for a tunnel (CONNECT): for a plain "http://" address most do not, and are answered 405',
    );
  return limits;
}

/** Since when NODE_USE_ENV_PROXY covers fetch, http and https. */
function looksAtProxy(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}
