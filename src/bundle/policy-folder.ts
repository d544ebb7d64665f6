// The folder of a machine's policy, /etc/cordon, as it is now. Links are never followed: whoever made one would choose what root
// compares, and where it writes.
import fs from 'node:fs';
import path from 'node:path';
import { MANAGED } from '../managed-places.ts';
import { installedUnreadable, policyBlocked } from '../messages/bundle.ts';
import { outputUnwritable } from '../messages/usage.ts';
import { requireRootOwned } from '../profile/ownership.ts';
import { decodeUtf8, readSmallFile } from '../profile/read-file.ts';
import type { Target } from '../setup/apply.ts';
import { INSTALLED, type InstalledBundle, parseInstalled } from './installed-bundle.ts';
import type { FoundEntry } from './plan-change.ts';
import { CONFIG, PROFILES } from './policy-paths.ts';

const POLICY = MANAGED.policy.slice(1);
const MAX_BYTES = 64 * 1024;

export function policyFolder({ root }: Pick<Target, 'root'>): string {
  return path.join(root, POLICY);
}

/** Everything that a bundle decides about. */
export function lookAtPolicy(target: Target): readonly FoundEntry[] {
  const folder = policyFolder(target);
  const place = lookAt(folder);
  if (place === undefined) return [];
  if (!place.isDirectory()) throw policyBlocked(folder, 'is not a folder');
  return [
    ...[CONFIG, INSTALLED].flatMap((name) => {
      const stat = lookAt(path.join(folder, name));
      if (stat?.isFile() === false) throw policyBlocked(path.join(folder, name), 'is not a regular file');
      return stat === undefined ? [] : [entryOf(folder, name, stat, target)];
    }),
    ...profilesIn(folder, target),
  ];
}

function profilesIn(folder: string, target: Target): FoundEntry[] {
  const stat = lookAt(path.join(folder, PROFILES));
  if (stat === undefined) return [];
  if (!stat.isDirectory()) throw policyBlocked(path.join(folder, PROFILES), 'is not a folder');
  return entriesBelow(folder, PROFILES, stat, target);
}

function entriesBelow(folder: string, name: string, stat: fs.Stats, target: Target): FoundEntry[] {
  const entry = entryOf(folder, name, stat, target);
  if (entry.kind !== 'folder') return [entry];
  const names = effect(() => fs.readdirSync(path.join(folder, name))).toSorted();
  return [
    entry,
    ...names.flatMap((inner) => {
      const below = `${name}/${inner}`;
      const found = lookAt(path.join(folder, below));
      return found === undefined ? [] : entriesBelow(folder, below, found, target);
    }),
  ];
}

function entryOf(folder: string, name: string, stat: fs.Stats, { uid, gid }: Target): FoundEntry {
  const isOwned = stat.uid === uid && stat.gid === gid;
  const mode = stat.mode & 0o7777;
  if (stat.isDirectory()) return { path: name, kind: 'folder', isAs: isOwned && mode === 0o755 };
  if (!stat.isFile()) return { path: name, kind: 'other', isAs: false };
  return {
    path: name,
    kind: 'file',
    content: effect(() => fs.readFileSync(path.join(folder, name))),
    isAs: isOwned && mode === 0o644 && stat.nlink === 1,
  };
}

/** @throws CordonError INSTALLATION_UNSAFE when it is there and says nothing that can be read, or not root wrote it */
export function readInstalled(target: Pick<Target, 'root'>): InstalledBundle | undefined {
  const file = path.join(policyFolder(target), INSTALLED);
  const read = readSmallFile(file, MAX_BYTES);
  if (read.kind === 'missing') return undefined;
  if (read.kind === 'unreadable') throw installedUnreadable(file, [`(file): ${read.why}`]);
  if (target.root === '/') requireRootOwned(file);
  const parsed = parseInstalled(decodeUtf8(read.bytes) ?? '');
  if (!parsed.ok) throw installedUnreadable(file, parsed.faults);
  return parsed.installed;
}

export function lookAt(place: string): fs.Stats | undefined {
  return effect(() => fs.lstatSync(place, { throwIfNoEntry: false }));
}

/** What the disk refuses, in our words. */
export function effect<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw outputUnwritable(error);
  }
}
