// The plan of a real server, with the probe and its questions where the package would be. Pure.
import type { Digest } from '../digest.ts';
import { INSIDE } from '../plan/inside.ts';
import { planSandbox } from '../plan/plan-sandbox.ts';
import type { Mount, NetworkPlan, SandboxPlan } from '../plan/plan.ts';
import { NO_SECRETS } from '../plan/secrets.ts';
import type { ProbedGrant, SystemFacts } from '../system/facts.ts';
import type { Question } from './question.ts';

/** Small, so that reaching them costs little. */
const LIMITS = {
  memory: '1GiB',
  processes: 32,
  files: 256,
  fileSize: '16MiB',
  tmp: '16MiB',
  messageBytes: '1MiB',
} as const;

export interface ProbeProgram {
  readonly text: string;
  /** Digest of the text; there is no package tree. */
  readonly digest: Digest;
}

export interface ProbeRequest {
  readonly facts: SystemFacts;
  readonly grants: readonly ProbedGrant[];
  readonly workspace?: string;
  readonly network?: NetworkPlan;
}

export function planProbe(
  { facts, grants, workspace, network = { kind: 'none' } }: ProbeRequest,
  probe: ProbeProgram,
): SandboxPlan {
  const plan = planSandbox({
    profile: { name: 'doctor', limits: LIMITS },
    package: 'doctor@probe',
    digest: probe.digest,
    entry: 'probe.mjs',
    args: [],
    environment: {},
    workspace,
    grants,
    network,
    authorities: undefined,
    secrets: NO_SECRETS,
    facts,
  });
  const files: readonly Mount[] = [file('probe.mjs', probe.text)];
  return {
    ...plan,
    mounts: plan.mounts.flatMap((mount) =>
      mount.kind === 'bind' && mount.from.role === 'package' ? files : [mount],
    ),
  };
}

/** The questions are made from the plan (what it hides, its limits), so they join it last. */
export function withQuestions(plan: SandboxPlan, questions: readonly Question[]): SandboxPlan {
  const mounts = plan.mounts.flatMap((mount) =>
    mount.target === `${INSIDE.package}/probe.mjs`
      ? [mount, file('questions.json', JSON.stringify(questions))]
      : [mount],
  );
  return { ...plan, mounts };
}

function file(name: string, content: string): Mount {
  return { kind: 'file', target: `${INSIDE.package}/${name}`, content, mode: 0o444 };
}
