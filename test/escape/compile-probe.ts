import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const SOURCE = path.join(path.dirname(import.meta.dirname), 'fixtures', 'probes', 'probe.c');

/** Builds the static probe program. A machine without a compiler is told so: the suite must not pass by asking nothing. */
export function compileProbe(folder: string): string {
  const program = path.join(folder, 'compiled-probe');
  const child = spawnSync('gcc', ['-static', '-O1', '-o', program, SOURCE], { encoding: 'utf8' });
  if (child.error !== undefined || child.status !== 0) {
    throw new Error(
      `the escape suite needs a C compiler: apt-get install gcc libc6-dev\n${child.stderr ?? ''}`,
    );
  }
  fs.chmodSync(program, 0o755);
  return program;
}
