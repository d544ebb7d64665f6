// The interpreter outside the tree: found and hashed once at install, checked by stat at each launch.
import fs from 'node:fs';
import path from 'node:path';
import { digestFromHex, type Digest } from '../digest.ts';
import { type AllowedRuntime, isAllowedRuntime } from '../config/machine.ts';
import type { Installation } from '../installation.ts';
import { runtimeChanged, runtimeMissing, runtimeNotRecorded } from '../messages/store.ts';
import { installationUnsafe } from '../messages/usage.ts';
import { runtimeRefused } from '../messages/config.ts';
import { requireRootOwned } from '../profile/ownership.ts';
import { createSha256 } from '../sha256.ts';
import { runtimeRecordFile } from '../store/layout.ts';
import { openPathOnly } from './descriptor.ts';
import { readRuntimeRecord, runtimeIdentity, sameIdentity } from './runtime-record.ts';
import { checkParents } from './store-folder.ts';
import type { VerifiedRuntime } from './verified.ts';

/**
 * Opens the recorded interpreter and compares it with its record. The caller owns `fd`.
 * @param allowed the only ones that the configuration allows
 * @throws CordonError RUNTIME_MISSING, RUNTIME_CHANGED, POLICY_REFUSED or INSTALLATION_UNSAFE
 */
export async function verifyRuntime(
  installation: Installation,
  allowed?: readonly AllowedRuntime[],
): Promise<VerifiedRuntime> {
  const file = runtimeRecordFile(installation.store);
  checkParents(path.dirname(file), installation.mode);
  // Who writes it chooses among the programs of root.
  if (installation.mode === 'managed' && fs.existsSync(file)) requireRootOwned(file);
  const record = readRuntimeRecord(file);
  if (record === undefined) throw runtimeNotRecorded();
  if (!isAllowedRuntime(allowed, record))
    throw runtimeRefused(record.realPath, record.version, record.sha256);
  const fd = openRuntime(record.realPath);
  try {
    if (!sameIdentity(record, runtimeIdentity(fd)))
      throw runtimeChanged(record.realPath, hasContent(fd, record.sha256));
    const userWritable = canNonRootWrite(record.realPath);
    if (userWritable && installation.mode === 'managed')
      throw installationUnsafe(record.realPath, 'can be changed by somebody who is not root');
    return {
      name: 'node',
      path: record.realPath,
      fd,
      version: record.version,
      userWritable,
    } as VerifiedRuntime;
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

function openRuntime(realPath: string): number {
  try {
    return openPathOnly(realPath);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') throw runtimeChanged(realPath, false);
    throw runtimeMissing('the Node.js that cordon recorded is gone', [realPath]);
  }
}

function hasContent(fd: number, sha256: Digest): boolean {
  try {
    // O_PATH opens a link itself, and a FIFO without waiting; neither is to be read.
    return fs.fstatSync(fd).isFile() && hashRuntime(fd) === sha256;
  } catch {
    return false;
  }
}

/** Of the very file behind the descriptor, which may be O_PATH. */
export function hashRuntime(fd: number): Digest {
  const readable = fs.openSync(process.platform === 'linux' ? `/proc/self/fd/${fd}` : `/dev/fd/${fd}`, 'r');
  try {
    const hash = createSha256();
    const buffer = new Uint8Array(new ArrayBuffer(1024 * 1024));
    for (;;) {
      const count = fs.readSync(readable, buffer, 0, buffer.length, null);
      if (count === 0) return digestFromHex(hash.digest('hex'));
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    fs.closeSync(readable);
  }
}

/** Whether anybody but root could put another file there: by the file itself or by any folder above it. */
export function canNonRootWrite(file: string): boolean {
  for (let place = file; ; place = path.dirname(place)) {
    const stat = fs.statSync(place);
    const isSticky = place !== file && (stat.mode & 0o1000) !== 0;
    if (stat.uid !== 0 || (!isSticky && (stat.mode & 0o022) !== 0)) return true;
    if (place === path.dirname(place)) return false;
  }
}
