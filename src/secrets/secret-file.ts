// A secret in a file: read only when nobody but this user (or root) can read it, and nobody else can put another in its place.
import fs from 'node:fs';
import path from 'node:path';
import { secretWords } from '../messages/secrets.ts';
import { readSmallFile } from '../profile/read-file.ts';
import type { Answer } from './answer.ts';
import { MAX_VALUE_BYTES, readValue } from './value.ts';

export interface FileReader {
  readonly uid: number;
  readonly gid: number;
}

const ANY_OTHER = 0o077;
/** What root shares with a group is for that group. */
const OTHERS_OR_GROUP_WRITE = 0o027;
const GROUP_WRITE = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

export function readSecretFile(file: string, reader: FileReader): Answer {
  let real: string;
  try {
    // Systems that hand secrets to services keep them behind links.
    real = fs.realpathSync(file);
  } catch (error) {
    const isMissing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    return isMissing
      ? { kind: 'absent', why: secretWords.noFile }
      : { kind: 'unavailable', why: secretWords.fileUnreadable };
  }
  const above = [file, real].map((one) => folderFault(one, reader)).find((why) => why !== undefined);
  if (above !== undefined) return { kind: 'malformed', why: above };
  const read = readSmallFile(real, MAX_VALUE_BYTES + 2, (stat) => fileFault(stat, reader));
  switch (read.kind) {
    case 'ok':
      return readValue(read.bytes);
    case 'missing':
      return { kind: 'absent', why: secretWords.noFile };
    case 'unreadable':
      return { kind: 'malformed', why: read.why };
  }
}

/** Why this file is not one of a secret, as the end of a sentence. Pure. */
export function fileFault(
  { uid, mode }: { readonly uid: number; readonly mode: number },
  reader: FileReader,
): string | undefined {
  if (uid !== 0 && uid !== reader.uid) return secretWords.fileOfAnother(uid);
  const open = mode & (uid === reader.uid ? ANY_OTHER : OTHERS_OR_GROUP_WRITE);
  return open === 0 ? undefined : secretWords.fileOpen(mode & 0o7777);
}

/** Who can write to a folder can replace what is in it. */
function folderFault(file: string, { uid, gid }: FileReader): string | undefined {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const stat = fs.statSync(folder);
    if (stat.uid !== 0 && stat.uid !== uid) return secretWords.folderOfAnother(folder, stat.uid);
    // In a sticky folder (/tmp) others may add, but not replace what is there. A group that is the user's own is the user.
    const isOpen =
      (stat.mode & STICKY) === 0 &&
      ((stat.mode & OTHERS_WRITE) !== 0 || ((stat.mode & GROUP_WRITE) !== 0 && stat.gid !== gid));
    if (isOpen) return secretWords.folderOpen(folder);
    if (folder === path.dirname(folder)) return undefined;
  }
}
