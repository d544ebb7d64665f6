// Covers the one moment of the start in which a killed launcher would leave something behind: bubblewrap's outer process
// has tied itself to us and dies with us, and its init, which waits for a word of it, would wait for ever (bubblewrap
// releases its child through an eventfd, which knows no end of file). A shell beside us reads end of file at our death and
// kills whatever holds our pipe, until nobody does. Once the init is tied to its parent the shell is told to leave.
import fs from 'node:fs';
import { startProgram } from '../start-program.ts';
import { pipe } from './libc.ts';

// `-ef`: the same pipe, by device and inode; only processes of this user can be seen. A process that is just being made
// moves its descriptors about and may be overlooked, so only several looks in a row that find nothing end the search.
const SCRIPT = `read -r done <&3 && exit 0
looks=0
while [ $looks -lt 5 ]; do
  looks=$((looks + 1))
  for process in /proc/[0-9]*; do
    id=\${process#/proc/}
    [ "$id" = $$ ] && continue
    for fd in "$process"/fd/*; do
      if [ "$fd" -ef /proc/self/fd/4 ]; then kill -9 "$id" && looks=0; break; fi
    done
  done
  /bin/sleep 0.02
done`;

export interface Sweeper {
  /** The sandbox's init is tied: nothing is left to do. */
  dismiss(): void;
  /** The start failed before that: kills what is left of it, as at our death. */
  sweep(): void;
}

/** `pipeFd`: an end of a pipe whose other holders are the processes of this start alone. */
export function startSweeper(pipeFd: number): Sweeper {
  const life = pipe();
  startProgram(['/bin/sh', '-c', SCRIPT, 'sweeper'], ['ignore', 'ignore', 'ignore', life.read, pipeFd]);
  fs.closeSync(life.read);
  return {
    dismiss() {
      try {
        fs.writeSync(life.write, '\n');
      } catch {
        // It is gone, which is all that was wanted.
      }
      fs.closeSync(life.write);
    },
    sweep: () => fs.closeSync(life.write),
  };
}
