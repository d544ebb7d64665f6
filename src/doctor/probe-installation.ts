import fs from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../config/config.ts';
import type { Installation } from '../installation.ts';
import { toCordonError } from '../messages/render-error.ts';
import type { FolderFacts, InstallationFacts } from './installation-facts.ts';
import type { DefinitionFacts } from './judge-definitions.ts';
import type { ProfileFacts } from './probe-profiles.ts';

/** @param programRoot folder that holds bin/, dist/ and profiles/ */
export function probeFolders(installation: Installation, programRoot: string): FolderFacts[] {
  const folder = (id: FolderFacts['id'], title: string, where: string): FolderFacts => {
    const closed = closedOnWay(where);
    return {
      id,
      title,
      path: where,
      ...(closed === undefined ? {} : { closed }),
      isOutside: !where.startsWith(`${installation.home}/`),
      chain: chainOf(where),
    };
  };
  const audit = path.dirname(installation.auditFile);
  const unwritable = unwritableFor(audit);
  return [
    folder('program', 'program', path.join(programRoot, 'bin')),
    ...installation.profileFolders.map(({ path: where, origin }) =>
      origin === 'user'
        ? folder('user-profiles', 'your own profiles', where)
        : folder('profiles', 'profiles', where),
    ),
    folder('store', 'store', installation.store),
    {
      ...folder('audit', 'audit log and state', audit),
      ...(unwritable === undefined ? {} : { unwritable }),
    },
  ];
}

/** As every start with network reads it. */
export function probeConfig(installation: Installation): InstallationFacts['config'] {
  const { configFile } = installation;
  try {
    const { egress, secrets: _, ...machine } = loadConfig(installation);
    const isThere = fs.lstatSync(configFile, { throwIfNoEntry: false }) !== undefined;
    return isThere
      ? { kind: 'read', path: configFile, egress, machine }
      : { kind: 'absent', path: configFile };
  } catch (error) {
    return { kind: 'refused', error: toCordonError(error) };
  }
}

export function definitionFacts(facts: ProfileFacts): DefinitionFacts {
  if (facts.kind === 'refused') return facts;
  const unpinned = facts.profiles.filter(({ definitions }) => definitions === 'unpinned');
  return { kind: 'read', unpinned: unpinned.map(({ name }) => name) };
}

/** What keeps this user out, although it is there. */
function closedOnWay(folder: string): string | undefined {
  const above = path.dirname(folder);
  if (above !== folder) {
    const closed = closedOnWay(above);
    if (closed !== undefined) return closed;
  }
  return fs.existsSync(folder) && !mayEnter(folder) ? folder : undefined;
}

function mayEnter(folder: string): boolean {
  try {
    fs.statSync(`${folder}/.`);
    return true;
  } catch {
    return false;
  }
}

/** The folder, or where it is to be made. */
function unwritableFor(folder: string): string | undefined {
  let place = folder;
  while (!fs.existsSync(place)) place = path.dirname(place);
  try {
    fs.accessSync(place, fs.constants.W_OK);
    return undefined;
  } catch {
    return place;
  }
}

function chainOf(folder: string): FolderFacts['chain'] {
  let current: string;
  try {
    current = fs.realpathSync(folder);
  } catch {
    return [];
  }
  const chain: Array<FolderFacts['chain'][number]> = [];
  for (;;) {
    const { uid, gid, mode } = fs.statSync(current);
    chain.push({ path: current, uid, gid, mode: mode & 0o7777 });
    const parent = path.dirname(current);
    if (parent === current) return chain;
    current = parent;
  }
}
