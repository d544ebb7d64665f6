// What each file of the suite stands on: a folder that every user can reach, the compiled probe, a copy of the program.
import fs from 'node:fs';
import { copyProgram } from './columns.ts';
import { compileProbe } from './compile-probe.ts';

export interface Stage {
  readonly folder: string;
  readonly probe: string;
  /** Absolute path of bin/cordon. */
  readonly cordon: string;
  remove(): void;
}

export function setStage(): Stage {
  // Not /tmp: the server has one of its own there, which would hide what many rows are about.
  const folder = fs.mkdtempSync('/var/tmp/cordon-escape-');
  fs.chmodSync(folder, 0o755);
  return {
    folder,
    probe: compileProbe(folder),
    cordon: copyProgram(folder).cordon,
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}
