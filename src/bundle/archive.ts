// The one file that travels: a plain tar archive, so that `tar` and `ssh-keygen -Y verify` can look into it as well. There is one
// archive of given files: what is read is written again and must be the same bytes, so that no two programs can see different
// files in it: no links, no long names, no sparse files, nothing between the parts or behind them.
import { Header } from 'tar';
import { MAX_FILES } from './index-file.ts';

export interface ArchivedFile {
  readonly path: string;
  readonly content: Buffer;
}

export type ReadArchive =
  | { readonly ok: true; readonly files: readonly ArchivedFile[] }
  /** The end of a sentence. */
  | { readonly ok: false; readonly fault: string };

const BLOCK = 512;
/** Those of an index, it and its signature. Whose file it is nobody knows yet, and each costs more memory than it has bytes. */
const MAX_ARCHIVED = MAX_FILES + 2;

export function packArchive(files: readonly ArchivedFile[]): Buffer {
  return Buffer.concat([
    ...files.flatMap(({ path, content }) => packFile(path, content)),
    Buffer.alloc(2 * BLOCK),
  ]);
}

function packFile(path: string, content: Buffer): Buffer[] {
  const header = new Header({
    path,
    type: 'File',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: content.length,
    // The same files make the same archive, whenever and by whomever.
    mtime: new Date(0),
  });
  const block = Buffer.alloc(BLOCK);
  if (header.encode(block)) throw new TypeError(`a name that tar has no place for: ${path}`);
  return [block, content, Buffer.alloc(-content.length & (BLOCK - 1))];
}

export function readArchive(bytes: Buffer): ReadArchive {
  const files: ArchivedFile[] = [];
  for (let at = 0; ; ) {
    if (at + BLOCK > bytes.length) return refused('ends too early');
    const header = readHeader(bytes, at);
    if (header?.nullBlock === true) break;
    if (header?.cksumValid !== true) return refused(at === 0 ? 'is no bundle' : 'has a damaged part');
    const { path = '', size = 0, type } = header;
    if (type !== 'File') return refused(`holds something that is not a plain file: "${type}"`);
    if (files.length === MAX_ARCHIVED) return refused('holds more files than any bundle');
    at += BLOCK;
    if (at + size > bytes.length) return refused('ends too early');
    files.push({ path, content: bytes.subarray(at, at + size) });
    at += Math.ceil(size / BLOCK) * BLOCK;
  }
  return isOnlyForm(files, bytes)
    ? { ok: true, files }
    : refused('is not written as cordon writes bundles, so that others may see other files in it');
}

/** undefined for one with a number that no file has: the library throws at it. */
function readHeader(bytes: Buffer, at: number): Header | undefined {
  try {
    return new Header(bytes, at);
  } catch {
    return undefined;
  }
}

function isOnlyForm(files: readonly ArchivedFile[], bytes: Buffer): boolean {
  try {
    return packArchive(files).equals(bytes);
  } catch {
    return false;
  }
}

function refused(fault: string): ReadArchive {
  return { ok: false, fault };
}
