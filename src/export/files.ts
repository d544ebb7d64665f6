// Policy files on the disk: written so that a client never reads half of one, and compared with what is there.
import fs from 'node:fs';
import path from 'node:path';
import { requireBelow } from '../below-root.ts';
import { exportWouldLose } from '../messages/export.ts';
import { outputUnwritable } from '../messages.ts';
import { decodeUtf8, readSmallFile } from '../profile/read-file.ts';
import { writeAtomically } from '../store/atomic-write.ts';
import { type AccessFault, accessFault } from './access.ts';
import { type Comparison, compareFile, updatedFile } from './compare.ts';
import type { PolicyFile } from './policy.ts';

const MAX_BYTES = 2 * 1024 * 1024;

export interface Checked {
  readonly path: string;
  readonly comparison: Comparison;
  /** What of it, or of the way to it, is open to more or to fewer than it should be. */
  readonly unsafe?: AccessFault;
}

/** How the file on this machine compares. */
export function checkFile(file: PolicyFile): Checked {
  const { path: place } = file;
  const found = readSmallFile(realPath(place), MAX_BYTES);
  if (found.kind === 'missing') return { path: place, comparison: { kind: 'missing' } };
  const comparison: Comparison =
    found.kind === 'ok'
      ? compareFile(file, decodeUtf8(found.bytes) ?? '')
      : { kind: 'unreadable', why: found.why };
  const unsafe = accessFault(place);
  return { path: place, comparison, ...(unsafe === undefined ? {} : { unsafe }) };
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
  requireBelow(root, path.dirname(place));
  const found = readSmallFile(place, MAX_BYTES);
  if (found.kind === 'unreadable') throw exportWouldLose(place);
  const before = found.kind === 'ok' ? decodeUtf8(found.bytes) : undefined;
  if (found.kind === 'ok' && before === undefined) throw exportWouldLose(place);
  const content = updatedFile(file, before);
  if (content === undefined) throw exportWouldLose(place);
  if (content === before && isOurs(place)) return { path: place, changed: false };
  try {
    fs.mkdirSync(path.dirname(place), { recursive: true, mode: 0o755 });
    // Also where only owner or mode is wrong: who has the old file open could still write to it.
    writeAtomically(place, content);
  } catch (error) {
    throw outputUnwritable(error);
  }
  return { path: place, changed: true };
}

/** Whether the file belongs to who writes these, is read by everybody, and written by nobody else. */
function isOurs(place: string): boolean {
  const { uid, mode } = fs.lstatSync(place);
  return uid === process.getuid?.() && (mode & 0o026) === 0o004;
}

/** Clients follow links here. */
export function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return file;
  }
}
