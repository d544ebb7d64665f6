// A secret in a file: read only when nobody but this user (or root) can read it, and nobody else can put another in its place.
import fs from 'node:fs';
import { secretWords } from '../messages/secrets.ts';
import { readSmallFile } from '../profile/read-file.ts';
import type { Answer } from './answer.ts';
import { type FileUser, placeFault } from './places.ts';
import { MAX_VALUE_BYTES, readValue } from './value.ts';

const ANY_OTHER = 0o077;
/** What root shares with a group is for that group. */
const OTHERS_OR_GROUP_WRITE = 0o027;

export function readSecretFile(file: string, reader: FileUser): Answer {
  let real: string;
  let place: string | undefined;
  try {
    place = placeFault(file, reader);
    // Systems that hand secrets to services keep them behind links.
    real = fs.realpathSync(file);
  } catch (error) {
    const isMissing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    return isMissing
      ? { kind: 'absent', why: secretWords.noFile }
      : { kind: 'unavailable', why: secretWords.fileUnreadable };
  }
  if (place !== undefined) return { kind: 'malformed', why: place };
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
  reader: FileUser,
): string | undefined {
  if (uid !== 0 && uid !== reader.uid) return secretWords.fileOfAnother(uid);
  const open = mode & (uid === reader.uid ? ANY_OTHER : OTHERS_OR_GROUP_WRITE);
  return open === 0 ? undefined : secretWords.fileOpen(mode & 0o7777);
}
