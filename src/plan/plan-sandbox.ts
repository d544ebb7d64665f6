// Profile + pinned package + what was probed -> one sandbox plan. Pure: the same values give the same plan.
import type { Digest } from '../digest.ts';
import { sizeInBytes } from '../profile/size.ts';
import type { Limits } from '../profile/schema.ts';
import type { ProbedGrant, SystemFacts } from '../system/facts.ts';
import { INSIDE } from './inside.ts';
import { IDENTITY, planMounts } from './mounts.ts';
import { proxyVariables } from './network.ts';
import type { LimitsPlan, NetworkPlan, SandboxPlan } from './plan.ts';
import { planSecretArguments, planSecrets, type SecretsRequest } from './secrets.ts';

export interface PlanRequest {
  readonly profile: { readonly name: string; readonly limits: Limits };
  readonly package: string;
  readonly digest: Digest;
  /** Entry file, relative to the tree. */
  readonly entry: string;
  /** Arguments and environment with their templates filled in. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The workspace when the profile uses it: where the server starts if it may see it. */
  readonly workspace: string | undefined;
  readonly grants: readonly ProbedGrant[];
  readonly network: NetworkPlan;
  /** PEM text of all authorities that the server is to trust, where the company has its own. */
  readonly authorities: string | undefined;
  readonly secrets: SecretsRequest;
  readonly facts: SystemFacts;
}

export function planSandbox(request: PlanRequest): SandboxPlan {
  const limits = planLimits(request.profile.limits);
  const { workspace, network } = request;
  const secrets = planSecrets(request.secrets);
  const seesWorkspace =
    workspace !== undefined &&
    request.grants.some(
      (grant) => grant.kind === 'present' && grant.type === 'folder' && grant.target === workspace,
    );
  return {
    profile: request.profile.name,
    package: request.package,
    digest: request.digest,
    command: {
      program: INSIDE.runtime,
      args: [`${INSIDE.package}/${request.entry}`, ...request.args],
      secretArguments: planSecretArguments(request.secrets, 1),
    },
    workingDirectory: seesWorkspace ? workspace : INSIDE.home,
    secrets,
    mounts: planMounts({ ...request, secrets }, limits),
    environment: {
      PATH: `${INSIDE.runtimeFolder}:/usr/bin:/bin`,
      HOME: INSIDE.home,
      TMPDIR: '/tmp',
      LANG: 'C.UTF-8',
      // A forged entry of Node's compile cache runs code other than the verified source (integrity.md 2.6).
      NODE_DISABLE_COMPILE_CACHE: '1',
      ...request.environment,
      ...(network.kind === 'proxy' ? proxyVariables(network, network.grants) : {}),
      ...(request.authorities === undefined ? {} : AUTHORITY_VARIABLES),
    },
    network,
    seccomp: {
      architecture:
        request.facts.platform === 'linux-arm64-glibc' || request.facts.platform === 'darwin-arm64'
          ? 'arm64'
          : 'x64',
      unixSockets: false,
    },
    limits,
    identity: IDENTITY,
    watched: request.grants.flatMap((grant) =>
      grant.kind === 'missing' && grant.access === 'read'
        ? [{ path: grant.source, ...(grant.link === undefined ? {} : { link: grant.link }) }]
        : [],
    ),
  };
}

/** Node adds to its own list; OpenSSL (Python, curl, Go) and requests replace theirs. */
const AUTHORITY_VARIABLES = {
  NODE_EXTRA_CA_CERTS: INSIDE.authorities,
  SSL_CERT_FILE: INSIDE.authorities,
  REQUESTS_CA_BUNDLE: INSIDE.authorities,
} as const;

function planLimits(limits: Limits): LimitsPlan {
  return {
    memoryBytes: sizeInBytes(limits.memory),
    processes: limits.processes,
    files: limits.files,
    fileSizeBytes: sizeInBytes(limits.fileSize),
    tmpBytes: sizeInBytes(limits.tmp),
    messageBytes: sizeInBytes(limits.messageBytes),
  };
}
