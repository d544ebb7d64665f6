// A managed profile and what a user leaves of it -> the profile that a server gets, or every place in which the user's says more.
// Nothing is cut down without a word: who reads the file reads what holds. Pure.
import { ceilingFaults } from '../config/machine.ts';
import { jsonPath } from '../json/json-path.ts';
import { piecesOf, type Report } from '../profile/pieces.ts';
import { ruleFaults } from '../profile/rules.ts';
import type { Limits, ProfileDocument } from '../profile/schema.ts';
import { narrowFiles } from './narrow-files.ts';
import { narrowNetwork } from './narrow-network.ts';
import type { Narrowing } from './schema.ts';

export type Narrowed =
  | { readonly ok: true; readonly document: ProfileDocument }
  /** One line per fault, `permissions.network[0].host: …`, as the user's file names its places. */
  | { readonly ok: false; readonly faults: readonly string[] };

type Mcp = ProfileDocument['permissions']['mcp'];

export function narrow(base: ProfileDocument, { permissions, limits }: Narrowing): Narrowed {
  const faults: string[] = [];
  const report: Report = (place, message) => faults.push(`${jsonPath(place)}: ${message}`);
  const { filesystem, network, mcp } = base.permissions;
  const given = Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
  const document: ProfileDocument = {
    ...base,
    permissions: {
      filesystem:
        permissions.filesystem === undefined
          ? filesystem
          : [...narrowFiles(filesystem, permissions.filesystem, report)],
      network:
        permissions.network === undefined
          ? network
          : [...narrowNetwork(network, permissions.network, report)],
      mcp: narrowMcp(mcp, permissions.mcp, report),
    },
    limits: { ...base.limits, ...(given as Partial<Limits>) },
    // What must be denied is denied still. What must be allowed is what a user may take away.
    expects: { ...base.expects, allow: [] },
  };
  faults.push(...ceilingFaults(document.limits, base.limits).map(inProfile));
  const all = faults.length > 0 ? faults : ruleFaults(piecesOf(document));
  return all.length === 0 ? { ok: true, document } : { ok: false, faults: all };
}

function inProfile(fault: string): string {
  return fault.replace('config.json allows', 'the managed profile allows');
}

function narrowMcp(base: Mcp, wanted: Narrowing['permissions']['mcp'], report: Report): Mcp {
  const place = (...more: readonly PropertyKey[]) => ['permissions', 'mcp', ...more];
  const { tools, extensions, ...features } = wanted;
  const refuse = (where: readonly PropertyKey[]) => report(where, 'is not granted by the managed profile');
  const granted = { ...base };
  for (const [name, feature] of Object.entries(features) as Array<
    [keyof typeof features, boolean | undefined]
  >) {
    if (feature === true && !base[name]) refuse(place(name));
    else if (feature !== undefined) granted[name] = feature;
  }
  if (tools !== undefined) {
    for (const fault of toolFaults(base.tools, tools)) refuse(place('tools', ...fault));
    granted.tools = tools;
  }
  for (const [index, extension] of (extensions ?? []).entries())
    if (!base.extensions.includes(extension)) refuse(place('extensions', index));
  return { ...granted, extensions: extensions ?? base.extensions };
}

/** Places below `tools` that name more than is granted. */
function toolFaults(granted: Mcp['tools'], wanted: Mcp['tools']): ReadonlyArray<readonly number[]> {
  if (granted === true || wanted === false) return [];
  if (granted === false || wanted === true) return [[]];
  return wanted.flatMap((tool, index) => (granted.includes(tool) ? [] : [[index]]));
}
