// Files replaced whole: a reader sees the old or the new one, and after a crash one of them is there.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export function writeAtomically(file: string, content: string | Uint8Array): void {
  writeTogether([[file, content]]);
}

/**
 * All are written and flushed before the first gets its name. Between two renames a crash can leave new and old side
 * by side; pins.json holds the lockfile's digest, so that such a pair is refused and never used.
 */
export function writeTogether(
  files: ReadonlyArray<readonly [file: string, content: string | Uint8Array]>,
): void {
  const written: Array<readonly [temporary: string, file: string]> = [];
  try {
    for (const [file, content] of files) {
      const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${crypto.randomUUID()}`);
      written.push([temporary, file]);
      const fd = fs.openSync(temporary, 'wx', 0o644);
      try {
        fs.writeFileSync(fd, content);
        fs.fsyncSync(fd);
      } finally {
        fs.closeSync(fd);
      }
    }
    for (const [temporary, file] of written) fs.renameSync(temporary, file);
  } finally {
    for (const [temporary] of written) fs.rmSync(temporary, { force: true });
  }
}
