import os from 'node:os';
import type { SessionEnd } from '../session.ts';

/** Of sandbox-exec: the policy cannot be read (65), or not be applied, or the program not be started (71); of the shell: 125, 126, 127. */
const SETUP = new Set([64, 65, 71, 125, 126, 127]);

/**
 * How the one process ended that was shell, sandbox-exec and server in turn. The first two say who they are before they give up;
 * a server that imitates them is told of as a sandbox that could not be made, which changes nothing else.
 */
export function seatbeltEnd(
  code: number | null,
  signal: NodeJS.Signals | null,
  firstWords: string,
): SessionEnd {
  // As a shell would say it, and as bubblewrap does on Linux.
  if (signal !== null) return { kind: 'exited', code: 128 + os.constants.signals[signal] };
  const isOurs = /^(?:sandbox-exec|cordon|(?:\/usr\/bin\/)?env|\/bin\/bash): /.test(firstWords);
  if (code !== null && SETUP.has(code) && isOurs) return { kind: 'setup-failed', message: firstWords };
  return { kind: 'exited', code: code ?? 127 };
}
