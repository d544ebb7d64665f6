// What bubblewrap itself is started by. Two things cannot be had from bubblewrap and need a user namespace around it:
//
//   a read-only view of /dev, for root: the nodes in the sandbox's /dev are those of the machine. Root owns them and could
//   change their modes (chmod 0 /dev/null stops everybody else); writing to a device needs no more than a read-only mount.
//   --rbind: what is mounted below /dev may not be uncovered in a namespace of our own.
//   nosuid, noexec: /dev mostly has them, they may not be taken off in such a namespace, and a mount(8) before 2.39 takes off
//   what it is not told.
//
//   a network of its own that was prepared while we had rights over it, for servers with network grants: addresses on its
//   loopback, sockets on low ports. bubblewrap then keeps that network instead of making one (sandbox.md 3.4).
//
// Each step execs the next, so the process that watches for the launcher's death is the one that was spawned.

/** Descriptor over which the sockets are handed out. One digit: dash redirects no larger number. */
export const EGRESS_FD = 9;

/** Program and specification of the listening stage. */
export interface ListenStep {
  readonly program: string;
  readonly spec: string;
}

export interface OuterSteps {
  /** The launcher runs as root. */
  readonly readOnlyDevices: boolean;
  /** undefined when bubblewrap makes the network. */
  readonly listen: ListenStep | undefined;
}

export function outerCommand(steps: OuterSteps, command: readonly string[]): readonly string[] {
  const { readOnlyDevices, listen } = steps;
  if (!readOnlyDevices && listen === undefined) return command;
  const script = [
    ...(readOnlyDevices ? ['/usr/bin/mount --rbind -o ro,nosuid,noexec /dev /dev'] : []),
    ...(listen === undefined ? [] : [`${listenCommand('"$1"', '"$2"')}`, 'shift 2']),
    `exec "$@"${listen === undefined ? '' : ` ${EGRESS_FD}>&-`}`,
  ].join(' && ');
  return [
    '/usr/bin/unshare',
    '--user',
    '--map-root-user',
    ...(readOnlyDevices ? ['--mount'] : []),
    ...(listen === undefined ? [] : ['--net']),
    '--',
    '/bin/sh',
    '-c',
    script,
    'sh',
    ...(listen === undefined ? [] : [listen.program, listen.spec]),
    ...command,
  ];
}

/** A shell command that runs the stage; its arguments are already quoted. The server's streams are not its own. */
export function listenCommand(program: string, spec: string): string {
  return `${program} __listen ${spec} ${EGRESS_FD} </dev/null >/dev/null`;
}
