// Where things are on this machine, once its configuration was read. A configuration with a fault in it changes nothing here and
// refuses every start: the refusal is written where it would be without one.
import path from 'node:path';
import { CordonError } from '../errors.ts';
import type { Installation } from '../installation.ts';
import { type Config, loadConfig } from './config.ts';
import { expandAuditFile } from './machine.ts';

export type ReadConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly error: CordonError };

export function readConfig(installation: Installation): ReadConfig {
  try {
    return { ok: true, config: loadConfig(installation) };
  } catch (error) {
    if (error instanceof CordonError) return { ok: false, error };
    throw error;
  }
}

export function configured(located: Installation, read: ReadConfig): Installation {
  if (!read.ok) return located;
  const { auditFile, profileFolders, userProfiles } = read.config;
  const uid = process.getuid?.() ?? -1;
  return {
    ...located,
    ...(userProfiles === 'refused' ? {} : { narrowings: path.join(located.home, '.config/cordon/profiles') }),
    ...(auditFile === undefined
      ? {}
      : { auditFile: expandAuditFile(auditFile, { home: located.home, uid }) }),
    ...(profileFolders === undefined
      ? {}
      : { profileFolders: profileFolders.map((folder) => ({ path: folder, origin: 'managed' as const })) }),
  };
}

/** @throws CordonError CONFIG_INVALID, INSTALLATION_UNSAFE */
export function requireConfig(read: ReadConfig): Config {
  if (read.ok) return read.config;
  throw read.error;
}
