// Plan -> bubblewrap's options and the table of descriptors they refer to, in one value. The options travel as NUL-separated
// text through `--args FD`, so that argv shows nothing (P02) and the environment goes in as --setenv, never as bubblewrap's
// own environment, which /proc/1/environ would show (P01).
import type { FdSource, Mount, SandboxPlan } from '../../plan/plan.ts';

/** An option's text, or the name of the secret whose value is the text: rendering never sees one. */
export type BwrapOption = string | { readonly secret: string };

/** What the launch must place at a descriptor number. */
export type FdSlot =
  | { readonly kind: 'data'; readonly name: string; readonly content: string }
  | { readonly kind: 'secret'; readonly name: string }
  | { readonly kind: 'seccomp' }
  | { readonly kind: 'object'; readonly from: FdSource };

export interface BwrapRendering {
  /** Options for `--args`, without the command. */
  readonly options: readonly BwrapOption[];
  /** `slots[i]` belongs at descriptor `firstFd + i`. */
  readonly slots: readonly FdSlot[];
}

export interface FixedFds {
  readonly status: number;
  readonly block: number;
  /** The first free number; slots follow it. */
  readonly first: number;
}

/** Long options without which the plan cannot be rendered; all must be in `bwrap --help`. */
export const REQUIRED_OPTIONS = [
  'args',
  'unshare-user',
  'unshare-ipc',
  'unshare-pid',
  'unshare-net',
  'unshare-uts',
  'unshare-cgroup-try',
  'disable-userns',
  'assert-userns-disabled',
  'die-with-parent',
  'new-session',
  'cap-drop',
  'uid',
  'gid',
  'hostname',
  'clearenv',
  'setenv',
  'chdir',
  'perms',
  'size',
  'dir',
  'tmpfs',
  'symlink',
  'proc',
  'dev',
  'ro-bind',
  'bind-fd',
  'ro-bind-fd',
  'file',
  'ro-bind-data',
  'remount-ro',
  'seccomp',
  'json-status-fd',
  'block-fd',
] as const;

/** The variable through which the gate is given the value for one argument. Profiles may set none of that name. */
export function argumentVariable(position: number): string {
  return `CORDON_ARGUMENT_${position}`;
}

/** @param delivered the names of the secrets for which there is a value */
export function renderBwrap(
  plan: SandboxPlan,
  fds: FixedFds,
  delivered: ReadonlySet<string> = new Set(),
): BwrapRendering {
  const slots: FdSlot[] = [];
  const slot = (value: FdSlot): string => String(fds.first + slots.push(value) - 1);
  const options: BwrapOption[] = [
    // Named one by one: --unshare-all tries user and cgroup namespaces and goes on without them.
    '--unshare-user',
    '--unshare-ipc',
    '--unshare-pid',
    // Else bubblewrap is started in the network that was made for the server (launch/outer-command.ts), and the launcher
    // looks that it is not its own before anything runs.
    ...(plan.network.kind === 'transparent' ? [] : ['--unshare-net']),
    '--unshare-uts',
    '--unshare-cgroup-try',
    '--disable-userns',
    '--assert-userns-disabled',
    '--die-with-parent',
    '--new-session',
    '--cap-drop',
    'ALL',
    '--uid',
    String(plan.identity.uid),
    '--gid',
    String(plan.identity.gid),
    '--hostname',
    plan.identity.hostname,
    '--clearenv',
    ...Object.entries(plan.environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...secretVariables(plan, delivered),
    ...plan.mounts
      .filter((mount) => mount.kind !== 'secret-file' || delivered.has(mount.secret))
      .flatMap((mount) => renderMount(mount, slot)),
    '--chdir',
    plan.workingDirectory,
    '--seccomp',
    slot({ kind: 'seccomp' }),
    '--json-status-fd',
    String(fds.status),
    '--block-fd',
    String(fds.block),
  ];
  return { options, slots };
}

function secretVariables(plan: SandboxPlan, delivered: ReadonlySet<string>): BwrapOption[] {
  const variables = plan.secrets
    .filter(({ name, deliver }) => deliver === 'environment' && delivered.has(name))
    .map(({ name }) => [name, name] as const);
  const forArguments = plan.command.secretArguments.map(
    ({ secret }, position) => [argumentVariable(position), secret] as const,
  );
  return [...variables, ...forArguments].flatMap(([variable, secret]) => ['--setenv', variable, { secret }]);
}

function renderMount(mount: Mount, slot: (value: FdSlot) => string): string[] {
  switch (mount.kind) {
    case 'system':
      return ['--ro-bind', mount.source, mount.target];
    case 'bind':
      return [
        mount.access === 'write' ? '--bind-fd' : '--ro-bind-fd',
        slot({ kind: 'object', from: mount.from }),
        mount.target,
      ];
    case 'tmpfs':
      return ['--perms', octal(mount.mode), '--size', String(mount.bytes), '--tmpfs', mount.target];
    case 'folder':
      return ['--perms', octal(mount.mode), '--dir', mount.target];
    case 'symlink':
      return ['--symlink', mount.to, mount.target];
    case 'file':
      return [
        '--perms',
        octal(mount.mode),
        // Into the launcher's own root, which becomes read-only last: a mount of its own each would cost 0.3 ms.
        '--file',
        slot({ kind: 'data', name: mount.target, content: mount.content }),
        mount.target,
      ];
    case 'secret-file':
      return [
        '--perms',
        octal(mount.mode),
        '--ro-bind-data',
        slot({ kind: 'secret', name: mount.secret }),
        mount.target,
      ];
    case 'hide':
      return ['--ro-bind', '/dev/null', mount.target];
    case 'proc':
      return ['--proc', mount.target];
    case 'dev':
      return ['--dev', mount.target];
    case 'remount-read-only':
      return ['--remount-ro', mount.target];
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
