// Everything that `explain` says and the plan does not hold, as a value. Pure.
import type { EgressConfig } from '../config/config.ts';
import type { SecretsConfig } from '../config/secrets.ts';
import type { MachineConfig } from '../config/machine.ts';
import { machineWords } from '../messages/config.ts';
import type { Installation } from '../installation.ts';
import type { Digest } from '../digest.ts';
import type { SandboxPlan } from '../plan/plan.ts';
import type { Platform } from '../platform.ts';
import type { ExpandedGrant } from '../profile/expand.ts';
import type { Profile } from '../profile/schema.ts';
import type { SeatbeltPlaces } from '../sandbox/seatbelt/render.ts';
import type { ProbedGrant, SystemFacts } from '../system/facts.ts';
import { type ExplainedNetwork, explainNetwork } from './network.ts';
import type { PackageState } from './package-state.ts';
import { type ExplainedRoutes, explainRoutes } from './routes.ts';
import { type ExplainedSecret, explainSecrets } from './secrets.ts';
import { type Weakness, weaknesses } from './weaknesses.ts';

export type RuntimeState =
  | {
      readonly state: 'recorded';
      readonly path: string;
      readonly version: string;
      readonly userWritable: boolean;
    }
  | {
      readonly state: 'unusable';
      readonly code: string;
      readonly message: string;
      readonly hints: readonly string[];
    };

export interface ExplainedGrant {
  /** Absolute path outside. */
  readonly path: string;
  /** Where the server sees it. */
  readonly inside: string;
  /** `protect`: read-only although the folder around it is granted for writing. */
  readonly access: 'read' | 'write' | 'protect';
  readonly exists: boolean;
  readonly why: string | null;
}

export interface Explanation {
  readonly profile: Pick<Profile, 'name' | 'description' | 'origin' | 'folder' | 'secrets'> & {
    readonly mcp: Profile['permissions']['mcp'];
    /** The file of the user that takes away from it. */
    readonly narrowedBy: string | null;
  };
  readonly lockfile: Digest;
  readonly platform: Platform;
  readonly package: PackageState;
  readonly runtime: RuntimeState;
  readonly home: string;
  readonly workspace: string | null;
  readonly grants: readonly ExplainedGrant[];
  readonly network: ExplainedNetwork;
  /** Where the configuration of this machine leads those hosts. */
  readonly routes: ExplainedRoutes;
  readonly secrets: readonly ExplainedSecret[];
  /** What the configuration of this machine narrows. */
  readonly machine: readonly string[];
  readonly weaker: readonly Weakness[];
  /** On macOS: what the places of the plan are there. Those of one start have no name yet. */
  readonly places?: SeatbeltPlaces;
  readonly plan: SandboxPlan;
}

export interface ExplainRequest {
  readonly profile: Profile;
  readonly narrowedBy: string | undefined;
  readonly lockfile: Digest;
  readonly package: PackageState;
  readonly runtime: RuntimeState;
  readonly installation: Pick<Installation, 'mode' | 'home'>;
  readonly workspace: string | undefined;
  readonly expanded: readonly ExpandedGrant[];
  readonly probed: readonly ProbedGrant[];
  readonly facts: SystemFacts;
  /** Of `bwrap --help`; undefined where there is no bubblewrap. */
  readonly bwrapOptions: ReadonlySet<string> | undefined;
  readonly secretSources: SecretsConfig;
  readonly egress: EgressConfig;
  readonly machine: MachineConfig;
  readonly places?: SeatbeltPlaces | undefined;
  readonly plan: SandboxPlan;
}

export function explain(request: ExplainRequest): Explanation {
  const { profile, runtime, facts } = request;
  const grants = explainGrants(request);
  return {
    profile: {
      name: profile.name,
      description: profile.description,
      origin: profile.origin,
      folder: profile.folder,
      secrets: profile.secrets,
      mcp: profile.permissions.mcp,
      narrowedBy: request.narrowedBy ?? null,
    },
    lockfile: request.lockfile,
    platform: facts.platform,
    package: request.package,
    runtime,
    home: request.installation.home,
    workspace: request.workspace ?? null,
    grants,
    network: explainNetwork(
      request.plan.network,
      profile.permissions.network,
      runtime.state === 'recorded' ? runtime.version : undefined,
    ),
    routes: explainRoutes(request.plan.network, request.egress),
    secrets: explainSecrets(profile, request.plan.secrets, request.secretSources),
    machine: machineWords(request.machine),
    weaker: weaknesses({
      system: facts.system,
      mode: request.installation.mode,
      uid: facts.uid,
      runtimeUserWritable: runtime.state === 'recorded' && runtime.userWritable,
      protects: grants.some((grant) => grant.access === 'protect'),
      isUnpinned: profile.definitions === 'unpinned',
      secretsInArguments: request.plan.secrets
        .filter(({ deliver }) => deliver === 'argument')
        .map(({ name }) => name),
      makesSafeMountPoints: request.bwrapOptions?.has('not-a-security-boundary') !== false,
    }),
    ...(request.places === undefined ? {} : { places: request.places }),
    plan: request.plan,
  };
}

/** The plan, with everything else beside it under one key. */
export function explanationDocument({ plan, ...about }: Explanation): object {
  return { ...plan, about };
}

function explainGrants({ profile, expanded, probed }: ExplainRequest): ExplainedGrant[] {
  const writable = expanded.filter((grant) => grant.access === 'write');
  return expanded.map((grant): ExplainedGrant => {
    const inWritable = writable.some((other) => grant.source.startsWith(`${other.source}/`));
    return {
      path: grant.source,
      inside: grant.target,
      access: grant.access === 'read' && inWritable ? 'protect' : grant.access,
      exists: probed.some((found) => found.kind === 'present' && found.target === grant.target),
      why: profile.permissions.filesystem[grant.index]?.why ?? null,
    };
  });
}
