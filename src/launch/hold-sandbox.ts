// Plan -> a sandbox that stands ready and is held before its server. The package is hashed meanwhile: nothing of it runs before
// release() is given what verify/ alone can make.
import fs from 'node:fs';
import type { EgressSockets } from '../egress/listen.ts';
import { sandboxSetupFailed } from '../messages/sandbox.ts';
import type { SandboxPlan } from '../plan/plan.ts';
import type { VerifiedPackage, VerifiedRuntime } from '../verify/verified.ts';
import { type ControlGroup, confine } from './cgroup.ts';
import { diagnoseSetup } from './diagnose.ts';
import { isTied } from './gate.ts';
import { applyLimits, limitMemory, verifyMounts, verifyNetwork } from './hold.ts';
import type { Session } from './session.ts';
import { type LaunchRequest, spawnSandbox } from './spawn-sandbox.ts';

/** Processes that the control group counts beside the server's: bubblewrap's init, and bubblewrap itself. */
const OURS = { inside: 1, outside: 2 } as const;
/** Until the end of a process that was killed is known here. */
const DEATH_NOTICE_MS = 20;

export interface Verified {
  /** `none`: for a plan that mounts no package (doctor's probe). */
  readonly package: VerifiedPackage | 'none';
  readonly runtime: VerifiedRuntime;
}

export interface HeldSandbox {
  /** What listens inside for the server's connections; undefined without network grants. The caller owns them. */
  readonly sockets: EgressSockets | undefined;
  /**
   * Lets the server run. Takes only what verify/ made, and only for the very descriptors that are mounted: unverified
   * code cannot be started. Throws SANDBOX_SETUP_FAILED when the sandbox ended meanwhile.
   */
  release(verified: Verified): Session;
  /** Ends the sandbox without having run anything in it. */
  abort(): Promise<void>;
}

/** Throws SANDBOX_SETUP_FAILED and its kin; then nothing is left running. */
export async function holdSandbox(request: LaunchRequest): Promise<HeldSandbox> {
  const { plan } = request;
  const spawned = await spawnSandbox(request);
  const { child, ours, sweeper, egress } = spawned;
  const { exit } = child;
  let over = false;
  void exit.then(() => {
    over = true;
  });
  // Begun before bubblewrap makes its namespaces, with what was spawned: the kernel takes as long for this as for them.
  // A stage of ours that hands out sockets needs more memory than a small server may have, so there it waits for the init.
  let confined: Promise<ControlGroup | undefined> =
    egress === undefined && child.pid !== undefined
      ? confine(child.pid, plan.limits, OURS.outside)
      : Promise.resolve(undefined);
  await writeFilter(ours.filter, plan);
  request.onSpawned?.();
  // Loaded now, while bubblewrap works: they bring streams along, which take longer than all of our own code.
  const [{ watchSetup }, { runningSession }] = await Promise.all([
    import('./setup-output.ts'),
    import('./running-session.ts'),
  ]);
  const output = watchSetup(ours);

  const abort = async (): Promise<void> => {
    child.kill();
    await exit;
    await (await confined)?.remove();
    for (const fd of [ours.stdin, ours.stdout, ours.gate]) fs.closeSync(fd);
    egress?.ours.close();
  };

  try {
    const init = await Promise.race([output.status.init, exit.then(() => undefined)]);
    if (init === undefined) throw await output.diagnosis();
    applyLimits(init, plan);
    // A stage of ours that runs inside needs more memory than a small server may have.
    if (egress?.inside === undefined) limitMemory(init, plan);
    if (egress !== undefined) confined = confine(init, plan.limits, OURS.inside);
    verifyNetwork(init);
    await verifyMounts(init, plan, () => over);
    const group = await confined;
    if (group !== undefined && !(await group.include(init)))
      throw sandboxSetupFailed('its control group refuses it');
    if (over) throw await output.diagnosis();
    fs.writeSync(ours.block, 'x');
    // A millisecond or two from here, and a timer's shortest pause is one.
    while (!isTied(init, child.pid)) {
      if (over) throw await output.diagnosis();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const sockets = await egress?.ours.receive(() => over);
    if (egress?.inside !== undefined) limitMemory(init, plan);
    if (over) throw await output.diagnosis();
    sweeper.dismiss();
    fs.closeSync(ours.block);
    return {
      abort,
      sockets,
      release(verified) {
        const usesPackage = plan.mounts.some(
          (mount) => mount.kind === 'bind' && mount.from.role === 'package',
        );
        const packageFd = verified.package === 'none' ? undefined : verified.package.treeFd;
        if (
          verified.runtime.fd !== request.runtimeFd ||
          packageFd !== request.packageFd ||
          usesPackage !== (packageFd !== undefined)
        ) {
          throw new TypeError('what was verified is not what is mounted');
        }
        if (over) throw diagnoseSetup(output.said());
        output.endSetup();
        fs.writeSync(ours.gate, '\n');
        fs.closeSync(ours.gate);
        return runningSession({
          child,
          init,
          status: output.status,
          input: ours.stdin,
          output: ours.stdout,
          errors: output.errors,
          group,
          setupStderr: output.said,
        });
      },
    };
  } catch (error) {
    // What fails because bubblewrap has just died, in whatever way, says nothing about the reason.
    const died = await Promise.race([exit.then(() => true), delay(DEATH_NOTICE_MS).then(() => false)]);
    await abort();
    // bubblewrap's init may not be tied yet, and would wait for ever for a word of its dead parent. The sweeper kills all
    // that hold the pipe of the hold, so our end goes first.
    fs.closeSync(ours.block);
    sweeper.sweep();
    throw died ? await output.diagnosis() : error;
  }
}

/**
 * Compiled when bubblewrap is on its way: it reads the filter to its end, and refuses an empty one. Whatever a launcher that
 * dies here leaves unsaid, its server waits at a gate that nobody opens.
 */
async function writeFilter(fd: number, plan: SandboxPlan): Promise<void> {
  const { compileSeccomp } = await import('../sandbox/seccomp/compile.ts');
  try {
    fs.writeSync(fd, compileSeccomp(plan.seccomp));
  } catch (error) {
    // It ended already, and its last words say why.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  } finally {
    fs.closeSync(fd);
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
