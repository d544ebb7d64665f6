// Between our spawn and the moment when bubblewrap ties itself to its parent's death lie some milliseconds in which a
// killed launcher would leave an orphan. The guard closes them: setpriv asks the kernel for SIGKILL at our death, which
// survives each exec; then a shell says "armed" and waits for our "go". If we die before the request, the shell reads
// end of file and leaves; if we die after it, the kernel kills. bubblewrap then runs in the same process (all are
// execs), with an empty environment.
import fs from 'node:fs';
import { sandboxUnavailable } from '../messages.ts';

export const GUARD_FDS = { go: 6, armed: 7 } as const;

const SETPRIV = '/usr/bin/setpriv';
const ENV = '/usr/bin/env';
const SCRIPT = `echo >&${GUARD_FDS.armed}; read -r go <&${GUARD_FDS.go} || exit 125; exec ${ENV} -i "$@" ${GUARD_FDS.go}<&- ${GUARD_FDS.armed}>&-`;

/** argv that becomes `command` once it is tied to our life and we said go. Throws SANDBOX_UNAVAILABLE without setpriv. */
export function guarded(command: readonly string[]): {
  readonly file: string;
  readonly args: readonly string[];
} {
  for (const [program, packageName] of [
    [SETPRIV, 'util-linux'],
    [ENV, 'coreutils'],
  ] as const) {
    if (!fs.existsSync(program))
      throw sandboxUnavailable(`${program} is missing`, [`apt-get install ${packageName}`]);
  }
  return { file: SETPRIV, args: ['--pdeathsig', 'KILL', '--', '/bin/sh', '-c', SCRIPT, 'guard', ...command] };
}
