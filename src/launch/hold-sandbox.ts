// Plan -> a sandbox that stands ready and is held before its server. One spawn; everything the child gets is placed by
// descriptor number:
//   0 and 1 nothing   2 stderr   3 bubblewrap's options   4 its status   5 the hold   6 the gate   7 and 8 the server's stdin
//   and stdout   9 where its listening sockets are handed out, with network grants   then data and mounts
// The package is hashed meanwhile: nothing of it runs before release() is given what verify/ alone can make.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { PassThrough } from 'node:stream';
import type { CordonError } from '../errors.ts';
import type { EgressSockets } from '../egress/listen.ts';
import { sandboxSetupFailed } from '../messages.ts';
import type { SandboxPlan } from '../plan/plan.ts';
import { readableFromFd } from '../relay/pipe-streams.ts';
import { type BwrapOption, type FdSlot, renderBwrap } from '../sandbox/bwrap/render.ts';
import { compileSeccomp } from '../sandbox/seccomp/compile.ts';
import { secretCopy } from '../secrets/memory.ts';
import { SecretValues } from '../secrets/secret-values.ts';
import type { LinuxFacts, ProbedGrant } from '../system/facts.ts';
import type { VerifiedPackage, VerifiedRuntime } from '../verify/verified.ts';
import { type ControlGroup, confine } from './cgroup.ts';
import { diagnoseSetup } from './diagnose.ts';
import { gated, isTied } from './gate.ts';
import { applyLimits, limitMemory, verifyMounts, verifyNetwork } from './hold.ts';
import { type OpenedHandOver, openHandOver } from './hand-over.ts';
import { memoryFile, pipe } from './libc.ts';
import { EGRESS_FD, outerCommand } from './outer-command.ts';
import { runningSession } from './running-session.ts';
import type { Session } from './session.ts';
import { watchStatus } from './status.ts';
import { type Sweeper, startSweeper } from './sweeper.ts';

const FDS = { args: 3, status: 4, block: 5 } as const;
/** Linux, all architectures that we support; not among fs.constants. */
const O_PATH = 0o10000000;
/** Processes that the control group counts beside the server's: bubblewrap's init, and bubblewrap itself. */
const OURS = { inside: 1, outside: 2 } as const;
const POLL_MS = 0.5;
const LAST_WORDS_MS = 200;
/** Until the end of a process that was killed is known here. */
const DEATH_NOTICE_MS = 20;
const SETUP_STDERR_BYTES = 8192;

export interface LaunchRequest {
  readonly plan: SandboxPlan;
  readonly facts: LinuxFacts;
  readonly grants: readonly ProbedGrant[];
  /** O_PATH descriptors that the plan's `package` and `runtime` mounts mean; the caller owns them. */
  readonly packageFd: number | undefined;
  readonly runtimeFd: number;
  /** Dropped once bubblewrap has them; left out for a plan without secrets. */
  readonly secrets?: SecretValues | undefined;
  /** Called when bubblewrap runs: until it is ready, nothing of ours is waited for. */
  readonly onSpawned?: () => void;
}

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
  request.onSpawned?.();
  const { child, ours, exit, sweeper, egress } = spawned;
  let over = false;
  void exit.then(() => {
    over = true;
  });

  const errors = new PassThrough();
  let setupStderr = '';
  let released = false;
  const stderr = readableFromFd(ours.stderr);
  const diagnosis = async (): Promise<CordonError> => {
    // Its last words may still be in the pipe when its end is reported.
    if (!stderr.readableEnded) await Promise.race([once(stderr, 'end'), delay(LAST_WORDS_MS)]);
    return diagnoseSetup(setupStderr);
  };
  stderr
    .on('data', (chunk: Buffer) => {
      if (!released && setupStderr.length < SETUP_STDERR_BYTES)
        setupStderr += chunk.toString('utf8', 0, SETUP_STDERR_BYTES);
    })
    .pipe(errors);
  const status = watchStatus(readableFromFd(ours.status));
  // Begun before bubblewrap makes its namespaces, with what was spawned: the kernel takes as long for this as for them.
  // A stage of ours that hands out sockets needs more memory than a small server may have, so there it waits for the init.
  let confined: Promise<ControlGroup | undefined> =
    egress === undefined && child.pid !== undefined
      ? confine(child.pid, plan.limits, OURS.outside)
      : Promise.resolve(undefined);

  const abort = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
    await (await confined)?.remove();
    for (const fd of [ours.stdin, ours.stdout, ours.gate]) fs.closeSync(fd);
    egress?.ours.close();
  };

  try {
    const init = await Promise.race([status.init, exit.then(() => undefined)]);
    if (init === undefined) throw await diagnosis();
    applyLimits(init, plan);
    // A stage of ours that runs inside needs more memory than a small server may have.
    if (egress?.inside === undefined) limitMemory(init, plan);
    if (egress !== undefined) confined = confine(init, plan.limits, OURS.inside);
    verifyNetwork(init);
    await verifyMounts(init, plan, () => over);
    const group = await confined;
    if (group !== undefined && !(await group.include(init)))
      throw sandboxSetupFailed('its control group refuses it');
    if (over) throw await diagnosis();
    fs.writeSync(ours.block, 'x');
    while (!isTied(init)) {
      if (over) throw await diagnosis();
      await delay(POLL_MS);
    }
    const sockets = await egress?.ours.receive(() => over);
    if (egress?.inside !== undefined) limitMemory(init, plan);
    if (over) throw await diagnosis();
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
        if (over) throw diagnoseSetup(setupStderr);
        released = true;
        fs.writeSync(ours.gate, '\n');
        fs.closeSync(ours.gate);
        return runningSession({
          child,
          init,
          exit,
          status,
          input: ours.stdin,
          output: ours.stdout,
          errors,
          group,
          setupStderr: () => setupStderr,
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
    throw died ? await diagnosis() : error;
  }
}

interface Spawned {
  readonly child: ChildProcess;
  readonly exit: Promise<Exit>;
  readonly sweeper: Sweeper;
  /** With network grants. */
  readonly egress: OpenedHandOver | undefined;
  /** Our ends of the pipes. */
  readonly ours: Readonly<Record<'stdin' | 'stdout' | 'stderr' | 'status' | 'block' | 'gate', number>>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

async function spawnSandbox(request: LaunchRequest): Promise<Spawned> {
  const { plan } = request;
  const egress = await openHandOver(plan);
  const secrets = request.secrets ?? SecretValues.none();
  const first = egress === undefined ? EGRESS_FD : EGRESS_FD + 1;
  const rendering = renderBwrap(plan, { ...FDS, first }, secrets.names);
  const [stdin, stdout, stderr, status, block, gate] = [pipe(), pipe(), pipe(), pipe(), pipe(), pipe()];
  const options = optionsFile(rendering.options, secrets);
  const filter = pipe();
  const slots = rendering.slots.map((slot) => placeSlot(slot, request, secrets, filter.read));
  secrets.drop();
  const { program: server, args: serverArgs, secretArguments } = plan.command;
  const command = gated([server, ...serverArgs], egress?.inside, secretArguments);
  // In the order of their numbers.
  const fixed = [
    stderr.write,
    options,
    status.write,
    block.read,
    gate.read,
    stdin.read,
    stdout.write,
    ...(egress === undefined ? [] : [egress.theirs]),
  ];
  const sweeper = startSweeper(block.read);
  const [program = '', ...args] = outerCommand(
    { readOnlyDevices: request.facts.uid === 0, listen: egress?.outside },
    [request.facts.bwrap.path, '--args', String(FDS.args), '--', ...command],
  );
  const child = spawn(program, args, {
    // A group of its own: clients send signals to ours, and bubblewrap dies of them without a chance for the server.
    detached: true,
    // bubblewrap's own environment would show in /proc/1/environ (P01); the server's is among the options.
    env: {},
    cwd: '/',
    stdio: ['ignore', 'ignore', ...fixed, ...slots.map((slot) => slot.fd)],
  });
  const exit = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 127, signal: null }));
  });
  for (const fd of [...fixed, ...slots.filter((slot) => slot.owned).map((slot) => slot.fd)]) fs.closeSync(fd);
  writeFilter(filter.write, plan);
  return {
    child,
    exit,
    sweeper,
    egress,
    ours: {
      stdin: stdin.write,
      stdout: stdout.read,
      stderr: stderr.read,
      status: status.read,
      block: block.write,
      gate: gate.write,
    },
  };
}

/**
 * Compiled while the programs before bubblewrap start: it reads the filter to its end, and refuses an empty one. Whatever a
 * launcher that dies here leaves unsaid, its server waits at a gate that nobody opens.
 */
function writeFilter(fd: number, plan: SandboxPlan): void {
  try {
    fs.writeSync(fd, compileSeccomp(plan.seccomp));
  } catch (error) {
    // It ended already, and its last words say why.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  } finally {
    fs.closeSync(fd);
  }
}

/** As `--args` reads them: each ended by NUL. */
function optionsFile(options: readonly BwrapOption[], secrets: SecretValues): number {
  const text = secretCopy(
    ...options.flatMap((option) => [
      typeof option === 'string' ? Buffer.from(option) : secrets.bytesOf(option.secret),
      Buffer.from([0]),
    ]),
  );
  const fd = memoryFile('options', text);
  text.fill(0);
  return fd;
}

function placeSlot(
  slot: FdSlot,
  request: LaunchRequest,
  secrets: SecretValues,
  filterFd: number,
): { readonly fd: number; readonly owned: boolean } {
  switch (slot.kind) {
    case 'data':
      return { fd: memoryFile('data', slot.content), owned: true };
    case 'secret':
      return { fd: memoryFile('secret', secrets.bytesOf(slot.name)), owned: true };
    case 'seccomp':
      return { fd: filterFd, owned: true };
    case 'object':
      switch (slot.from.role) {
        case 'package':
          if (request.packageFd === undefined)
            throw new TypeError('the plan mounts a package and none was opened');
          return { fd: request.packageFd, owned: false };
        case 'runtime':
          return { fd: request.runtimeFd, owned: false };
        case 'stage':
          return { fd: fs.openSync(process.execPath, O_PATH), owned: true };
        case 'grant': {
          const grant = request.grants[slot.from.index];
          if (grant?.kind !== 'present') throw new TypeError('the plan names a grant that was not opened');
          return { fd: grant.fd, owned: false };
        }
      }
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
