// What config.json says of the machine, read: paths that are paths, and what a profile or a runtime is compared with. Pure.
import { jsonPath } from '../json/json-path.ts';
import { isNormalised } from '../profile/paths.ts';
import type { Limits } from '../profile/schema.ts';
import { sizeInBytes } from '../profile/size.ts';

export interface AllowedRuntime {
  readonly name: 'node';
  readonly version?: string | undefined;
  readonly sha256?: string | undefined;
}

/** What no profile may go beyond. */
export type Ceilings = { readonly [Limit in keyof Limits]?: Limits[Limit] | undefined };

export interface MachineConfig {
  /** Where profiles are, when it is not the usual place. */
  readonly profileFolders?: readonly string[];
  /** Whether users may take away from managed profiles. */
  readonly userProfiles: 'refused' | 'narrow';
  /** Any that was recorded when undefined. */
  readonly runtimes?: readonly AllowedRuntime[];
  /** With templates. */
  readonly auditFile?: string;
  readonly ceilings: Ceilings;
  readonly runAsRoot: 'allowed' | 'refused';
  /** Whether servers start on macOS, where we have not run the sandbox yet. */
  readonly macos: 'refused' | 'untried';
}

/** As the schema has it. */
export interface WrittenMachine {
  readonly profiles: {
    readonly folders?: readonly string[] | undefined;
    readonly users: 'refused' | 'narrow';
  };
  readonly runtimes?: readonly AllowedRuntime[] | undefined;
  readonly audit: { readonly file?: string | undefined };
  readonly limits: Ceilings;
  readonly runAsRoot: 'allowed' | 'refused';
  readonly macos: 'refused' | 'untried';
}

export function readMachine(written: WrittenMachine): {
  readonly machine: MachineConfig;
  readonly faults: readonly string[];
} {
  const { profiles, runtimes, audit, limits, runAsRoot, macos } = written;
  const faults: string[] = [];
  const report = (place: readonly PropertyKey[], message: string) =>
    faults.push(`${jsonPath(place)}: ${message}`);
  for (const [index, folder] of (profiles.folders ?? []).entries()) {
    const place = ['profiles', 'folders', index];
    if (!isNormalised(folder)) report(place, 'must be an absolute path');
    else if (profiles.folders?.indexOf(folder) !== index) report(place, 'is there twice');
  }
  const fault = audit.file === undefined ? undefined : auditFault(audit.file);
  if (fault !== undefined) report(['audit', 'file'], fault);
  return {
    machine: {
      ...(profiles.folders === undefined ? {} : { profileFolders: profiles.folders }),
      userProfiles: profiles.users,
      ...(runtimes === undefined ? {} : { runtimes }),
      ...(audit.file === undefined ? {} : { auditFile: audit.file }),
      ceilings: limits,
      runAsRoot,
      macos,
    },
    faults,
  };
}

const HOME = '${home}/';
const UID = '${uid}';

/** Every user writes a log of their own: what one can write to, they can also change. */
function auditFault(file: string): string | undefined {
  const inHome = file.startsWith(HOME);
  const filled = expandAuditFile(file, { home: '/home/user', uid: 1000 });
  if (!isNormalised(filled) || filled.includes('${'))
    return 'must be an absolute path, or begin with "${home}/"; the only other template is "${uid}"';
  if (!filled.endsWith('.jsonl')) return 'must end with ".jsonl"';
  if (!inHome && !file.includes(UID))
    return 'must have "${uid}" in it, or begin with "${home}/": users share no log';
  // No server may write where the log is; that must not be the whole home folder.
  if (inHome && !file.slice(HOME.length).includes('/'))
    return 'must lie in a folder of its own below "${home}"';
  return undefined;
}

export function expandAuditFile(
  file: string,
  { home, uid }: { readonly home: string; readonly uid: number },
): string {
  const absolute = file.startsWith(HOME) ? `${home}/${file.slice(HOME.length)}` : file;
  return absolute.replaceAll(UID, String(uid));
}

/** Every limit of a profile that is above what the machine allows, `limits.memory: …`. */
export function ceilingFaults(limits: Limits, ceilings: Ceilings): string[] {
  return Object.entries(ceilings).flatMap(([name, most]) => {
    const given = limits[name as keyof Limits];
    if (most === undefined || amount(given) <= amount(most)) return [];
    return [`limits.${name}: is ${given}, and config.json allows ${most}`];
  });
}

function amount(limit: string | number): number {
  return typeof limit === 'number' ? limit : sizeInBytes(limit);
}

/** @param runtime `sha256` with or without its algorithm */
export function isAllowedRuntime(
  allowed: readonly AllowedRuntime[] | undefined,
  runtime: { readonly name: string; readonly version: string; readonly sha256: string },
): boolean {
  if (allowed === undefined) return true;
  const hex = runtime.sha256.replace(/^sha256:/, '');
  return allowed.some(
    ({ name, version, sha256 }) =>
      name === runtime.name &&
      (version === undefined || `${runtime.version}.`.startsWith(`${version}.`)) &&
      (sha256 === undefined || sha256 === hex),
  );
}
