// Brings a machine to what layout.ts says, one step after the other, and says each. Links are never followed: whoever made
// one would choose where root writes.
import fs from 'node:fs';
import path from 'node:path';
import { setupBlocked } from '../messages/setup.ts';
import { outputUnwritable } from '../messages/usage.ts';
import { DATA, leftovers, PROGRAM, removed, strangers, type Wanted, type WantedFile } from './layout.ts';

export interface Change {
  readonly what: 'create' | 'replace' | 'own' | 'remove';
  /** On the machine, without the root that it was written below. */
  readonly path: string;
}

export interface Target {
  /** `/`, or a folder that becomes a machine's root later. */
  readonly root: string;
  /** To whom everything is to belong. */
  readonly uid: number;
  readonly gid: number;
  readonly dryRun: boolean;
}

/** @returns what was changed, or would be; nothing on a machine that is as it should be */
export function setUp(wanted: readonly Wanted[], target: Target): readonly Change[] {
  refuseStrangers(target);
  const changes: Change[] = [];
  for (const one of wanted) {
    const what = one.kind === 'folder' ? folder(one.path, target) : file(one, target);
    if (what !== undefined) changes.push({ what, path: one.path });
  }
  return [...changes, ...remove(leftovers(everythingBelow(PROGRAM, target), wanted), target)];
}

export function removeFrom(target: Target): readonly Change[] {
  refuseStrangers(target);
  return remove(removed(namesIn(DATA, target)), target);
}

/** They would go as what another version left behind. */
function refuseStrangers(target: Target): void {
  const [first] = strangers(namesIn(PROGRAM, target));
  if (first !== undefined)
    throw setupBlocked(path.join(target.root, first), 'was not put there by cordon setup');
}

function remove(paths: readonly string[], { root, dryRun }: Target): readonly Change[] {
  const present = paths.filter((one) => lookAt(path.join(root, one)) !== undefined);
  if (!dryRun)
    effect(() => {
      for (const one of present) fs.rmSync(path.join(root, one), { recursive: true });
    });
  return present.map((one) => ({ what: 'remove', path: one }));
}

/** None where there is no folder. */
function namesIn(folder: string, { root }: Target): readonly string[] {
  const place = path.join(root, folder);
  return lookAt(place)?.isDirectory() === true ? effect(() => fs.readdirSync(place)) : [];
}

/** Paths on the machine of all that is in a folder of it, links as themselves. */
function everythingBelow(folder: string, { root }: Target): readonly string[] {
  const place = path.join(root, folder);
  if (lookAt(place) === undefined) return [];
  return effect(() => fs.readdirSync(place, { withFileTypes: true, recursive: true })).map((entry) =>
    path.join('/', path.relative(root, path.join(entry.parentPath, entry.name))),
  );
}

function folder(name: string, target: Target): Change['what'] | undefined {
  const place = path.join(target.root, name);
  const stat = lookAt(place);
  if (stat === undefined) {
    if (!target.dryRun)
      effect(() => {
        fs.mkdirSync(place, { recursive: true, mode: 0o755 });
        own(place, target);
      });
    return 'create';
  }
  if (!stat.isDirectory()) throw setupBlocked(place, 'is not a folder');
  if (isAs(stat, 0o755, target)) return undefined;
  if (!target.dryRun) effect(() => own(place, target));
  return 'own';
}

function file(wanted: WantedFile, target: Target): Change['what'] | undefined {
  const place = path.join(target.root, wanted.path);
  const stat = lookAt(place);
  if (stat !== undefined && !stat.isFile()) throw setupBlocked(place, 'is not a regular file');
  const before = stat === undefined ? undefined : effect(() => fs.readFileSync(place));
  if (stat !== undefined && isAs(stat, wanted.mode, target) && stat.nlink === 1)
    if (wanted.keep || before?.equals(wanted.content) === true) return undefined;
  const content = wanted.keep && before !== undefined ? before : wanted.content;
  // Also where only owner or mode is wrong: who has the old file open can still write to it.
  if (!target.dryRun) replace(place, content, wanted.mode, target);
  if (before === undefined) return 'create';
  return before.equals(content) ? 'own' : 'replace';
}

/** A start at this moment finds the old file or the new one. */
function replace(place: string, content: Buffer, mode: number, { uid, gid }: Target): void {
  effect(() => {
    const temporary = path.join(path.dirname(place), `.${path.basename(place)}.new`);
    // What a setup that was killed left behind.
    fs.rmSync(temporary, { force: true });
    try {
      const fd = fs.openSync(temporary, 'wx', 0o600);
      try {
        fs.writeFileSync(fd, content);
        fs.fchownSync(fd, uid, gid);
        fs.fchmodSync(fd, mode);
        fs.fsyncSync(fd);
      } finally {
        fs.closeSync(fd);
      }
      fs.renameSync(temporary, place);
    } finally {
      fs.rmSync(temporary, { force: true });
    }
  });
}

function own(folderName: string, { uid, gid }: Target): void {
  fs.chownSync(folderName, uid, gid);
  // Whatever umask the administrator's shell has.
  fs.chmodSync(folderName, 0o755);
}

function isAs(stat: fs.Stats, mode: number, { uid, gid }: Target): boolean {
  return stat.uid === uid && stat.gid === gid && (stat.mode & 0o7777) === mode;
}

function lookAt(place: string): fs.Stats | undefined {
  return effect(() => fs.lstatSync(place, { throwIfNoEntry: false }));
}

function effect<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw outputUnwritable(error);
  }
}
