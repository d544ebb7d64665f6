// The private folders of one start. Their name holds the launcher's process id: whatever a machine that lost its power left
// behind, secrets among it, goes at the next start.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { launchFolderUnwritable } from '../../messages/macos.ts';
import { processAges } from './process-ages.ts';

export interface LaunchFolder {
  readonly path: string;
  readonly home: string;
  readonly tmp: string;
  readonly files: string;
}

/** ps counts whole seconds. On macOS it goes by the clock that the disk goes by, also when somebody has set that. */
const AGE_ROUNDING_MS = 3000;
const NAME = /^(\d+)-[0-9a-f]{16}$/;

/**
 * @param root of all starts of this user; made when it is not there
 * @param files by name, which the server may read and nobody else
 * @throws CordonError SANDBOX_SETUP_FAILED
 */
export function makeLaunchFolder(
  root: string,
  files: ReadonlyMap<string, string | Uint8Array>,
): LaunchFolder {
  try {
    fs.mkdirSync(root, { recursive: true, mode: 0o700 });
    // By its real path: rules go by that.
    const real = fs.realpathSync.native(root);
    removeStale(real);
    const folder = path.join(real, `${process.pid}-${randomBytes(8).toString('hex')}`);
    const made = {
      path: folder,
      home: path.join(folder, 'home'),
      tmp: path.join(folder, 'tmp'),
      files: path.join(folder, 'files'),
    };
    for (const each of [folder, made.home, made.tmp, made.files]) fs.mkdirSync(each, { mode: 0o700 });
    for (const [name, content] of files)
      fs.writeFileSync(path.join(made.files, name), content, { mode: 0o400, flag: 'wx' });
    return made;
  } catch (error) {
    throw launchFolderUnwritable(root, error);
  }
}

/** Whether a path can be the folder of a start, so that a wrong word never becomes a folder to remove. */
export function isLaunchFolder(folder: string): boolean {
  return path.isAbsolute(folder) && path.normalize(folder) === folder && NAME.test(path.basename(folder));
}

/**
 * False when something is left of it. What lies in it was the server's to choose: without rights to a folder of its own, its
 * owner cannot look into it either, and must neither keep secrets on the disk for that nor find no other server able to start.
 */
export function removeLaunchFolder(folder: string): boolean {
  const whole = [path.join(folder, 'files'), folder].map(removed).at(-1) === true;
  if (whole) return true;
  // Never through a link: that is what -R does by itself.
  spawnSync('/bin/chmod', ['-R', 'u+rwx', folder], { env: {}, stdio: 'ignore' });
  return removed(folder);
}

function removed(folder: string): boolean {
  try {
    fs.rmSync(folder, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

function removeStale(root: string): void {
  const folders = fs.readdirSync(root).flatMap((name) => {
    const pid = Number(NAME.exec(name)?.[1]);
    return pid > 0 ? [{ pid, folder: path.join(root, name) }] : [];
  });
  const ages = processAges(folders.map(({ pid }) => pid).filter(isAlive));
  for (const { pid, folder } of folders)
    if (!isAlive(pid) || isYounger(ages.get(pid), folder)) removeLaunchFolder(folder);
}

/** Whether a process of this age came after the folder, so that it has only the number of the one that made it. */
function isYounger(age: number | undefined, folder: string): boolean {
  const made = fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
  return age !== undefined && made !== undefined && Date.now() - age > made + AGE_ROUNDING_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
