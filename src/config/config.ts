// What holds for all profiles on this machine. Where policy is managed it is the administrator's, and no one else's.
import fs from 'node:fs';
import type { Installation } from '../installation.ts';
import { configInvalid } from '../messages/usage.ts';
import { requireRootOwned } from '../profile/ownership.ts';
import { decodeUtf8, readSmallFile } from '../profile/read-file.ts';
import { onlyManaged } from '../messages/config.ts';
import { certificateFault } from './certificates.ts';
import type { MachineConfig } from './machine.ts';
import { parseConfig } from './parse.ts';
import type { SecretsConfig } from './secrets.ts';

export interface EgressConfig {
  readonly mode: 'auto' | 'transparent' | 'proxy';
  /** The company's HTTP proxy, spoken to with CONNECT. */
  readonly proxy?: { readonly host: string; readonly port: number; readonly credentialsFile?: string };
  /** Exact names with fixed addresses. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  /** Absolute path of a PEM file. */
  readonly caFile?: string;
}

export interface Config extends MachineConfig {
  readonly egress: EgressConfig;
  readonly secrets: SecretsConfig;
}

const DEFAULTS: Config = {
  egress: { mode: 'auto', hosts: {} },
  secrets: {},
  userProfiles: 'refused',
  ceilings: {},
  runAsRoot: 'allowed',
  macos: 'refused',
};

const MAX_BYTES = 1024 * 1024;
const MAX_CA_BYTES = 4 * 1024 * 1024;
const MAX_CREDENTIALS_BYTES = 4096;

/** @throws CordonError CONFIG_INVALID with all faults at once; INSTALLATION_UNSAFE when managed */
export function loadConfig(installation: Pick<Installation, 'mode' | 'configFile'>): Config {
  const file = installation.configFile;
  const isManaged = installation.mode === 'managed';
  const read = readSmallFile(file, MAX_BYTES);
  // A managed one that went away while we looked was policy a moment ago.
  if (read.kind === 'missing' && !isManaged) return DEFAULTS;
  if (read.kind !== 'ok')
    throw configInvalid([`(file): ${read.kind === 'missing' ? 'does not exist' : read.why}`], file);
  if (isManaged) requireRootOwned(file);
  const text = decodeUtf8(read.bytes);
  if (text === undefined) throw configInvalid(['(top level): is not UTF-8'], file);
  const parsed = parseConfig(text);
  if (!parsed.ok) throw configInvalid(parsed.faults, file);
  const { caFile, proxy } = parsed.config.egress;
  const faults = [
    ...(isManaged || !saysWhoseProfiles(parsed.config) ? [] : [`profiles: ${onlyManaged}`]),
    ...fileFaults('egress.caFile', caFile, isManaged, MAX_CA_BYTES, certificateFault),
    ...fileFaults(
      'egress.proxy.credentialsFile',
      proxy?.credentialsFile,
      isManaged,
      MAX_CREDENTIALS_BYTES,
      credentialsFault,
    ),
  ];
  if (faults.length > 0) throw configInvalid(faults, file);
  return parsed.config;
}

function saysWhoseProfiles({ profileFolders, userProfiles }: Config): boolean {
  return profileFolders !== undefined || userProfiles !== 'refused';
}

/** A file that the configuration names, looked at now: otherwise it is missed only when a server's first connection fails. */
function fileFaults(
  place: string,
  file: string | undefined,
  isManaged: boolean,
  maxBytes: number,
  faultOf: (text: string) => string | undefined,
): string[] {
  if (file === undefined) return [];
  // Systems keep their certificates behind links.
  const read = readSmallFile(realPath(file), maxBytes);
  if (read.kind !== 'ok') return [`${place}: ${read.kind === 'missing' ? 'does not exist' : read.why}`];
  if (isManaged) requireRootOwned(file);
  const text = decodeUtf8(read.bytes);
  const fault = text === undefined ? 'is not UTF-8' : faultOf(text);
  return fault === undefined ? [] : [`${place}: ${fault}`];
}

function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return file;
  }
}

/** Never a word of the file. */
function credentialsFault(text: string): string | undefined {
  return /^[^\s:]+:[^\r\n]+\r?\n?$/.test(text) ? undefined : 'must hold one line, "user:password"';
}
