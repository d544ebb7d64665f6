// What a managed machine holds (design 2.8), as values: the folders and files of Cordon, in the order in which they are made.
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

/** Removed as a whole by `--remove`. /etc/cordon stays: it is the administrator's work. */
export const REMOVED = ['/opt/cordon', '/var/lib/cordon'] as const;

const PROGRAM = '/opt/cordon';
const POLICY = '/etc/cordon';
const STORE = '/var/lib/cordon/store';
const EXECUTABLE = new Set(['bin/cordon', 'dist/cordon']);

/**
 * Folders come before what is in them: once one is root's alone, nobody can swap what we look at next. config.json comes
 * last: from then on this machine is managed, and everything that policy needs is there.
 */
export function wantedOnMachine(
  program: readonly SourceFile[],
  profiles: readonly SourceFile[],
): readonly Wanted[] {
  const files: readonly WantedFile[] = [
    ...program.map((file) => wantedFile(PROGRAM, file)),
    ...profiles.map((file) => wantedFile(`${POLICY}/profiles`, file)),
    {
      kind: 'file',
      path: `${POLICY}/config.json`,
      mode: 0o644,
      content: Buffer.from('{ "schema": 1 }\n'),
      keep: true,
    },
  ];
  const folders = new Set<string>();
  for (const top of [PROGRAM, `${POLICY}/profiles`, STORE]) addFolders(folders, top);
  for (const file of files) addFolders(folders, file.path.slice(0, file.path.lastIndexOf('/')));
  return [...[...folders].map((path) => ({ kind: 'folder', path }) as const), ...files];
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
  const own = ['/opt/cordon', '/etc/cordon', '/var/lib/cordon'].find(
    (top) => folder === top || folder.startsWith(`${top}/`),
  );
  if (own === undefined) return;
  addFolders(folders, folder.slice(0, folder.lastIndexOf('/')));
  folders.add(folder);
}
