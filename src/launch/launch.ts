import type { SandboxPlan } from '../plan/plan.ts';
import type { LinuxFacts, ProbedGrant } from '../system/facts.ts';
import { holdSandbox, type Verified } from './hold-sandbox.ts';
import type { Session } from './session.ts';

export interface LaunchRequest extends Verified {
  readonly plan: SandboxPlan;
  readonly facts: LinuxFacts;
  readonly grants: readonly ProbedGrant[];
}

/** Sets the sandbox up and lets the server run, for callers that verified before. Throws as holdSandbox does. */
export async function launch(request: LaunchRequest): Promise<Session> {
  const { plan, facts, grants, package: verified, runtime } = request;
  const packageFd = verified === 'none' ? undefined : verified.treeFd;
  const held = await holdSandbox({ plan, facts, grants, packageFd, runtimeFd: runtime.fd });
  return held.release({ package: verified, runtime });
}
