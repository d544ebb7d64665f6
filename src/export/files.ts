// Policy files on the disk: written so that a client never reads half of one, and compared with what is there.
import fs from 'node:fs';
import path from 'node:path';
import { requireBelow } from '../below-root.ts';
import { exportWouldLose } from '../messages/export.ts';
import { outputUnwritable } from '../messages/usage.ts';
import { decodeUtf8, readSmallFile } from '../profile/read-file.ts';
import { writeTogether } from '../store/atomic-write.ts';
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

export interface Written {
  readonly path: string;
  readonly changed: boolean;
}

/**
 * Writes below `root` what the files of one client are to hold: all of them, or none where one cannot be.
 * @throws CordonError OUTPUT_UNWRITABLE, also where something that is not ours would be lost
 */
export function writePolicyFiles(files: readonly PolicyFile[], root: string): readonly Written[] {
  const planned = files.map((file) => plan(file, root));
  const changes = planned.filter(({ changed }) => changed);
  try {
    for (const { path: place } of changes)
      fs.mkdirSync(path.dirname(place), { recursive: true, mode: 0o755 });
    writeTogether(changes.map(({ path: place, content }) => [place, content] as const));
  } catch (error) {
    throw outputUnwritable(error);
  }
  return planned.map(({ path: place, changed }) => ({ path: place, changed }));
}

function plan(file: PolicyFile, root: string): Written & { readonly content: string } {
  const place = path.join(root, file.path);
  requireBelow(root, path.dirname(place));
  const found = readSmallFile(place, MAX_BYTES);
  if (found.kind === 'unreadable') throw exportWouldLose(place);
  const before = found.kind === 'ok' ? decodeUtf8(found.bytes) : undefined;
  if (found.kind === 'ok' && before === undefined) throw exportWouldLose(place);
  const content = updatedFile(file, before);
  if (content === undefined) throw exportWouldLose(place);
  // Also where only owner or mode is wrong: who has the old file open could still write to it.
  return { path: place, content, changed: content !== before || !isOurs(place) };
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
