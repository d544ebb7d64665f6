import fs from 'node:fs';
import path from 'node:path';
import type { Installation } from '../installation.ts';
import type { FolderFacts } from './installation-facts.ts';

/** @param programRoot folder that holds bin/, dist/ and profiles/ */
export function probeFolders(installation: Installation, programRoot: string): FolderFacts[] {
  const folder = (id: FolderFacts['id'], title: string, where: string): FolderFacts => ({
    id,
    title,
    path: where,
    chain: chainOf(where),
  });
  return [
    folder('program', 'program', path.join(programRoot, 'bin')),
    ...installation.profileFolders.map(({ path: where, origin }) =>
      origin === 'user'
        ? folder('user-profiles', 'your own profiles', where)
        : folder('profiles', 'profiles', where),
    ),
    folder('store', 'store', installation.store),
    folder('audit', 'audit log and state', path.dirname(installation.auditFile)),
  ];
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
