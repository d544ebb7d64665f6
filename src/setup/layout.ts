// What a managed machine holds (design 2.8), as values: the folders and files of Cordon, in the order in which they are made.
import { MANAGED } from '../managed-places.ts';

interface WantedFolder {
  readonly kind: 'folder';
  /** On the machine, absolute. */
  readonly path: string;
}

export interface WantedFile {
  readonly kind: 'file';
  readonly path: string;
  readonly mode: 0o755 | 0o644;
  readonly content: Buffer;
  /** The administrator's once it is there: never written over. */
  readonly keep: boolean;
}

export type Wanted = WantedFolder | WantedFile;

/** A file of the program or of a profile, relative to `bin/`'s parent or to the folder of the profiles. */
export interface SourceFile {
  readonly path: string;
  readonly content: Buffer;
}

/** The profile that a file of the profiles belongs to; none for the schemas. */
export function profileOf({ path }: SourceFile): string | undefined {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : undefined;
}

export const PROGRAM = MANAGED.program;
/** Holds the store, or is it. */
export const DATA = MANAGED.data;
/** In the folder of the program there is nothing else. */
const PARTS = new Set(['bin', 'dist', 'profiles']);
/** The shipped profiles of the installed version, as they came. */
export const SHIPPED = `${PROGRAM}/profiles`;
/** Those of them that this machine has as its policy. */
export const PROFILES = MANAGED.profiles;
/** There on a machine that has its policy from a signed bundle (bundle/installed-bundle.ts). */
export const BUNDLE = `${MANAGED.policy}/bundle.json`;
const EXECUTABLE = new Set(['bin/cordon', 'dist/cordon']);

/**
 * Folders come before what is in them: once one is root's alone, nobody can swap what we look at next. The shipped profiles
 * come after those of the policy: they tell what an administrator changed, also to the setup after one that was interrupted.
 * config.json comes first: there is no moment in which the program runs without policy, also when this never ends.
 */
export function wantedOnMachine(
  program: readonly SourceFile[],
  profiles: readonly SourceFile[],
): readonly Wanted[] {
  const ofProgram = program.map((file) => wantedFile(PROGRAM, file));
  const isShipped = ({ path }: WantedFile) => isBelow(SHIPPED, path);
  const files: readonly WantedFile[] = [
    {
      kind: 'file',
      path: MANAGED.config,
      mode: 0o644,
      content: Buffer.from('{ "schema": 1 }\n'),
      keep: true,
    },
    ...ofProgram.filter((file) => !isShipped(file)),
    ...profiles.map((file) => wantedFile(PROFILES, file)),
    ...ofProgram.filter(isShipped),
  ];
  const folders = new Set<string>();
  for (const top of [PROGRAM, PROFILES, MANAGED.store]) addFolders(folders, top);
  for (const file of files) addFolders(folders, file.path.slice(0, file.path.lastIndexOf('/')));
  return [...[...folders].map((path) => ({ kind: 'folder', path }) as const), ...files];
}

/**
 * What never came by a setup, such as somebody's clone of this repository.
 * @param inProgram names in the folder of the program
 */
export function strangers(inProgram: readonly string[]): readonly string[] {
  return inProgram.filter((name) => !PARTS.has(name)).map((name) => `${PROGRAM}/${name}`);
}

/**
 * What `--remove` takes away as a whole, the program first: without it nothing starts, and no moment comes in which it runs
 * without policy. The policy stays, which is the administrator's work, and so does what somebody keeps beside the store.
 * @param inData names in the folder that holds the store
 */
export function removed(inData: readonly string[]): readonly string[] {
  const isStores = (name: string): boolean => isAtOrBelow(MANAGED.store, `${DATA}/${name}`);
  return [PROGRAM, inData.every(isStores) ? DATA : MANAGED.store];
}

/** Of what is in the folder of the program, what another version left there, or a setup that was killed. */
export function leftovers(present: readonly string[], wanted: readonly Wanted[]): readonly string[] {
  const paths = new Set(wanted.map(({ path }) => path));
  const left = present.filter((path) => isBelow(PROGRAM, path) && !paths.has(path));
  // A folder goes with what is in it.
  return left.filter((path) => !left.some((above) => isBelow(above, path)));
}

function wantedFile(folder: string, { path, content }: SourceFile): WantedFile {
  return {
    kind: 'file',
    path: `${folder}/${path}`,
    mode: EXECUTABLE.has(path) ? 0o755 : 0o644,
    content,
    keep: false,
  };
}

/** With those above that are Cordon's own, the highest first. */
function addFolders(folders: Set<string>, folder: string): void {
  const own = [MANAGED.program, MANAGED.policy, MANAGED.data].find((top) => isAtOrBelow(top, folder));
  if (own === undefined) return;
  addFolders(folders, folder.slice(0, folder.lastIndexOf('/')));
  folders.add(folder);
}

function isAtOrBelow(folder: string, path: string): boolean {
  return path === folder || isBelow(folder, path);
}

function isBelow(folder: string, path: string): boolean {
  return path.startsWith(`${folder}/`);
}
