// The last door before the server, inside the sandbox: a shell that waits for one line of ours and becomes the server.
//
// It exists because of how a killed launcher leaves a sandbox that is still being set up. bubblewrap's init asks the kernel
// to die with its parent only after everything is mounted and the hold (--block-fd) is over, and end of file releases that
// hold as a written byte does. Without the gate the server would then start with nobody above it. With it, whatever is left
// reads end of file here and leaves; we open the gate only after the init is tied to its parent.
import fs from 'node:fs';
import { filtersUncounted } from '../messages/sandbox.ts';
import type { PlannedSecretArgument } from '../plan/plan.ts';
import { argumentVariable } from '../sandbox/bwrap/render.ts';
import { EGRESS_FD, type ListenStep, listenCommand } from './outer-command.ts';

/** Descriptors inside. One digit each: dash redirects no larger number. */
const GATE_FD = 6;
/**
 * The server's stdin and stdout until it is the server's turn. bubblewrap and its init keep 0 and 1 open as long as they live,
 * and would hide from us that a server closed its streams (IP-18); what is above 2 they pass on and close.
 */
const STREAM_FDS = { input: 7, output: 8 } as const;

/**
 * argv that waits at the gate and then becomes `command`.
 * @param secretArguments which of the command's arguments end with the value of a secret. The values come in variables, which
 *   the server does not see: the argument vector of the gate, and of bubblewrap before it, can be read by everybody
 * @param listen the program and specification of the listening stage, where it must run inside (the proxy way)
 */
export function gated(
  command: readonly string[],
  listen?: ListenStep,
  secretArguments: readonly PlannedSecretArgument[] = [],
): string[] {
  const first =
    listen === undefined
      ? ''
      : `${listenCommand('"$1"', '"$2"')} || exit 125; shift 2; exec ${EGRESS_FD}>&-; `;
  // A bash that plays sh adds variables of its own.
  const { input, output } = STREAM_FDS;
  const streams = `<&${input} >&${output} ${input}<&- ${output}>&- ${GATE_FD}<&-`;
  const script = `${first}read -r go <&${GATE_FD} || exit 125; unset SHLVL OLDPWD; ${withSecrets(command, secretArguments)} ${streams}`;
  const before = listen === undefined ? [] : [listen.program, listen.spec];
  return ['/bin/sh', '-c', script, 'gate', ...before, ...withoutSecrets(command, secretArguments)];
}

/** Shell text that becomes the command. A variable taken over from the environment would be handed on; a copy is not. */
export function withSecrets(
  command: readonly string[],
  secretArguments: readonly PlannedSecretArgument[],
): string {
  if (secretArguments.length === 0) return 'exec "$@"';
  const takeOver = secretArguments.map((_, position) => {
    const variable = argumentVariable(position);
    return `${valueVariable(position)}=$${variable}; unset ${variable}; `;
  });
  const words = command.map((_, index) => {
    const position = secretArguments.findIndex((argument) => argument.index === index - 1);
    return `"\${${index + 1}}${position < 0 ? '' : `$${valueVariable(position)}`}"`;
  });
  return `${takeOver.join('')}exec ${words.join(' ')}`;
}

export function withoutSecrets(
  command: readonly string[],
  secretArguments: readonly PlannedSecretArgument[],
): readonly string[] {
  return command.map(
    (word, index) => secretArguments.find((argument) => argument.index === index - 1)?.before ?? word,
  );
}

function valueVariable(position: number): string {
  return `CORDON_VALUE_${position}`;
}

/**
 * Whether bubblewrap's init has tied itself to its parent, which is still there: one that asked after the parent's death would
 * outlive it. The kernel does not show that request, but bubblewrap's init applies the seccomp filter right after it (do_init()
 * in bubblewrap.c), and that shows: as one filter more than we run under ourselves (a container, a hardened unit or a client may
 * have put one on us). Throws SANDBOX_UNAVAILABLE where the kernel does not tell.
 */
export function isTied(init: number, parent: number | undefined): boolean {
  const status = statusOf(init);
  return isFiltered(status, statusOf('self')) && field(status, 'PPid') === parent;
}

/** From the text of two /proc/PID/status: whether the first runs under a filter that the second does not have. */
export function isFiltered(status: string, own: string): boolean {
  if (status === '') return false;
  // Linux counts them since 5.9.
  const [count, ownCount] = [field(status, 'Seccomp_filters'), field(own, 'Seccomp_filters')];
  if (count !== undefined && ownCount !== undefined) return count > ownCount;
  if (field(own, 'Seccomp') !== 0) throw filtersUncounted();
  return field(status, 'Seccomp') === 2;
}

function field(status: string, name: string): number | undefined {
  const value = new RegExp(`^${name}:\\t(\\d+)$`, 'm').exec(status)?.[1];
  return value === undefined ? undefined : Number(value);
}

/** Empty for a process that is gone. */
function statusOf(process: number | 'self'): string {
  try {
    return fs.readFileSync(`/proc/${process}/status`, 'utf8');
  } catch {
    return '';
  }
}
