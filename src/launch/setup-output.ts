// What a started bubblewrap says: its status, and on its stderr why it cannot go on. The server's own stderr follows there.
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import type { CordonError } from '../errors.ts';
import { readableFromFd } from '../relay/pipe-streams.ts';
import { diagnoseSetup } from './diagnose.ts';
import { type SandboxStatus, watchStatus } from './status.ts';

const LAST_WORDS_MS = 200;
const SETUP_STDERR_BYTES = 8192;

export interface SetupOutput {
  readonly status: SandboxStatus;
  /** All of stderr, that of the set-up too. */
  readonly errors: Readable;
  /** Of the set-up, so far. */
  readonly said: () => string;
  /** From here on stderr is the server's. */
  readonly endSetup: () => void;
  /** Why it ended; waits for its last words. */
  readonly diagnosis: () => Promise<CordonError>;
}

/** Takes both descriptors over. */
export function watchSetup(fds: { readonly stderr: number; readonly status: number }): SetupOutput {
  const errors = new PassThrough();
  let said = '';
  let isSetup = true;
  const stderr = readableFromFd(fds.stderr);
  stderr
    .on('data', (chunk: Buffer) => {
      if (isSetup && said.length < SETUP_STDERR_BYTES) said += chunk.toString('utf8', 0, SETUP_STDERR_BYTES);
    })
    .pipe(errors);
  return {
    status: watchStatus(readableFromFd(fds.status)),
    errors,
    said: () => said,
    endSetup: () => {
      isSetup = false;
    },
    diagnosis: async () => {
      // They may still be in the pipe when its end is reported.
      if (!stderr.readableEnded)
        await Promise.race([
          once(stderr, 'end'),
          new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS)),
        ]);
      return diagnoseSetup(said);
    },
  };
}
