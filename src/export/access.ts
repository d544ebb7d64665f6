// Who can change a policy file, and who can read it: a client that runs as its user obeys what that user can read, and no more.
import type fs from 'node:fs';
import path from 'node:path';
import { CordonError } from '../errors.ts';
import { accessCure, accessWords } from '../messages/export.ts';
import { stepFault, wayTo } from '../profile/ownership.ts';

export interface AccessFault {
  /** With the file or folder at fault, as the end of a sentence. */
  readonly why: string;
  /** A command to paste, or the one thing to do. */
  readonly cure: string;
}

const ENTER = 0o001;
const READ = 0o004;

/** The first on the way from `/`: once a folder is root's alone, nobody can swap what is mended next. */
export function accessFault(file: string): AccessFault | undefined {
  try {
    for (const { place, stat } of wayTo(path.resolve(file), 'must-exist')) {
      const why = stepFault(stat) ?? readFault(stat);
      if (why !== undefined)
        return { why: accessWords.fault(place, why), cure: accessCure(place, stat.isSymbolicLink()) };
    }
    return undefined;
  } catch (error) {
    // What is no longer there, or behind a link that leads nowhere, is not what a client obeys.
    return error instanceof CordonError ? { why: error.message, cure: accessCure(file, true) } : undefined;
  }
}

function readFault(stat: fs.Stats): string | undefined {
  if (stat.isDirectory()) return (stat.mode & ENTER) === 0 ? accessWords.closed : undefined;
  return stat.isFile() && (stat.mode & READ) === 0 ? accessWords.unreadable : undefined;
}
