// Plan -> a server on macOS that may be started: everything is prepared while the package is hashed, and nothing is spawned
// before release() is given what verify/ alone can make.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import type { SandboxPlan } from '../../plan/plan.ts';
import { argumentVariable } from '../../sandbox/bwrap/render.ts';
import { fileName, placeServer } from '../../sandbox/seatbelt/place.ts';
import { renderSeatbelt, type SeatbeltPlan } from '../../sandbox/seatbelt/render.ts';
import { SecretValues } from '../../secrets/secret-values.ts';
import type { HeldSandbox } from '../hold-sandbox.ts';
import type { Session, SessionEnd } from '../session.ts';
import { stopLadder } from '../stop.ts';
import { launchCommand } from './launch-command.ts';
import { makeLaunchFolder } from './launch-folder.ts';
import { openLoopbackProxy } from './loopback-proxy.ts';
import { refuseParentModules, requireSame } from './names.ts';
import { seatbeltEnd } from './seatbelt-end.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

export interface SeatbeltRequest {
  readonly plan: SandboxPlan;
  /** Real paths of what is verified meanwhile, and the descriptors by which it is. */
  readonly package: { readonly path: string; readonly fd: number };
  readonly runtime: { readonly path: string; readonly fd: number };
  /** Folder for the private folders of all starts. */
  readonly launches: string;
  readonly secrets?: SecretValues | undefined;
  readonly onSpawned?: () => void;
}

/** Programs of the system and of Cordon, by absolute path. */
export interface SeatbeltPrograms {
  readonly sandboxExec: string;
  /** Words of a command that takes the group and the folder. */
  readonly endTree: readonly string[];
}

const FIRST_WORDS_BYTES = 8192;
/** For the watchdog, after the server has ended: clients wait no longer, and it goes on without us. */
const CLEAN_MS = 120;

/** @throws CordonError SANDBOX_SETUP_FAILED and its kin; then nothing is left */
export async function holdSeatbelt(
  request: SeatbeltRequest,
  programs: SeatbeltPrograms,
): Promise<HeldSandbox> {
  const plan = forMac(request.plan);
  refuseParentModules(request.package.path);
  const secrets = request.secrets ?? SecretValues.none();
  const proxy = plan.network.kind === 'none' ? undefined : await openLoopbackProxy();
  const folder = makeLaunchFolder(request.launches, launchFiles(plan, secrets));
  // From here on the end of this process removes them.
  const watchdog = startWatchdog(folder.path, programs.endTree);
  const places = {
    package: request.package.path,
    runtime: request.runtime.path,
    ...folder,
    launches: path.dirname(folder.path),
    brokerPort: proxy?.place.port,
  };
  const server = placeServer(plan, places, proxy?.place);
  const [program = '', ...args] = launchCommand({
    sandboxExec: programs.sandboxExec,
    rendering: renderSeatbelt(plan, places),
    command: server.command,
    secretArguments: plan.command.secretArguments,
    limits: plan.limits,
  });
  const env = { ...server.environment, ...secretVariables(plan, secrets) };
  secrets.drop();
  request.onSpawned?.();
  return {
    sockets: proxy?.sockets,
    async abort() {
      proxy?.close();
      await watchdog.end();
    },
    release(verified) {
      if (
        verified.package === 'none' ||
        verified.package.treeFd !== request.package.fd ||
        verified.runtime.fd !== request.runtime.fd
      )
        throw new TypeError('what was verified is not what would run');
      requireSame(request.package.path, request.package.fd);
      requireSame(request.runtime.path, request.runtime.fd);
      const child = spawn(program, args, {
        // A session and a group of its own, whose number is the server's.
        detached: true,
        env,
        cwd: server.workingDirectory,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      if (child.pid !== undefined) watchdog.watch(child.pid);
      return runningSeatbelt(child, watchdog, () => startWatchdog(folder.path, programs.endTree));
    },
  };
}

/** A plan for Linux has mounts and a network that nobody would make here. */
function forMac(plan: SandboxPlan): SeatbeltPlan {
  const { network } = plan;
  if (network.kind === 'transparent' || network.kind === 'proxy')
    throw new TypeError('the plan was made for Linux');
  return { ...plan, network };
}

function launchFiles(plan: SeatbeltPlan, secrets: SecretValues): ReadonlyMap<string, string | Uint8Array> {
  return new Map(
    plan.mounts.flatMap((mount): Array<[string, string | Uint8Array]> => {
      if (mount.kind === 'file') return [[fileName(mount.target), mount.content]];
      if (mount.kind !== 'secret-file' || !secrets.names.has(mount.secret)) return [];
      return [[fileName(mount.target), secrets.bytesOf(mount.secret)]];
    }),
  );
}

function secretVariables(plan: SeatbeltPlan, secrets: SecretValues): Readonly<Record<string, string>> {
  const text = (name: string): string => secrets.bytesOf(name).toString('utf8');
  return Object.fromEntries([
    ...plan.secrets
      .filter(({ name, deliver }) => deliver === 'environment' && secrets.names.has(name))
      .map(({ name }) => [name, text(name)]),
    ...plan.command.secretArguments.map(({ secret }, position) => [argumentVariable(position), text(secret)]),
  ]);
}

function runningSeatbelt(child: ChildProcess, watchdog: Watchdog, another: () => Watchdog): Session {
  const { stdin, stdout, stderr, pid } = child;
  if (stdin === null || stdout === null || stderr === null)
    throw new TypeError('a child without its three streams');
  stdin.on('error', () => {});
  let over = false;
  const exit = new Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>(
    (resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', () => resolve({ code: 127, signal: null }));
    },
  );
  const firstWords = collectFirst(stderr);
  const killGroup = (): void => signal(pid === undefined ? undefined : -pid, 'SIGKILL');
  const kill = (): void => {
    if (!over) killGroup();
  };
  // Without it the death of this process would leave the server behind.
  let watched = true;
  void watchdog.gone.then(() => {
    watched = false;
    kill();
  });
  const ended = (async (): Promise<SessionEnd> => {
    const { code, signal: by } = await exit;
    over = true;
    // Those that the server started and that it left behind.
    killGroup();
    await Promise.race([sweep(watched ? watchdog : another(), pid), delay(CLEAN_MS)]);
    return seatbeltEnd(code, by, firstWords());
  })();
  return {
    confinement: 'none',
    input: stdin,
    output: stdout,
    errors: stderr.pipe(new PassThrough()),
    ended,
    kill,
    stop: () =>
      stopLadder({
        endInput: () => stdin.end(),
        terminate: () => over || signal(pid, 'SIGTERM'),
        kill,
        ended,
      }),
  };
}

/** By whichever watchdog there is, told again where the first one had been killed. */
async function sweep(by: Watchdog, group: number | undefined): Promise<void> {
  if (group !== undefined) by.watch(group);
  await by.end();
}

function collectFirst(stream: Readable): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    if (text.length < FIRST_WORDS_BYTES) text += chunk.toString('utf8', 0, FIRST_WORDS_BYTES);
  });
  return () => text;
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
