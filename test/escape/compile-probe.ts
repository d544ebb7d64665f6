import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const SOURCES = path.join(path.dirname(import.meta.dirname), 'fixtures', 'probes');

/** Builds a static program, the probe if no other is named. A machine without a compiler is told so: the suite must not pass by asking nothing. */
export function compileProbe(folder: string, name: 'probe' | 'under-filter' = 'probe'): string {
  const program = path.join(folder, `compiled-${name}`);
  const child = spawnSync('gcc', ['-static', '-O1', '-o', program, path.join(SOURCES, `${name}.c`)], {
    encoding: 'utf8',
  });
  if (child.error !== undefined || child.status !== 0) {
    throw new Error(
      `the escape suite needs a C compiler: apt-get install gcc libc6-dev\n${child.stderr ?? ''}`,
    );
  }
  fs.chmodSync(program, 0o755);
  return program;
}
