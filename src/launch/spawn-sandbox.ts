// Plan -> a started bubblewrap. One spawn; everything the child gets is placed by descriptor number:
//   0 and 1 nothing   2 stderr   3 bubblewrap's options   4 its status   5 the hold   6 the gate   7 and 8 the server's stdin
//   and stdout   9 where its listening sockets are handed out, with network grants   then data and mounts
// Every millisecond before it is one that the client waits: what can be done or loaded later is (hold-sandbox.ts).
import fs from 'node:fs';
import type { SandboxPlan } from '../plan/plan.ts';
import { type BwrapOption, type FdSlot, renderBwrap } from '../sandbox/bwrap/render.ts';
import { secretCopy } from '../secrets/memory.ts';
import { SecretValues } from '../secrets/secret-values.ts';
import { type StartedProgram, startProgram } from '../start-program.ts';
import type { LinuxFacts, ProbedGrant } from '../system/facts.ts';
import { gated } from './gate.ts';
import { type OpenedHandOver, openHandOver } from './hand-over.ts';
import { memoryFile, pipe } from './libc.ts';
import { EGRESS_FD, outerCommand } from './outer-command.ts';
import { type Sweeper, startSweeper } from './sweeper.ts';

const FDS = { args: 3, status: 4, block: 5 } as const;
/** Linux, all architectures that we support; not among fs.constants. */
const O_PATH = 0o10000000;

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

export interface SpawnedSandbox {
  readonly child: StartedProgram;
  readonly sweeper: Sweeper;
  /** With network grants. */
  readonly egress: OpenedHandOver | undefined;
  /** Our ends of the pipes. bubblewrap waits for its filter on the last. */
  readonly ours: Readonly<
    Record<'stdin' | 'stdout' | 'stderr' | 'status' | 'block' | 'gate' | 'filter', number>
  >;
}

/** Takes the secrets out of the request's hands: they are dropped as soon as they are where bubblewrap reads them. */
export async function spawnSandbox(request: LaunchRequest): Promise<SpawnedSandbox> {
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
  // Without an environment: bubblewrap's own would show in /proc/1/environ (P01); the server's is among the options.
  const child = startProgram(
    outerCommand({ readOnlyDevices: request.facts.uid === 0, listen: egress?.outside }, [
      request.facts.bwrap.path,
      '--args',
      String(FDS.args),
      '--',
      ...command,
    ]),
    ['ignore', 'ignore', ...fixed, ...slots.map((slot) => slot.fd)],
  );
  for (const fd of [...fixed, ...slots.filter((slot) => slot.owned).map((slot) => slot.fd)]) fs.closeSync(fd);
  return {
    child,
    sweeper,
    egress,
    ours: {
      stdin: stdin.write,
      stdout: stdout.read,
      stderr: stderr.read,
      status: status.read,
      block: block.write,
      gate: gate.write,
      filter: filter.write,
    },
  };
}

/** As `--args` reads them: each ended by NUL. */
function optionsFile(options: readonly BwrapOption[], secrets: SecretValues): number {
  const pieces: Uint8Array[] = [];
  let plain = '';
  for (const option of options) {
    if (typeof option === 'string') {
      plain += `${option}\0`;
      continue;
    }
    pieces.push(Buffer.from(plain), secrets.bytesOf(option.secret));
    plain = '\0';
  }
  const text = secretCopy(...pieces, Buffer.from(plain));
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
