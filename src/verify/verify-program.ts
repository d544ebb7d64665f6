// What a managed machine rests on before any profile is looked at: who could change the program could take every check of it
// away. A program that was changed already says nothing; this finds the machine on which it could be.
import fs from 'node:fs';
import path from 'node:path';
import type { Installation } from '../installation.ts';
import { requireRootDecides, requireRootOwned } from '../profile/ownership.ts';

/** @throws CordonError INSTALLATION_UNSAFE naming what somebody who is not root could change */
export function verifyProgram({ mode }: Installation, programRoot: string): void {
  if (mode !== 'managed') return;
  for (const file of [path.join(programRoot, 'bin/cordon'), process.execPath])
    if (fs.existsSync(file)) requireRootOwned(file);
}

/** The same for all that no single profile has: configuration, profile folders, store. */
export function verifyManagedMachine(installation: Installation, programRoot: string): void {
  verifyProgram(installation, programRoot);
  if (installation.mode !== 'managed') return;
  const { configFile, profileFolders, store } = installation;
  for (const place of [configFile, ...profileFolders.map((folder) => folder.path), store])
    requireRootDecides(place);
}
