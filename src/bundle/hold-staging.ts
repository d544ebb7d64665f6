// The folder in which a policy is staged, beside the one that is there and on the same disk. It is also the lock: one install at
// a time, or an older bundle could overtake a newer one between the look at the version and the writing. The kernel keeps the
// lock for as long as we live, so one that was killed holds nobody up, whoever has its number as a process now.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { installNotLocked, installRunning, policyBlocked } from '../messages/bundle.ts';
import { outputUnwritable } from '../messages/usage.ts';
import { effect, lookAt } from './policy-folder.ts';
import { CONFIG, PROFILES } from './policy-paths.ts';

/** Whoever can open it can hold it for ever, and whoever can write to it put other files in the place of the staged ones. */
const STAGING = '.bundle';
const PRIVATE = 0o700;

export interface Staging {
  readonly folder: string;
  /** Takes it away again. @throws CordonError OUTPUT_UNWRITABLE; then the former policy is still in it */
  readonly release: () => void;
}

export function isStagingThere(policy: string): boolean {
  return lookAt(path.join(policy, STAGING)) !== undefined;
}

/**
 * Makes it, with an empty folder `old`; one that was killed is tidied up.
 * @throws CordonError OUTPUT_UNWRITABLE when another one is at work; INSTALLATION_UNSAFE when not this program made it
 */
export function holdStaging(policy: string): Staging {
  const folder = path.join(policy, STAGING);
  effect(() => {
    const made = fs.mkdirSync(folder, { recursive: true, mode: PRIVATE });
    // Whatever umask the administrator's shell has.
    if (made !== undefined) fs.chmodSync(folder, PRIVATE);
  });
  const fd = openFolder(folder);
  const release = (): void => {
    try {
      tidy(policy, folder);
      effect(() => {
        fs.rmSync(folder, { recursive: true });
        flushFolder(policy);
      });
    } finally {
      fs.closeSync(fd);
    }
  };
  try {
    const { uid, mode, ino } = effect(() => fs.fstatSync(fd));
    if (uid !== process.getuid?.() || (mode & 0o777) !== PRIVATE)
      throw policyBlocked(folder, 'is not private');
    if (!LOCKED_BY_OPEN) lock(fd);
    // Who held it before may have taken it away since: then the lock is one of a folder that nobody sees.
    if (lookAt(folder)?.ino !== ino) throw installRunning();
    tidy(policy, folder);
    effect(() => fs.mkdirSync(path.join(folder, 'old')));
    return { folder, release };
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

/**
 * One that was killed in its last steps left the machine without profiles. Those that belong to the configuration which counts
 * get the name: once that is the new one there is no way back.
 */
function tidy(policy: string, staging: string): void {
  const isStaged = (name: string) => fs.existsSync(path.join(staging, name));
  effect(() => {
    const place = path.join(policy, PROFILES);
    if (isStaged(`old/${PROFILES}`) && lookAt(place) === undefined) {
      const isOver = isStaged(`new/${PROFILES}`) && !isStaged(`new/${CONFIG}`);
      fs.renameSync(path.join(staging, isOver ? 'new' : 'old', PROFILES), place);
    }
    for (const name of fs.readdirSync(staging)) fs.rmSync(path.join(staging, name), { recursive: true });
  });
}

const { O_RDONLY, O_NOFOLLOW, O_DIRECTORY, O_NONBLOCK } = fs.constants;
/** O_EXLOCK of macOS, which has no program that locks a descriptor. */
const O_EXLOCK = 0x20;
const LOCKED_BY_OPEN = process.platform === 'darwin';

function openFolder(folder: string): number {
  const flags = O_RDONLY | O_NOFOLLOW | O_DIRECTORY;
  if (!LOCKED_BY_OPEN) return effect(() => fs.openSync(folder, flags));
  try {
    return fs.openSync(folder, flags | O_EXLOCK | O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') throw installRunning();
    throw outputUnwritable(error);
  }
}

const FLOCK = '/usr/bin/flock';
/** What flock(1) ends with when another one has the lock. */
const HELD = 1;

/** flock(2), for which Node has no call: by a program that gets our descriptor, with which the lock stays when it ends. */
function lock(fd: number): void {
  const { status, error } = spawnSync(FLOCK, ['-n', '3'], {
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', fd],
  });
  if (status === HELD) throw installRunning();
  if (status !== 0) throw installNotLocked(FLOCK, error);
}

function flushFolder(folder: string): void {
  const fd = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
