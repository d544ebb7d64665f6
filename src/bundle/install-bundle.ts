// Puts the policy of a trusted bundle in the place of the one that is there: all of it, or nothing. Everything is written and
// flushed beside the old first; then three names change their meaning, and change back when one of them cannot.
import fs from 'node:fs';
import path from 'node:path';
import type { Target } from '../setup/apply.ts';
import { flushToDisk } from '../store/flush.ts';
import type { ArchivedFile } from './archive.ts';
import { holdStaging, isStagingThere } from './hold-staging.ts';
import { INSTALLED, installedText, requireNewer } from './installed-bundle.ts';
import type { TrustedBundle } from './open-bundle.ts';
import { planChange, type PolicyChange } from './plan-change.ts';
import { effect, lookAt, lookAtPolicy, policyFolder, readInstalled } from './policy-folder.ts';
import { CONFIG, isSchemaFile, PROFILES } from './policy-paths.ts';

/** Files in the order of the threat: the version is remembered before the new configuration counts. */
const NAMES = { folder: PROFILES, files: [INSTALLED, CONFIG] } as const;

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
  const folder = policyFolder(target);
  const { changes } = planInstall(bundle, target, now);
  if (target.dryRun || (changes.length === 0 && !isStagingThere(folder))) return changes;
  makeFolder(folder, target);
  const staging = holdStaging(folder);
  try {
    // Once more: another one may have brought a newer version since, and what one that was killed held is in its place again.
    const held = planInstall(bundle, target, now);
    if (held.changes.length === 0) return [];
    stage(path.join(staging.folder, 'new'), held.files, target);
    // All at once: one file after the other takes seconds for a hundred profiles.
    await flushToDisk(staging.folder);
    swap(folder, staging.folder, NAMES);
    return held.changes;
  } finally {
    staging.release();
  }
}

function planInstall(
  bundle: TrustedBundle,
  target: Target,
  now: number,
): { readonly files: readonly ArchivedFile[]; readonly changes: readonly PolicyChange[] } {
  requireNewer(bundle, readInstalled(target), now);
  const found = lookAtPolicy(target);
  const files = [
    ...bundle.files,
    { path: INSTALLED, content: Buffer.from(installedText(bundle.index, bundle.digest)) },
    ...found.flatMap(({ path: name, content }) =>
      content !== undefined && isSchemaFile(name) ? [{ path: name, content }] : [],
    ),
  ];
  return { files, changes: planChange(found, files) };
}

function makeFolder(folder: string, target: Target): void {
  if (lookAt(folder) !== undefined) return;
  effect(() => {
    fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
    own(folder, 0o755, target);
  });
}

function stage(folder: string, files: readonly ArchivedFile[], target: Target): void {
  const folders = new Set<string>([folder, path.join(folder, PROFILES)]);
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
 * Gives what is in `staging/new` the names in `folder`, and keeps what had them in `staging/old` meanwhile. The folder goes first
 * and comes last, so that no start finds profiles of one policy under the configuration of another: in between it finds none and
 * is refused. config.json, without which a machine is not managed, is at every moment the old one or the new one.
 * @throws CordonError OUTPUT_UNWRITABLE when one cannot be given; then all are what they were
 */
export function swap(
  folder: string,
  staging: string,
  names: { readonly folder: string; readonly files: readonly string[] },
): void {
  const undo: Array<() => void> = [];
  const move = (from: string, to: string): void => {
    fs.renameSync(from, to);
    undo.push(() => fs.renameSync(to, from));
  };
  const at = (name: string) => ({
    place: path.join(folder, name),
    old: path.join(staging, 'old', name),
    next: path.join(staging, 'new', name),
  });
  effect(() => {
    try {
      const { place, old, next } = at(names.folder);
      if (lookAt(place) !== undefined) move(place, old);
      for (const name of names.files) replace(at(name));
      move(next, place);
    } catch (error) {
      for (const step of undo.toReversed()) step();
      throw error;
    }
  });

  function replace({ place, old, next }: ReturnType<typeof at>): void {
    if (lookAt(place) === undefined) {
      move(next, place);
      return;
    }
    fs.linkSync(place, old);
    fs.renameSync(next, place);
    undo.push(() => fs.renameSync(old, place));
  }
}

function own(folder: string, mode: number, { uid, gid }: Target): void {
  fs.chownSync(folder, uid, gid);
  // Whatever umask the administrator's shell has.
  fs.chmodSync(folder, mode);
}
