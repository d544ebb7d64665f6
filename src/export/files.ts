// Policy files on the disk: written so that a client never reads half of one, and compared with what is there.
import fs from 'node:fs';
import path from 'node:path';
import { CordonError } from '../errors.ts';
import { exportWouldLose } from '../messages/export.ts';
import { outputUnwritable } from '../messages.ts';
import { requireRootOwned } from '../profile/ownership.ts';
import { decodeUtf8, readSmallFile } from '../profile/read-file.ts';
import { writeAtomically } from '../store/atomic-write.ts';
import { type Comparison, compareFile, updatedFile } from './compare.ts';
import type { PolicyFile } from './policy.ts';

const MAX_BYTES = 2 * 1024 * 1024;

export interface Checked {
  readonly path: string;
  readonly comparison: Comparison;
  /** Why somebody who is not root could change it, as the end of a sentence. */
  readonly unsafe?: string;
}

/** How the file on this machine compares. */
export function checkFile(file: PolicyFile): Checked {
  const found = readSmallFile(realPath(file.path), MAX_BYTES);
  switch (found.kind) {
    case 'missing':
      return { path: file.path, comparison: { kind: 'missing' } };
    case 'unreadable':
      return { path: file.path, comparison: { kind: 'unreadable', why: found.why } };
    case 'ok': {
      const unsafe = ownershipOf(file.path);
      return {
        path: file.path,
        comparison: compareFile(file, decodeUtf8(found.bytes) ?? ''),
        ...(unsafe === undefined ? {} : { unsafe }),
      };
    }
  }
}

/**
 * Writes below `root` what the file is to hold.
 * @returns whether anything was changed
 * @throws CordonError OUTPUT_UNWRITABLE, also where something that is not ours would be lost
 */
export function writePolicyFile(
  file: PolicyFile,
  root: string,
): { readonly path: string; readonly changed: boolean } {
  const place = path.join(root, file.path);
  const found = readSmallFile(place, MAX_BYTES);
  if (found.kind === 'unreadable') throw exportWouldLose(place);
  const before = found.kind === 'ok' ? decodeUtf8(found.bytes) : undefined;
  if (found.kind === 'ok' && before === undefined) throw exportWouldLose(place);
  const content = updatedFile(file, before);
  if (content === undefined) throw exportWouldLose(place);
  if (content === before) return { path: place, changed: false };
  try {
    // Whatever umask the administrator's shell has, every user's client reads these.
    fs.mkdirSync(path.dirname(place), { recursive: true, mode: 0o755 });
    writeAtomically(place, content);
    fs.chmodSync(place, 0o644);
  } catch (error) {
    throw outputUnwritable(error);
  }
  return { path: place, changed: true };
}

/** Why somebody who is not root could change the file, as the end of a sentence. */
export function ownershipOf(file: string): string | undefined {
  try {
    requireRootOwned(file);
    return undefined;
  } catch (error) {
    if (error instanceof CordonError) return error.message;
    throw error;
  }
}

/** Clients follow links here. */
export function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return file;
  }
}
