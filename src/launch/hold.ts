// What is done to the sandbox while bubblewrap holds it: everything is mounted, the server has not been started. Limits
// on processes count per user namespace, so they can only be set now (sandbox.md, finding 9).
import fs from 'node:fs';
import { limitUnenforceable, sandboxSetupFailed } from '../messages/sandbox.ts';
import { INSIDE } from '../plan/inside.ts';
import type { SandboxPlan } from '../plan/plan.ts';
import { type RESOURCE, setLimit } from './libc.ts';

const OOM_SCORE = 500;

export function applyLimits(init: number, plan: SandboxPlan): void {
  const limits = [
    // One byte is no dump, and unlike 0 it also keeps the kernel from starting a crash handler (core(5): a pattern that
    // begins with a pipe ignores the limit, 1 alone excepted).
    ['core', 1],
    ['nofile', plan.limits.files],
    ['fsize', plan.limits.fileSizeBytes],
    // The server's init counts too.
    ['nproc', plan.limits.processes + 1],
  ] as const;
  for (const [resource, value] of limits) limit(init, resource, value);
  // The first to go when the machine runs out of memory. Advisory: the server may take it back. Never lower than ours,
  // which containers set to 1000 and the kernel lets nobody lower.
  const own = Number(fs.readFileSync('/proc/self/oom_score_adj', 'utf8'));
  fs.writeFileSync(`/proc/${init}/oom_score_adj`, String(Math.max(own, OOM_SCORE)));
}

/**
 * A server in the launcher's own network would reach everything that the developer does. bubblewrap is not asked for a
 * network of its own where one was made for it, so whether there is one is looked at and not concluded.
 */
export function verifyNetwork(init: number): void {
  if (fs.readlinkSync(`/proc/${init}/ns/net`) === fs.readlinkSync('/proc/self/ns/net'))
    throw sandboxSetupFailed('the server would share the network of this machine');
}

/** For the sandbox's init and for what waits at the gate to become the server, which may be there already. */
export function limitMemory(init: number, plan: SandboxPlan): void {
  const children = fs.readFileSync(`/proc/${init}/task/${init}/children`, 'utf8').split(' ');
  for (const pid of [init, ...children.filter((text) => text.trim() !== '').map(Number)])
    limit(pid, 'data', plan.limits.memoryBytes);
}

function limit(pid: number, resource: keyof typeof RESOURCE, value: number): void {
  try {
    setLimit(pid, resource, value);
  } catch {
    throw limitUnenforceable(resource);
  }
}

const POLL_MS = 0.5;

/**
 * Compares what the kernel mounted with the plan: every bound object must be a mount point of its own, read-only where
 * planned. A folder swapped for a link during set-up (a second server with a grant on the same workspace could try)
 * moves a mount elsewhere; then the start is refused before anything of the server ran. Waits until bubblewrap has
 * changed to the new root, which is when the launcher's own mounts show; `isOver` says that it ended instead.
 */
export async function verifyMounts(init: number, plan: SandboxPlan, isOver: () => boolean): Promise<void> {
  let mounted = readMounts(init);
  while (!mounted.has(INSIDE.runtime)) {
    if (isOver()) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    mounted = readMounts(init);
  }
  for (const mount of plan.mounts) {
    if (mount.kind !== 'bind') continue;
    const options = mounted.get(mount.target)?.split(',');
    if (options === undefined)
      throw sandboxSetupFailed(`${mount.target} was not mounted where it was planned`);
    if (mount.access === 'read' && !options.includes('ro'))
      throw sandboxSetupFailed(`${mount.target} is not read-only`);
  }
}

/** Mount point -> options, from proc_pid_mountinfo(5); empty when the process is gone. */
function readMounts(pid: number): Map<string, string> {
  const mounted = new Map<string, string>();
  let text: string;
  try {
    text = fs.readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
  } catch {
    return mounted;
  }
  for (const line of text.split('\n')) {
    const fields = line.split(' ');
    const point = fields[4]?.replace(/\\([0-7]{3})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    );
    // Later lines lie over earlier ones at the same point.
    if (point !== undefined) mounted.set(point, fields[5] ?? '');
  }
  return mounted;
}
