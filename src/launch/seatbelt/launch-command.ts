// What is spawned on macOS: a shell that leaves behind what a client leaked to us and what the kernel is to limit, and becomes
// sandbox-exec, which becomes the server. One process from first to last, so that its id is the server's. Pure.
//
// Nothing of the package can run in the shell: it is outside of the sandbox, started only once the package was verified, and
// execs programs of the system by absolute path. `bash -p` takes no functions and no options from the environment, which
// already is the server's.
import type { LimitsPlan, PlannedSecretArgument } from '../../plan/plan.ts';
import type { SeatbeltRendering } from '../../sandbox/seatbelt/render.ts';
import { withoutSecrets, withSecrets } from '../gate.ts';

/** Always there on macOS, where what `sh` is can be chosen; it closes descriptors above 9, which dash does not. */
export const SHELL = '/bin/bash';

// Limits: a hard limit that is lower already stays. The size of a file is counted in KiB there. Not among them: memory, which
// macOS does not hold programs to, and processes, which it counts for the user as a whole.
const SCRIPT = `for CORDON_FD in /dev/fd/*; do
  CORDON_FD=\${CORDON_FD##*/}
  case $CORDON_FD in *[!0-9]*) echo 'cordon: open descriptors cannot be listed' >&2; exit 125 ;; esac
  [ "$CORDON_FD" -le 2 ] || eval "exec $CORDON_FD>&-"
done
limit() {
  CORDON_HARD=$(ulimit -H "$1")
  [ "$CORDON_HARD" = unlimited ] || [ "$CORDON_HARD" -gt "$2" ] || set -- "$1" "$CORDON_HARD"
  ulimit -S "$1" "$2" && ulimit -H "$1" "$2" && return
  echo "cordon: the limit $1 $2 cannot be set" >&2
  exit 125
}
limit -c 0
limit -n "$1"
limit -f "$2"
shift 2
unset CORDON_FD CORDON_HARD
`;

/** A shell sets some of them again as it execs. */
const ADDED_BY_SHELLS = ['_', 'OLDPWD', 'PWD', 'SHLVL'] as const;

export interface LaunchCommandRequest {
  readonly sandboxExec: string;
  readonly rendering: SeatbeltRendering;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly secretArguments: readonly PlannedSecretArgument[];
  readonly limits: LimitsPlan;
}

/** argv of the process that becomes the server. */
export function launchCommand(request: LaunchCommandRequest): readonly string[] {
  const { sandboxExec, rendering, command, limits } = request;
  const before = [
    '/usr/bin/env',
    ...ADDED_BY_SHELLS.flatMap((name) => ['-u', name]),
    sandboxExec,
    '-p',
    rendering.policy,
    ...Object.entries(rendering.parameters).flatMap(([name, value]) => ['-D', `${name}=${value}`]),
  ];
  const whole = [...before, ...command];
  const secretArguments = request.secretArguments.map((argument) => ({
    ...argument,
    index: argument.index + before.length,
  }));
  return [
    SHELL,
    '-p',
    '-c',
    SCRIPT + withSecrets(whole, secretArguments),
    'cordon',
    String(limits.files),
    String(Math.ceil(limits.fileSizeBytes / 1024)),
    ...withoutSecrets(whole, secretArguments),
  ];
}
