// Puts the policy of a trusted bundle in the place of the one that is there: all of it, or nothing. Everything is written and
// flushed beside the old first; then three names change their meaning, and change back when one of them cannot.
import fs from 'node:fs';
import path from 'node:path';
import { installRunning } from '../messages/bundle.ts';
import type { Target } from '../setup/apply.ts';
import { flushToDisk } from '../store/flush.ts';
import type { ArchivedFile } from './archive.ts';
import { INSTALLED, installedText, requireNewer } from './installed-bundle.ts';
import type { TrustedBundle } from './open-bundle.ts';
import { planChange, type PolicyChange } from './plan-change.ts';
import { effect, lookAt, lookAtPolicy, policyFolder, readInstalled } from './policy-folder.ts';
import { CONFIG, isSchemaFile, PROFILES } from './policy-paths.ts';

/** Beside the policy, on the same disk. Also the lock: whoever made it is at work. */
const STAGING = '.bundle';
const OWNER = 'pid';

/**
 * The order is the threat: starts in between find no profile, and are refused; the version is remembered before the new
 * configuration counts; and config.json, without which a machine is not managed, is at every moment the old one or the new one.
 */
const ORDER = [PROFILES, INSTALLED, CONFIG] as const;

/**
 * @param now milliseconds since 1970
 * @returns what was changed, or would be; nothing on a machine that has this bundle
 * @throws CordonError BUNDLE_OUTDATED, INSTALLATION_UNSAFE, OUTPUT_UNWRITABLE; then nothing was changed
 */
export async function installBundle(
  bundle: TrustedBundle,
  target: Target,
  now: number,
): Promise<readonly PolicyChange[]> {
  requireNewer(bundle, readInstalled(target), now);
  const found = lookAtPolicy(target);
  const files = [
    ...bundle.files,
    { path: INSTALLED, content: Buffer.from(installedText(bundle.index, bundle.digest)) },
    ...found.flatMap(({ path: name, content }) =>
      content !== undefined && isSchemaFile(name) ? [{ path: name, content }] : [],
    ),
  ];
  const changes = planChange(found, files);
  if (target.dryRun || changes.length === 0) return changes;
  const folder = policyFolder(target);
  makeFolder(folder, target);
  const staging = openStaging(folder);
  stage(path.join(staging, 'new'), files, target);
  // All at once: one file after the other takes seconds for a hundred profiles.
  await flushToDisk(staging);
  // What is in `staging` after a failure that could not be taken back is the former policy: then it stays.
  swap(folder, staging, ORDER);
  effect(() => {
    fs.rmSync(staging, { recursive: true });
    flushFolder(folder);
  });
  return changes;
}

function makeFolder(folder: string, target: Target): void {
  if (lookAt(folder) !== undefined) return;
  effect(() => {
    fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
    own(folder, 0o755, target);
  });
}

/** @throws CordonError when another one is at work; one that was killed is tidied up */
function openStaging(folder: string): string {
  const staging = path.join(folder, STAGING);
  if (lookAt(staging) !== undefined) {
    const pid = ownerOf(staging);
    if (pid !== undefined) throw installRunning(pid);
    recover(folder, staging);
  }
  return effect(() => {
    fs.mkdirSync(staging, { mode: 0o700 });
    fs.writeFileSync(path.join(staging, OWNER), String(process.pid));
    fs.mkdirSync(path.join(staging, 'old'));
    return staging;
  });
}

/** The process that made it, when that still runs. */
function ownerOf(staging: string): number | undefined {
  try {
    const pid = Number(fs.readFileSync(path.join(staging, OWNER), 'utf8'));
    // Nothing yet, when it was killed at once: 0 would ask after ourselves.
    return pid > 0 && process.kill(pid, 0) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Killed between two renames, it left the former profiles without their name. */
function recover(folder: string, staging: string): void {
  const former = path.join(staging, 'old', PROFILES);
  effect(() => {
    if (fs.existsSync(former) && lookAt(path.join(folder, PROFILES)) === undefined)
      fs.renameSync(former, path.join(folder, PROFILES));
    fs.rmSync(staging, { recursive: true });
  });
}

function stage(folder: string, files: readonly ArchivedFile[], target: Target): void {
  const folders = new Set<string>([folder, path.join(folder, PROFILES)]);
  try {
    effect(() => {
      for (const made of folders) makeStaged(made, target);
      for (const { path: name, content } of files) {
        const place = path.join(folder, name);
        if (!folders.has(path.dirname(place))) {
          folders.add(path.dirname(place));
          makeStaged(path.dirname(place), target);
        }
        writeStaged(place, content, target);
      }
    });
  } catch (error) {
    fs.rmSync(path.dirname(folder), { recursive: true, force: true });
    throw error;
  }
}

function makeStaged(folder: string, target: Target): void {
  fs.mkdirSync(folder);
  own(folder, 0o755, target);
}

function writeStaged(place: string, content: Buffer, { uid, gid }: Target): void {
  const fd = fs.openSync(place, 'wx', 0o600);
  try {
    fs.writeFileSync(fd, content);
    fs.fchownSync(fd, uid, gid);
    fs.fchmodSync(fd, 0o644);
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Gives what is in `staging/new` the names in `folder`, and keeps what had them in `staging/old` meanwhile.
 * @throws CordonError OUTPUT_UNWRITABLE when one cannot be given; then all are what they were
 */
export function swap(folder: string, staging: string, names: readonly string[]): void {
  const undo: Array<() => void> = [];
  effect(() => {
    try {
      for (const name of names) {
        const [place, old] = [path.join(folder, name), path.join(staging, 'old', name)];
        const before = fs.lstatSync(place, { throwIfNoEntry: false });
        if (before?.isDirectory() === true) {
          fs.renameSync(place, old);
          undo.push(() => fs.renameSync(old, place));
        } else if (before !== undefined) fs.linkSync(place, old);
        fs.renameSync(path.join(staging, 'new', name), place);
        if (before === undefined || before.isDirectory())
          undo.push(() => fs.renameSync(place, path.join(staging, 'new', name)));
        else undo.push(() => fs.renameSync(old, place));
      }
    } catch (error) {
      for (const step of undo.toReversed()) step();
      fs.rmSync(staging, { recursive: true });
      throw error;
    }
  });
}

function own(folder: string, mode: number, { uid, gid }: Target): void {
  fs.chownSync(folder, uid, gid);
  // Whatever umask the administrator's shell has.
  fs.chmodSync(folder, mode);
}

function flushFolder(folder: string): void {
  const fd = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
