// Folders in which a package is put together before it gets its name, and what killed installs leave of them.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** A process id counts only inside its pid namespace: two containers may share one store. */
const NAMESPACE = pidNamespace();
const STAGING = /^\.tmp-(\d+)-(\d+)-[0-9a-f]{12}$/;
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/** Makes and returns a private folder in the store. */
export function createStaging(store: string): string {
  fs.mkdirSync(store, { recursive: true, mode: 0o755 });
  const folder = path.join(
    store,
    `.tmp-${NAMESPACE}-${process.pid}-${crypto.randomBytes(6).toString('hex')}`,
  );
  fs.mkdirSync(folder, { mode: 0o700 });
  return folder;
}

/** Removes what installs left whose process is gone. */
export function sweepStaging(store: string): void {
  for (const name of namesIn(store)) {
    const [, namespace, pid] = STAGING.exec(name) ?? [];
    if (namespace === undefined || pid === undefined) continue;
    const folder = path.join(store, name);
    const gone = namespace === NAMESPACE ? !isRunning(Number(pid)) : isOld(folder);
    if (gone) removeTree(folder);
  }
}

/** Removes a folder even when its folders are read-only, as those of the store are. Never follows a link. */
export function removeTree(folder: string): void {
  makeFoldersWritable(folder);
  fs.rmSync(folder, { recursive: true, force: true });
}

function makeFoldersWritable(folder: string): void {
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) return;
  if ((stat.mode & 0o700) !== 0o700) fs.chmodSync(folder, 0o700);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) makeFoldersWritable(path.join(folder, entry.name));
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function isOld(folder: string): boolean {
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > ABANDONED_MS;
}

function pidNamespace(): string {
  try {
    return /\d+/.exec(fs.readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}
