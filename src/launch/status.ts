import type { Readable } from 'node:stream';

/** What bubblewrap says on --json-status-fd: one JSON document per line. */
export interface SandboxStatus {
  /** Process id, outside, of the sandbox's init. undefined when bubblewrap ended before there was one. */
  readonly init: Promise<number | undefined>;
  /** Exit status of the server (128+N by signal); undefined when it never ran or bubblewrap was killed. */
  readonly exitCode: Promise<number | undefined>;
}

export function watchStatus(stream: Readable): SandboxStatus {
  let text = '';
  let found: (pid: number | undefined) => void;
  let finished: (code: number | undefined) => void;
  const init = new Promise<number | undefined>((resolve) => {
    found = resolve;
  });
  const exitCode = new Promise<number | undefined>((resolve) => {
    finished = resolve;
  });
  const end = (): void => {
    found(undefined);
    finished(undefined);
  };
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    const pid = /"child-pid": (\d+)[^\n]*\n/.exec(text)?.[1];
    if (pid !== undefined) found(Number(pid));
    const code = /"exit-code": (\d+)/.exec(text)?.[1];
    if (code !== undefined) finished(Number(code));
  });
  stream.on('end', end);
  stream.on('error', end);
  stream.on('close', end);
  return { init, exitCode };
}
