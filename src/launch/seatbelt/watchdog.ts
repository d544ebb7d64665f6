// Ends the server when the launcher ends, however that happens: macOS has no signal for the death of a parent. A shell of its
// own session reads from us; end of file is our death, or our word that the server has ended. It then stops the group of the
// server, so that nothing changes while the rest is looked for, and lets end-tree.ts find and kill it.
import { type ChildProcess, spawn } from 'node:child_process';
import { SHELL } from './launch-command.ts';

// The server's group comes as the first line, once there is one: a launcher that dies before has started none, or one that is
// found by its home folder. What follows the look is for a program of ours that is gone or does not start.
const SCRIPT = `folder=$1; shift
group=; read -r group
while read -r rest; do :; done
case $group in
  '' | *[!0-9]*) group=0 ;;
  *) kill -STOP -- "-$group" 2>/dev/null ;;
esac
"$@" "$group" "$folder"
[ "$group" = 0 ] || kill -KILL -- "-$group" 2>/dev/null
/bin/rm -rf -- "$folder" || { /bin/chmod -R u+rwx -- "$folder"; /bin/rm -rf -- "$folder"; }`;

export interface Watchdog {
  /** To be told as soon as the server runs. */
  watch(group: number): void;
  /** The server has ended: resolves when nothing is left of it. */
  end(): Promise<void>;
  /** Also when somebody killed it: then nothing watches any more. */
  readonly gone: Promise<void>;
}

/** @param endTree words of a command that takes the group and the folder */
export function startWatchdog(folder: string, endTree: readonly string[]): Watchdog {
  const child: ChildProcess = spawn(SHELL, ['-p', '-c', SCRIPT, 'watchdog', folder, ...endTree], {
    env: {},
    cwd: '/',
    // A session of its own: a client that kills our process group must not take it along.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin?.on('error', () => {});
  return {
    watch: (group) => void child.stdin?.write(`${group}\n`),
    async end() {
      child.stdin?.end();
      await gone;
    },
    gone,
  };
}
