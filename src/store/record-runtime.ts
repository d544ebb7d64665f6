// Finds the Node.js that servers run on, once, at install, and records what exactly it is. PATH has the last word
// only: an interpreter from a fixed place that belongs to the system is better than one that any tool may swap.
import fs from 'node:fs';
import path from 'node:path';
import { type AllowedRuntime, isAllowedRuntime } from '../config/machine.ts';
import type { Installation } from '../installation.ts';
import { quote } from '../escape.ts';
import { runtimeMissing } from '../messages/store.ts';
import { installationUnsafe } from '../messages/usage.ts';
import { runtimeNotAllowed } from '../messages/config.ts';
import { openPathOnly } from '../verify/descriptor.ts';
import {
  readRuntimeRecord,
  type RuntimeRecord,
  runtimeIdentity,
  sameIdentity,
} from '../verify/runtime-record.ts';
import { canNonRootWrite, hashRuntime } from '../verify/verify-runtime.ts';
import { writeAtomically } from './atomic-write.ts';
import { runtimeRecordFile } from './layout.ts';
import { onStore } from './store-fault.ts';

const FIXED_PLACES = [
  '/usr/bin/node',
  '/usr/local/bin/node',
  '/opt/node/bin/node',
  '/opt/homebrew/bin/node',
  '/usr/bin/nodejs',
];
const OLDEST_MAJOR = 20;
const VERSION_TIME_LIMIT_MS = 10_000;

/**
 * Records the first usable Node.js; an unchanged record stays as it is.
 * @param searchPath the user's PATH; ignored when managed
 * @param allowed the only ones that the configuration allows
 * @throws CordonError RUNTIME_MISSING with what was wrong with each one found, STORE_UNWRITABLE
 */
export async function recordRuntime(
  installation: Installation,
  searchPath: string,
  allowed?: readonly AllowedRuntime[],
): Promise<RuntimeRecord> {
  const file = runtimeRecordFile(installation.store);
  const known = readRuntimeRecord(file);
  if (known !== undefined && isAllowedRuntime(allowed, known) && isUnchanged(known, installation))
    return known;
  const faults: string[] = [];
  for (const candidate of candidates(installation, searchPath)) {
    const found = await examine(candidate, installation, allowed);
    if (typeof found === 'string') {
      faults.push(`${quote(candidate)} ${found}`);
      continue;
    }
    await onStore(installation.store, async () => {
      fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
      writeAtomically(file, `${JSON.stringify(found, undefined, 2)}\n`);
    });
    return found;
  }
  throw runtimeMissing('no Node.js was found that servers could run on', faults);
}

function isUnchanged(record: RuntimeRecord, installation: Installation): boolean {
  try {
    const fd = openPathOnly(record.realPath);
    try {
      const isAllowed = installation.mode === 'unmanaged' || !canNonRootWrite(record.realPath);
      return isAllowed && sameIdentity(record, runtimeIdentity(fd));
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return false;
  }
}

function candidates(installation: Installation, searchPath: string): string[] {
  const fromPath =
    installation.mode === 'managed'
      ? []
      : searchPath
          .split(':')
          .filter((folder) => path.isAbsolute(folder))
          .map((folder) => path.join(folder, 'node'));
  return [...new Set([...FIXED_PLACES, ...fromPath])].filter((file) => fs.existsSync(file));
}

/** The record, or why this one cannot be used. */
async function examine(
  file: string,
  installation: Installation,
  allowed: readonly AllowedRuntime[] | undefined,
): Promise<RuntimeRecord | string> {
  const realPath = fs.realpathSync(file);
  const fd = openPathOnly(realPath);
  try {
    if (!isReadableFile(fd)) return 'is not a file that can be read';
    if (!isProgram(fd)) return 'is a script and not a program (a version manager?)';
    if (canNonRootWrite(realPath) && installation.mode === 'managed')
      return 'can be changed by somebody who is not root';
    const identity = runtimeIdentity(fd);
    const sha256 = hashRuntime(fd);
    const version = await askVersion(realPath);
    if (version === undefined) return 'does not answer to --version as Node.js does';
    if (Number(version.split('.')[0]) < OLDEST_MAJOR)
      return `is version ${version}, and ${OLDEST_MAJOR} or newer is needed`;
    if (!isAllowedRuntime(allowed, { name: 'node', version, sha256 })) return runtimeNotAllowed(version);
    // It was run by its path: only if that still is the hashed file does its answer count.
    if (!sameIdentity(identity, runtimeIdentity(fd))) throw installationUnsafe(realPath, 'is being changed');
    return { schema: 1, name: 'node', path: file, realPath, version, ...identity, sha256 };
  } finally {
    fs.closeSync(fd);
  }
}

function isReadableFile(fd: number): boolean {
  if (!fs.fstatSync(fd).isFile()) return false;
  try {
    fs.accessSync(process.platform === 'linux' ? `/proc/self/fd/${fd}` : `/dev/fd/${fd}`, fs.constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

// First bytes: ELF, Mach-O of 64 bits, Mach-O for several processors.
const MAGICS = ['7f454c46', 'cffaedfe', 'cafebabe'];

function isProgram(fd: number): boolean {
  const readable = fs.openSync(process.platform === 'linux' ? `/proc/self/fd/${fd}` : `/dev/fd/${fd}`, 'r');
  try {
    const magic = Buffer.alloc(4);
    fs.readSync(readable, magic, 0, 4, 0);
    return MAGICS.includes(magic.toString('hex'));
  } finally {
    fs.closeSync(readable);
  }
}

async function askVersion(realPath: string): Promise<string | undefined> {
  const { execa } = await import('execa');
  const { stdout } = await execa(realPath, ['--version'], {
    env: {},
    extendEnv: false,
    cwd: '/',
    stdin: 'ignore',
    stderr: 'ignore',
    reject: false,
    timeout: VERSION_TIME_LIMIT_MS,
    maxBuffer: 1000,
  });
  return /^v(\d+\.\d+\.\d+)$/.exec(String(stdout ?? ''))?.[1];
}
