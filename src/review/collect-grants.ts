// What a profile grants, as its author wrote it: a workspace and a home folder differ from one reviewer to the next, and two
// reviewers must see the same bytes. `cordon explain` shows the folders of this machine.
import fs from 'node:fs';
import type { ExplainedGrant } from '../explain/explanation.ts';
import { type ExplainedNetwork, explainNetwork } from '../explain/network.ts';
import { planNetwork } from '../plan/network.ts';
import type { Profile } from '../profile/schema.ts';

export function writtenGrants({ permissions }: Profile): ExplainedGrant[] {
  const { filesystem } = permissions;
  const writable = filesystem.filter((grant) => grant.access === 'write');
  return filesystem.map((grant): ExplainedGrant => {
    const inWritable = writable.some((other) => grant.path.startsWith(`${other.path}/`));
    return {
      path: grant.path,
      inside: grant.path,
      access: grant.access === 'read' && inWritable ? 'protect' : grant.access,
      exists: grant.path.startsWith('/') ? fs.existsSync(grant.path) : grant.optional !== true,
      why: grant.why ?? null,
    };
  });
}

export function writtenNetwork({ permissions }: Profile): ExplainedNetwork {
  const grants = permissions.network.map(({ host, port, protocol, addresses = [] }) => ({
    host,
    ports: [port].flat(),
    protocol,
    addresses,
  }));
  return explainNetwork(planNetwork(grants, 'transparent'), permissions.network, undefined);
}
