// Plan -> running server. One spawn; everything the child gets is placed by descriptor number:
//   0-2 the server's stdio   3 bubblewrap's options   4 its status   5 the hold   6 go   7 armed   8… data and mounts
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { PassThrough } from 'node:stream';
import type { SandboxPlan } from '../plan/plan.ts';
import { readableFromFd, writableToFd } from '../relay/pipe-streams.ts';
import { type FdSlot, renderBwrap } from '../sandbox/bwrap/render.ts';
import { compileSeccomp } from '../sandbox/seccomp/compile.ts';
import type { ProbedGrant, SystemFacts } from '../system/facts.ts';
import type { VerifiedPackage, VerifiedRuntime } from '../verify/verified.ts';
import { type ControlGroup, confine } from './cgroup.ts';
import { diagnoseSetup } from './diagnose.ts';
import { guarded } from './guard.ts';
import { applyLimits, verifyMounts } from './hold.ts';
import { memoryFile, pipe } from './libc.ts';
import type { Session, SessionEnd } from './session.ts';
import { type SandboxStatus, watchStatus } from './status.ts';
import { stopLadder } from './stop.ts';

const FDS = { args: 3, status: 4, block: 5, first: 8 } as const;
const SETUP_STDERR_BYTES = 8192;

export interface LaunchRequest {
  readonly plan: SandboxPlan;
  readonly facts: SystemFacts;
  /** Only verify/ makes these: unverified code cannot be launched. `none`: a plan that mounts no package (doctor's probe). */
  readonly package: VerifiedPackage | 'none';
  readonly runtime: VerifiedRuntime;
  readonly grants: readonly ProbedGrant[];
}

/** Resolves when the server has been let go. Throws SANDBOX_SETUP_FAILED and its kin; then nothing is left running. */
export async function launch(request: LaunchRequest): Promise<Session> {
  const { plan } = request;
  const rendering = renderBwrap(plan, FDS);
  const stdin = pipe();
  const stdout = pipe();
  const stderr = pipe();
  const status = pipe();
  const block = pipe();
  const go = pipe();
  const armed = pipe();
  const ours = {
    stdin: stdin.write,
    stdout: stdout.read,
    stderr: stderr.read,
    status: status.read,
    block: block.write,
    go: go.write,
    armed: armed.read,
  };
  const theirs = [stdin.read, stdout.write, stderr.write, status.write, block.read, go.read, armed.write];
  const options = memoryFile('options', rendering.options.map((option) => `${option}\0`).join(''));
  const slots = rendering.slots.map((slot) => placeSlot(slot, request));
  const command = guarded([
    request.facts.bwrap.path,
    '--args',
    String(FDS.args),
    '--',
    plan.command.program,
    ...plan.command.args,
  ]);
  const child = spawn(command.file, command.args, {
    env: {},
    cwd: '/',
    stdio: [
      stdin.read,
      stdout.write,
      stderr.write,
      options,
      status.write,
      block.read,
      go.read,
      armed.write,
      ...slots.map((slot) => slot.fd),
    ],
  });
  let over = false;
  const exit = waitForExit(child);
  void exit.then(() => {
    over = true;
  });
  for (const fd of [...theirs, options, ...slots.filter((slot) => slot.owned).map((slot) => slot.fd)])
    fs.closeSync(fd);

  const errors = new PassThrough();
  let setupStderr = '';
  let released = false;
  readableFromFd(ours.stderr)
    .on('data', (chunk: Buffer) => {
      if (!released && setupStderr.length < SETUP_STDERR_BYTES)
        setupStderr += chunk.toString('utf8', 0, SETUP_STDERR_BYTES);
    })
    .pipe(errors);
  let group: ControlGroup | undefined;
  const statusOfSandbox = watchStatus(readableFromFd(ours.status));

  try {
    await Promise.race([readOne(ours.armed), exit]);
    fs.writeSync(ours.go, '\n');
    const init = await Promise.race([statusOfSandbox.init, exit.then(() => undefined)]);
    if (init === undefined) throw diagnoseSetup(setupStderr);
    applyLimits(init, plan);
    group = confine(init, plan.limits);
    await verifyMounts(init, plan, () => over);
    if (over) throw diagnoseSetup(setupStderr);
    released = true;
    fs.writeSync(ours.block, 'x');
    return session({
      child,
      init,
      exit,
      status: statusOfSandbox,
      input: ours.stdin,
      output: ours.stdout,
      errors,
      group,
      setupStderr: () => setupStderr,
    });
  } catch (error) {
    child.kill('SIGKILL');
    await exit;
    await group?.remove();
    fs.closeSync(ours.stdin);
    fs.closeSync(ours.stdout);
    throw error instanceof Error && (error as NodeJS.ErrnoException).code === 'EPIPE'
      ? diagnoseSetup(setupStderr)
      : error;
  } finally {
    fs.closeSync(ours.go);
    fs.closeSync(ours.armed);
    fs.closeSync(ours.block);
  }
}

function placeSlot(slot: FdSlot, request: LaunchRequest): { readonly fd: number; readonly owned: boolean } {
  switch (slot.kind) {
    case 'data':
      return { fd: memoryFile('data', slot.content), owned: true };
    case 'seccomp':
      return { fd: memoryFile('seccomp', compileSeccomp(request.plan.seccomp)), owned: true };
    case 'object':
      switch (slot.from.role) {
        case 'package':
          if (request.package === 'none') throw new TypeError('the plan names a package that was not given');
          return { fd: request.package.treeFd, owned: false };
        case 'runtime':
          return { fd: request.runtime.fd, owned: false };
        case 'grant': {
          const grant = request.grants[slot.from.index];
          if (grant?.kind !== 'present') throw new TypeError('the plan names a grant that was not opened');
          return { fd: grant.fd, owned: false };
        }
      }
  }
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function waitForExit(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 127, signal: null }));
  });
}

function readOne(fd: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(fd, Buffer.alloc(1), 0, 1, null, (error, bytes) =>
      error === null ? resolve(bytes) : reject(error),
    );
  });
}

interface Running {
  readonly child: ChildProcess;
  /** Process id, outside, of the sandbox's init: killing it ends everything inside. */
  readonly init: number;
  readonly exit: Promise<Exit>;
  readonly status: SandboxStatus;
  readonly input: number;
  readonly output: number;
  readonly errors: PassThrough;
  readonly group: ControlGroup | undefined;
  readonly setupStderr: () => string;
}

function session(running: Running): Session {
  const input = writableToFd(running.input);
  let over = false;
  const ended = (async (): Promise<SessionEnd> => {
    const exit = await running.exit;
    over = true;
    await running.group?.remove();
    const code = await running.status.exitCode;
    if (code !== undefined) return { kind: 'exited', code };
    if (exit.signal !== null) return { kind: 'signalled', signal: exit.signal };
    return { kind: 'setup-failed', message: running.setupStderr() };
  })();
  const kill = (): void => {
    if (over) return;
    killQuietly(running.init, 'SIGKILL');
    running.child.kill('SIGKILL');
  };
  return {
    confinement: running.group?.kind ?? 'none',
    input,
    output: readableFromFd(running.output),
    errors: running.errors,
    ended,
    kill,
    stop: () =>
      stopLadder({
        endInput: () => input.end(),
        terminate: () => over || terminateServer(running.init),
        kill,
        ended,
      }),
  };
}

/** SIGTERM to the server itself: its init, as first process of a pid namespace, ignores signals from outside. */
function terminateServer(init: number): void {
  try {
    const server = fs.readFileSync(`/proc/${init}/task/${init}/children`, 'utf8').split(' ')[0];
    if (server !== undefined && server !== '') killQuietly(Number(server), 'SIGTERM');
  } catch {
    // Gone already.
  }
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
