// Every file and folder of a managed installation, by owner and mode: a start looks at those of its own profile alone.
import fs from 'node:fs';
import path from 'node:path';
import type { Installation } from '../installation.ts';
import { CordonError } from '../errors.ts';
import { ownershipFault, requireRootOwned } from '../profile/ownership.ts';
import type { OwnerFacts } from './judge-owners.ts';

/**
 * How deep below each place; not the files of packages, which every start hashes. Parents are the folders' own findings.
 * @param programRoot folder that holds bin/, dist/ and profiles/
 */
export function probeOwners(installation: Installation, programRoot: string): OwnerFacts | undefined {
  if (installation.mode !== 'managed') return undefined;
  const faults: Array<OwnerFacts['faults'][number]> = [];
  let looked = 0;
  const look = (place: string, depth: number): void => {
    const stat = lookAt(place);
    if (stat === undefined) return;
    looked += 1;
    const why = stat.isSymbolicLink() ? faultBehind(place) : ownershipFault(stat);
    if (why !== undefined) faults.push({ path: place, why });
    if (depth > 0 && stat.isDirectory())
      for (const name of namesIn(place)) look(path.join(place, name), depth - 1);
  };
  for (const part of ['bin', 'dist']) look(path.join(programRoot, part), 1);
  const policy = path.dirname(installation.configFile);
  look(policy, 3);
  for (const { path: folder } of installation.profileFolders)
    if (!folder.startsWith(`${policy}/`)) look(folder, 2);
  // <store>/<digest>/{tree,MANIFEST}, <store>/runtimes/node.json
  look(installation.store, 2);
  return { looked, faults };
}

/** An administrator may keep policy elsewhere, behind a link. */
function faultBehind(link: string): string | undefined {
  try {
    requireRootOwned(link);
    return undefined;
  } catch (error) {
    return error instanceof CordonError
      ? `leads to what is not root’s alone: ${error.message}`
      : 'leads nowhere';
  }
}

/** As `namesIn`. */
function lookAt(place: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(place, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** None where this user may not look: the findings of folders and profiles say that. */
function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
