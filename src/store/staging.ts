// Private folders, named after the process that works in them, and what commands that were killed leave of them.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** A process id counts only inside its pid namespace: two containers may share one store, or one /tmp. */
const NAMESPACE = pidNamespace();
const OWNER = /^(\d+)-(\d+)-[0-9a-f]{12}$/;
const ABANDONED_MS = 24 * 60 * 60 * 1000;
const STAGING = '.tmp-';
const STICKY = 0o1000;
const OTHERS_WRITE = 0o022;

/** Makes and returns a private folder in the store, for a package until it gets its name. */
export function createStaging(store: string): string {
  fs.mkdirSync(store, { recursive: true, mode: 0o755 });
  return createIn(store, STAGING);
}

/** Removes what installs left whose process is gone. */
export function sweepStaging(store: string): void {
  for (const folder of abandonedIn(store, STAGING)) removeTree(folder);
}

/** In a folder that everybody may write to, as /tmp is. What this user's killed commands left there under the same prefix goes. */
export function createScratch(parent: string, prefix: string): string {
  if (keepsNames(parent))
    for (const folder of abandonedIn(parent, prefix)) if (isOwn(folder)) removeTree(folder);
  return createIn(parent, prefix);
}

function createIn(parent: string, prefix: string): string {
  const name = `${prefix}${NAMESPACE}-${process.pid}-${crypto.randomBytes(6).toString('hex')}`;
  const folder = path.join(parent, name);
  fs.mkdirSync(folder, { mode: 0o700 });
  return folder;
}

function abandonedIn(parent: string, prefix: string): string[] {
  return namesIn(parent).flatMap((name) => {
    if (!name.startsWith(prefix)) return [];
    const [, namespace, pid] = OWNER.exec(name.slice(prefix.length)) ?? [];
    if (namespace === undefined || pid === undefined) return [];
    const folder = path.join(parent, name);
    const gone = namespace === NAMESPACE ? !isRunning(Number(pid)) : isOld(folder);
    return gone ? [folder] : [];
  });
}

/** Whether nobody else can put a folder of theirs in the place of one that was looked at. */
function keepsNames(parent: string): boolean {
  const stat = fs.statSync(parent, { throwIfNoEntry: false });
  if (stat === undefined || (stat.uid !== 0 && stat.uid !== process.getuid?.())) return false;
  return (stat.mode & STICKY) !== 0 || (stat.mode & OTHERS_WRITE) === 0;
}

function isOwn(folder: string): boolean {
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.();
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
