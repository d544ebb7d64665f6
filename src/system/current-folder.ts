import fs from 'node:fs';
import { workspaceGone, workspaceNameNotText } from '../messages/run.ts';

/** The current directory by its real path. Throws WORKSPACE_TOO_BROAD when that path would not lead back to it. */
export function currentFolder(): string {
  // bin/cordon says so: it has left the folder, in which this program could not even start.
  if (process.env['CORDON_FOLDER_GONE'] !== undefined) throw workspaceGone();
  let folder: string;
  let own: fs.Stats;
  try {
    folder = fs.realpathSync('.');
    own = fs.statSync('.');
  } catch (error) {
    throw workspaceGone(error);
  }
  // A name that is not UTF-8 comes out as another one, and what has that other name would be granted.
  const named = fs.statSync(folder, { throwIfNoEntry: false });
  if (named?.dev !== own.dev || named.ino !== own.ino) throw workspaceNameNotText();
  return folder;
}
