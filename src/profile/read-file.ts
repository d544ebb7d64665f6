// One file of a profile's folder, read without being fooled by what stands there: no link, no FIFO that blocks, no
// endless file.
import fs from 'node:fs';
import { secretMemory } from '../secrets/memory.ts';

export type ReadResult =
  | { readonly kind: 'ok'; readonly bytes: Buffer }
  | { readonly kind: 'missing' }
  /** `why` is the end of a sentence. */
  | { readonly kind: 'unreadable'; readonly why: string; readonly cause?: unknown };

const {
  O_RDONLY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_CLOEXEC = 0,
} = fs.constants as typeof fs.constants & { O_CLOEXEC?: number };

/** @param refuse says why the file that was opened is not to be read, from its owner and mode */
export function readSmallFile(
  file: string,
  maxBytes: number,
  refuse: (stat: fs.Stats) => string | undefined = () => undefined,
): ReadResult {
  let fd: number;
  try {
    fd = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  } catch (thrown) {
    return notOpened(thrown);
  }
  try {
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) return { kind: 'unreadable', why: 'is not a regular file' };
    const why = refuse(stat);
    if (why !== undefined) return { kind: 'unreadable', why };
    if (stat.size > maxBytes) return tooLarge(maxBytes);
    return readAtMost(fd, maxBytes, stat.size);
  } catch (thrown) {
    return { kind: 'unreadable', why: 'could not be read', cause: thrown };
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * The file may grow while it is read: its size is not trusted. A byte more than that shows the end of one that did not, and
 * thousands of files are read with one call each.
 */
function readAtMost(fd: number, maxBytes: number, size: number): ReadResult {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    // It may be a secret.
    const chunk = secretMemory(Math.min(total === 0 ? size + 1 : 65536, maxBytes + 1 - total));
    const count = fs.readSync(fd, chunk, 0, chunk.length, null);
    if (count > 0) chunks.push(chunk.subarray(0, count));
    total += count;
    if (total > maxBytes) return tooLarge(maxBytes);
    if (count === 0 || (total === count && count === size)) return { kind: 'ok', bytes: joined(chunks) };
  }
}

/** A small file is in one piece, of which no copy is made: it may be a secret, which is overwritten when it was read. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [only, ...more] = chunks;
  return only !== undefined && more.length === 0 ? only : Buffer.concat(chunks);
}

function tooLarge(maxBytes: number): ReadResult {
  return { kind: 'unreadable', why: `is larger than ${maxBytes / 1024} KiB` };
}

function notOpened(thrown: unknown): ReadResult {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
  if (code === 'ELOOP') return { kind: 'unreadable', why: 'is a symbolic link', cause: thrown };
  if (code === 'EACCES') return { kind: 'unreadable', why: 'may not be read by this user', cause: thrown };
  // What opening a socket or a device without a driver answers.
  if (code === 'ENXIO') return { kind: 'unreadable', why: 'is not a regular file', cause: thrown };
  return { kind: 'unreadable', why: `could not be opened (${String(code)})`, cause: thrown };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined when the bytes are no UTF-8. A byte order mark stays, for the reader to refuse. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
