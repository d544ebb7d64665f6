// Files by descriptor. Node has no openat(2); on Linux `/proc/self/fd/N/name` is the same thing: the kernel starts at
// the open folder itself, so that nobody can swap a parent for a link between two steps (SC-16).
import fs from 'node:fs';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants;
const isLinux = process.platform === 'linux';
// Not in Node's constants. macOS has no O_PATH, and its O_NOFOLLOW_ANY refuses a link anywhere in the path.
const O_PATH = 0o10000000;
const O_NOFOLLOW_ANY = 0x20000000;

const FOLDER_FLAGS = isLinux ? O_PATH | O_DIRECTORY | O_NOFOLLOW : O_RDONLY | O_DIRECTORY | O_NOFOLLOW_ANY;
/** O_NONBLOCK: opening a FIFO returns at once instead of waiting for a writer. */
export const FILE_FLAGS = O_RDONLY | O_NONBLOCK | (isLinux ? O_NOFOLLOW : O_NOFOLLOW_ANY);

/** An open folder. `prefix` plus a name opens an entry of exactly this folder. */
export interface OpenFolder {
  readonly fd: number;
  readonly prefix: string;
}

/** By absolute path; the last component must not be a link. On macOS no component may be one. */
export function openFolder(path: string): OpenFolder {
  return openAs(path);
}

export function openSubfolder(parent: OpenFolder, name: string): OpenFolder {
  return openAs(parent.prefix + name);
}

/** A folder that another process handed over. `path` is used on macOS only. */
export function folderFromFd(fd: number, path: string): OpenFolder {
  return { fd, prefix: isLinux ? `/proc/self/fd/${fd}/` : `${path}/` };
}

function openAs(path: string): OpenFolder {
  return folderFromFd(fs.openSync(path, FOLDER_FLAGS), path);
}

/** For an executable: it can be compared by fstat and bound into the sandbox without being readable. */
export function openPathOnly(path: string): number {
  return fs.openSync(path, isLinux ? O_PATH | O_NOFOLLOW : O_RDONLY | O_NOFOLLOW_ANY);
}
