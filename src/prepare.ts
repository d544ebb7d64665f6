// From a profile's name to everything that can be decided before the package is verified. Shared by `run` and `explain`.
import fs from 'node:fs';
import { type Installation, ownFolders, stateFolder } from './installation.ts';
import { trustedAuthorities } from './config/authorities.ts';
import type { Config } from './config/config.ts';
import { type ReadConfig, requireConfig } from './config/configured.ts';
import { ceilingFaults } from './config/machine.ts';
import { secretFiles } from './config/secret-files.ts';
import { egressUnavailable } from './messages/run.ts';
import { limitsRefused, rootRefused } from './messages/config.ts';
import { macosUntried, noOwnNetwork } from './messages/macos.ts';
import { INSIDE } from './plan/inside.ts';
import { reviewedDefinitions } from './pins/reviewed-definitions.ts';
import { planMacNetwork, planNetwork } from './plan/network.ts';
import { refuseOwnFolders, refuseSecretFiles } from './plan/own-folders.ts';
import { planSandbox } from './plan/plan-sandbox.ts';
import type { EgressGrant, NetworkPlan, SandboxPlan } from './plan/plan.ts';
import { narrowedProfile } from './narrowing/load.ts';
import { refuseWidening } from './narrowing/refuse-widening.ts';
import { type ExpandedProfile, expandProfile, type TemplateValues } from './profile/expand.ts';
import { loadProfile } from './profile/load.ts';
import type { NetworkGrant } from './profile/pieces.ts';
import type { Profile } from './profile/schema.ts';
import type { Reviewed } from './relay/reviewed.ts';
import { type ResolvedServer, resolveServer } from './resolve/resolve.ts';
import type { ProbedGrant, SystemFacts } from './system/facts.ts';
import { refuseAliases } from './system/aliases.ts';
import { probeEgress } from './system/probe-egress.ts';
import { probeGrants } from './system/probe-grants.ts';
import { currentPlatform, probeSystem } from './system/probe.ts';
import { verifyProgram } from './verify/verify-program.ts';

export interface Prepared {
  /** What the server gets. */
  readonly profile: Profile;
  /** The file of the user that took away from it. */
  readonly narrowedBy: string | undefined;
  readonly server: ResolvedServer;
  /** What the client may be shown; undefined for `explain`. */
  readonly reviewed: Reviewed | undefined;
  readonly expanded: ExpandedProfile;
  readonly facts: SystemFacts;
  readonly grants: readonly ProbedGrant[];
  readonly plan: SandboxPlan;
  readonly config: Config;
  /** The state folder, when this start made it: a start that is refused takes it away again. */
  readonly stateMade: string | undefined;
}

export interface PrepareRequest {
  readonly name: string;
  readonly installation: Installation;
  readonly config: ReadConfig;
  readonly programRoot: string;
  /** What `${workspace}` means: the current directory, by its real path. */
  readonly workspace: string;
  /** `start` makes the profile's state folder and refuses what may not start; `explain` only looks. */
  readonly purpose: 'start' | 'explain';
  /** Called as soon as it is known which package is meant, before the machine is looked at. */
  readonly onResolved?: (server: ResolvedServer) => void;
}

/** Throws the CordonError of whichever stage refuses. Opens one descriptor per present grant; the caller owns them. */
export function prepare(request: PrepareRequest): Prepared {
  const { installation } = request;
  verifyProgram(installation, request.programRoot);
  const config = requireConfig(request.config);
  const managed = loadProfile(request.name, installation);
  const server = resolveServer(managed, currentPlatform());
  // Approved was the whole of it, and whoever takes away from it needs no other approval.
  const reviewed = request.purpose === 'start' ? reviewedDefinitions(managed, server.pins) : undefined;
  const { profile, narrowedBy } = narrowedProfile(managed, installation);
  request.onResolved?.(server);
  refuseBeyondPolicy(profile, config, request.purpose);
  const facts = probeSystem();
  if (facts.system === 'macos' && request.purpose === 'start' && config.macos !== 'untried')
    throw macosUntried(installation.configFile);
  const network = networkOf(profile, config, facts);
  const state = stateFolder(installation, profile.name);
  const values: TemplateValues = {
    workspace: request.workspace,
    home: installation.home,
    accountHome: installation.accountHome,
    state,
    stateInside: facts.system === 'macos' ? state : INSIDE.state,
  };
  const expanded = expandProfile(profile, values);
  if (narrowedBy !== undefined)
    refuseWidening({
      granted: managed.permissions.filesystem,
      left: profile.permissions.filesystem,
      values,
      file: narrowedBy,
    });
  const trusted = secretFiles(config, installation.home);
  const own = [...ownFolders(installation, request.programRoot), ...trusted.deciding];
  refuseOwnFolders(expanded.grants, { folders: own, state });
  refuseSecretFiles(expanded.grants, trusted.files);
  const usesState = expanded.grants.some((grant) => grant.source === state);
  const stateMade = usesState && request.purpose === 'start' && !fs.existsSync(state) ? state : undefined;
  if (stateMade !== undefined) fs.mkdirSync(stateMade, { recursive: true, mode: 0o700 });
  const grants = probeGrants(
    expanded.grants.map((grant) => ({
      ...grant,
      optional: grant.optional || (grant.source === state && request.purpose === 'explain'),
    })),
  );
  const hidden = [installation.home, installation.accountHome, ...trusted.files];
  refuseAliases(grants, { hidden, own });
  const plan = planSandbox({
    profile,
    package: `${profile.source.package}@${profile.source.version}`,
    digest: server.digest,
    entry: server.entry,
    args: expanded.args,
    environment: expanded.env,
    workspace: expanded.workspace,
    grants,
    secrets: { secrets: profile.secrets, secretArguments: expanded.secretArguments },
    network,
    authorities:
      network.kind === 'none' || config.egress.caFile === undefined
        ? undefined
        : trustedAuthorities(config.egress.caFile),
    facts,
  });
  return { profile, narrowedBy, server, reviewed, expanded, facts, grants, plan, config, stateMade };
}

/** Throws POLICY_REFUSED. What root may not start it may look at all the same. */
function refuseBeyondPolicy(profile: Profile, config: Config, purpose: PrepareRequest['purpose']): void {
  if (purpose === 'start' && config.runAsRoot === 'refused' && process.getuid?.() === 0) throw rootRefused();
  const faults = ceilingFaults(profile.limits, config.ceilings);
  if (faults.length > 0) throw limitsRefused(faults);
}

/** Throws EGRESS_UNAVAILABLE when the configuration insists on a way that this machine forbids. */
function networkOf(profile: Profile, { egress }: Config, facts: SystemFacts): NetworkPlan {
  const grants = profile.permissions.network.map(egressGrant);
  if (grants.length === 0) return { kind: 'none' };
  if (facts.system === 'macos') {
    if (egress.mode === 'transparent') throw egressUnavailable(noOwnNetwork);
    return planMacNetwork(grants);
  }
  const probe = probeEgress(egress.mode);
  if (egress.mode === 'transparent' && probe.way === 'proxy') throw egressUnavailable(probe.why);
  return planNetwork(grants, probe.way);
}

function egressGrant(grant: NetworkGrant): EgressGrant {
  return {
    host: grant.host,
    ports: [grant.port].flat(),
    protocol: grant.protocol,
    addresses: grant.addresses ?? [],
  };
}
