// Words about lockfiles, pins, and what they name.
import { escapeText, quote } from '../escape.ts';
import { count, fault, shown } from './wording.ts';

export const lockfileInvalid = (faults: readonly string[]) =>
  fault('LOCKFILE_INVALID', `package-lock.json has ${count(faults.length, 'problem')}`, [], shown(faults));

export const lockfileMissing = (profile: string) =>
  fault('LOCKFILE_MISSING', 'the profile has no package-lock.json', [`cordon pin ${profile}`]);

export const lockfileUnreadable = (file: string, why: string) =>
  fault('LOCKFILE_INVALID', `${quote(file)} ${why}`);

export const pinsMissing = (profile: string) =>
  fault('PINS_MISSING', 'the profile is not pinned: it has no pins.json', [`cordon pin ${profile}`]);

export const pinsInvalid = (faults: readonly string[], profile: string) =>
  fault(
    'PINS_INVALID',
    `pins.json has ${count(faults.length, 'problem')}`,
    [`cordon pin ${profile}`],
    shown(faults),
  );

/** @param what the two sides that differ, one line each */
export const pinStale = (what: readonly string[], profile: string) =>
  fault('PIN_STALE', 'the profile was changed after it was pinned', [`cordon pin ${profile}`], what);

export const packageUnsupported = (platform: string, packages: readonly string[]) =>
  fault(
    'PLATFORM_UNSUPPORTED',
    `the package does not support ${platform}`,
    [],
    packages.map((path) => `${escapeText(path)} is not for this platform`),
  );
