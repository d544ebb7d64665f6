// Reads every entry of an installed tree through descriptors and hashes it. Whatever is not a plain file or folder,
// or could be changed by somebody else, ends the walk: there is no such thing in a tree that Cordon installed.
import fs from 'node:fs';
import { treeUnsafe } from '../messages/store.ts';
import { createSha256, sha256Hex } from '../sha256.ts';
import { FILE_FLAGS, type OpenFolder, openSubfolder } from './descriptor.ts';
import { type FileEntry, nameFault } from './manifest.ts';

/** Who may own what is in the tree: root alone (managed), or root and the user who runs this. */
export type TreeOwner = 'root' | 'user';

export interface WalkOptions {
  readonly owner: TreeOwner;
  /** Folders (paths relative to the tree) that another process walks. */
  readonly skip?: ReadonlySet<string>;
  /** Called now and then; may throw to end the walk. */
  readonly onFolder?: () => void;
  /**
   * The walk may change the current folder, which all of a process shares: then the kernel looks each name up where it is,
   * and not on a way through /proc.
   */
  readonly mayChangeFolder?: boolean;
}

export interface WalkResult {
  readonly entries: FileEntry[];
  bytes: number;
}

const SET_ID = 0o6000;
const WRITABLE_BY_OTHERS = 0o022;
const CHUNK_BYTES = 256 * 1024;

/**
 * @param path of `folder` relative to the tree, `''` for the tree itself
 * @throws CordonError TREE_UNSAFE naming the first entry that should not be there
 */
export function walkTree(folder: OpenFolder, path: string, options: WalkOptions): WalkResult {
  const user = options.owner === 'root' ? 0 : (process.getuid?.() ?? 0);
  const walk: Walk = {
    ...options,
    isOwner: (uid) => uid === 0 || uid === user,
    // Its own ArrayBuffer: a view into a shared pool may move under Bun.
    buffer: new Uint8Array(new ArrayBuffer(CHUNK_BYTES)),
    result: { entries: [], bytes: 0 },
  };
  walkFolder(folder, path, walk);
  return walk.result;
}

interface Walk extends WalkOptions {
  readonly isOwner: (uid: number) => boolean;
  readonly buffer: Uint8Array;
  readonly result: WalkResult;
}

function walkFolder(folder: OpenFolder, path: string, walk: Walk): void {
  walk.onFolder?.();
  const before = fs.fstatSync(folder.fd);
  checkOwner(before, path === '' ? '.' : path, walk);
  const entries = opened(path, () => fs.readdirSync(folder.prefix, { withFileTypes: true }));
  const prefix = enter(folder, walk);
  const subfolders: string[] = [];
  for (const entry of entries) {
    const entryPath = path === '' ? entry.name : `${path}/${entry.name}`;
    const fault = nameFault(entry.name);
    if (fault !== undefined) throw treeUnsafe(entryPath, fault);
    if (entry.isDirectory()) {
      if (walk.skip?.has(entryPath) !== true) subfolders.push(entry.name);
    } else if (entry.isFile()) {
      hashFile(prefix + entry.name, entryPath, walk);
    } else {
      // Before any open: opening a device may already do something.
      throw treeUnsafe(entryPath, `is ${kindOf(entry)}`);
    }
  }
  // Last, because they change the current folder.
  for (const name of subfolders) walkSubfolder(folder, name, path === '' ? name : `${path}/${name}`, walk);
  // A name added, removed or renamed meanwhile moves the folder's times (SC-16).
  const after = fs.fstatSync(folder.fd);
  if (after.ctimeMs !== before.ctimeMs || after.mtimeMs !== before.mtimeMs)
    throw treeUnsafe(path === '' ? '.' : path, CHANGED);
}

/** What to put before a name of this folder. The current folder is held like a descriptor: by the object, not by a path. */
function enter(folder: OpenFolder, walk: Walk): string {
  if (walk.mayChangeFolder !== true || process.platform !== 'linux') return folder.prefix;
  process.chdir(folder.prefix);
  return '';
}

function walkSubfolder(folder: OpenFolder, name: string, path: string, walk: Walk): void {
  const subfolder = opened(path, () => openSubfolder(folder, name));
  try {
    walkFolder(subfolder, path, walk);
  } finally {
    fs.closeSync(subfolder.fd);
  }
}

function hashFile(file: string, path: string, walk: Walk): void {
  const fd = opened(path, () => fs.openSync(file, FILE_FLAGS));
  try {
    const stat = fs.fstatSync(fd);
    // The listing said "file"; what was opened may be another thing by now.
    if (!stat.isFile()) throw treeUnsafe(path, `is ${kindOf(stat)}`);
    // Whoever holds another link can change the content later without touching this tree.
    if (stat.nlink !== 1) throw treeUnsafe(path, 'is a hard link to a file that is also elsewhere');
    if ((stat.mode & SET_ID) !== 0) throw treeUnsafe(path, 'is setuid or setgid');
    checkOwner(stat, path, walk);
    walk.result.entries.push({
      kind: 'file',
      path,
      executable: (stat.mode & 0o100) !== 0,
      sha256: hashOpenFile(fd, stat.size, path, walk.buffer),
    });
    walk.result.bytes += stat.size;
  } finally {
    fs.closeSync(fd);
  }
}

function hashOpenFile(fd: number, size: number, path: string, buffer: Uint8Array): string {
  // One byte more than the size, so that one read both gives a small file's content and shows its end.
  if (size < buffer.length) {
    if (fs.readSync(fd, buffer, 0, size + 1, 0) !== size) throw treeUnsafe(path, CHANGED);
    return sha256Hex(buffer.subarray(0, size));
  }
  const hash = createSha256();
  let total = 0;
  for (;;) {
    const count = fs.readSync(fd, buffer, 0, buffer.length, null);
    if (count === 0) break;
    total += count;
    hash.update(buffer.subarray(0, count));
  }
  if (total !== size) throw treeUnsafe(path, CHANGED);
  return hash.digest('hex');
}

function checkOwner(stat: fs.Stats, path: string, walk: Walk): void {
  if (!walk.isOwner(stat.uid)) throw treeUnsafe(path, `belongs to another user (uid ${stat.uid})`);
  if ((stat.mode & WRITABLE_BY_OTHERS) !== 0) throw treeUnsafe(path, 'can be written by other users');
}

const CHANGED = 'changed while it was being hashed';
const OPEN_FAULTS: Readonly<Record<string, string>> = {
  ELOOP: CHANGED,
  ENOTDIR: CHANGED,
  ENOENT: CHANGED,
  ENXIO: CHANGED,
  EACCES: 'cannot be read',
  EPERM: 'cannot be read',
};

/** Opens, or says in the tree's words why it cannot be. */
function opened<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const why = OPEN_FAULTS[(error as NodeJS.ErrnoException).code ?? ''];
    throw why === undefined ? error : treeUnsafe(path, why);
  }
}

function kindOf(entry: fs.Dirent | fs.Stats): string {
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (entry.isFIFO()) return 'a FIFO';
  if (entry.isSocket()) return 'a socket';
  if (entry.isBlockDevice() || entry.isCharacterDevice()) return 'a device';
  if (entry.isDirectory()) return 'a folder';
  return 'neither a file nor a folder';
}
