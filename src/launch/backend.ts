// The one place that knows by which means a server is held on which system. What another system needs is never loaded.
import type { Installation } from '../installation.ts';
import type { SandboxPlan } from '../plan/plan.ts';
import type { SecretValues } from '../secrets/secret-values.ts';
import type { ProbedGrant, SystemFacts } from '../system/facts.ts';
import type { OpenFolder } from '../verify/descriptor.ts';
import type { VerifiedRuntime } from '../verify/verified.ts';
import type { HeldSandbox } from './hold-sandbox.ts';

export interface HoldRequest {
  readonly plan: SandboxPlan;
  readonly facts: SystemFacts;
  readonly grants: readonly ProbedGrant[];
  /** Opened and not verified yet. */
  readonly tree: OpenFolder;
  readonly runtime: VerifiedRuntime;
  readonly installation: Installation;
  readonly secrets: SecretValues | undefined;
  readonly onSpawned: () => void;
}

/** @throws CordonError when there is no such sandbox; then nothing is left running */
export async function holdServer(request: HoldRequest): Promise<HeldSandbox> {
  const { facts, tree, runtime, installation, ...rest } = request;
  if (facts.system === 'linux') {
    const { holdSandbox } = await import('./hold-sandbox.ts');
    return holdSandbox({ ...rest, facts, packageFd: tree.fd, runtimeFd: runtime.fd });
  }
  const [{ holdSeatbelt }, { packageLayout }, { launchesFolder }] = await Promise.all([
    import('./seatbelt/hold-seatbelt.ts'),
    import('../store/layout.ts'),
    import('../installation.ts'),
  ]);
  const seatbelt = {
    ...rest,
    package: { path: packageLayout(installation.store, rest.plan.digest).tree, fd: tree.fd },
    runtime,
    launches: launchesFolder(installation),
  };
  return holdSeatbelt(seatbelt, {
    sandboxExec: facts.sandboxExec.path,
    endTree: [process.execPath, '__end-tree'],
  });
}

export interface SystemCalls {
  /** Whether nobody is at the other end of a pipe or socket any more. */
  readonly isHungUp: (fd: number) => boolean;
  /** Gives back what this process does not need to hold while it waits. */
  readonly shedMemory: () => void;
}

export function systemCalls(): Promise<SystemCalls> {
  return process.platform === 'darwin' ? import('./seatbelt/libsystem.ts') : import('./libc.ts');
}
