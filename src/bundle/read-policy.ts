// The folder in which somebody keeps a policy -> the files of a bundle. At its top may lie what people keep beside it (a README, the
// folder of git); below profiles/ everything must be what a bundle may hold, or a file that was meant to count would not.
import fs from 'node:fs';
import path from 'node:path';
import { folderUnusable } from '../messages/bundle.ts';
import { outputUnwritable } from '../messages/usage.ts';
import { readSmallFile } from '../profile/read-file.ts';
import type { ArchivedFile } from './archive.ts';
import { allowedSize, CONFIG, isPolicyFolder, isSchemaFile, pathFault, PROFILES } from './policy-paths.ts';

export interface PolicyFiles {
  /** Sorted by path. */
  readonly files: readonly ArchivedFile[];
  /** What lies at the top beside them. */
  readonly leftOut: readonly string[];
}

/** @throws CordonError BUNDLE_INVALID with every file that cannot be in a bundle */
export function readPolicyFiles(folder: string): PolicyFiles {
  const top = namesIn(folder);
  const faults: string[] = [];
  const files: ArchivedFile[] = [];
  const take = (name: string): void => {
    const place = path.join(folder, name);
    if (isPolicyFolder(name) && fs.lstatSync(place).isDirectory()) {
      for (const inner of namesIn(place)) take(`${name}/${inner}`);
      return;
    }
    if (isSchemaFile(name)) return;
    const fault = pathFault(name);
    const read = fault === undefined ? readSmallFile(place, allowedSize(name) ?? 0) : undefined;
    if (read?.kind === 'ok') files.push({ path: name, content: read.bytes });
    else faults.push(`${name}: ${fault ?? (read?.kind === 'unreadable' ? read.why : 'does not exist')}`);
  };
  for (const name of [CONFIG, PROFILES]) {
    if (top.includes(name)) take(name);
    else if (name === CONFIG) faults.push(`${name}: does not exist`);
  }
  if (faults.length > 0) throw folderUnusable(folder, faults);
  return {
    files: files.toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    leftOut: top.filter((name) => name !== CONFIG && name !== PROFILES),
  };
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder).toSorted();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw folderUnusable(folder, ['(folder): does not exist']);
    if (code === 'ENOTDIR') throw folderUnusable(folder, ['(folder): is not a folder']);
    throw outputUnwritable(error);
  }
}
