// Which part of a tree a second process hashes, so that both cores work. Decided once, at install, from sizes that are
// known then. Pure. The list is only a hint: whatever it says, every file is hashed and the digest decides.
import { nameFault } from './manifest.ts';

export interface SizedFile {
  readonly path: string;
  readonly bytes: number;
}

/** Opening and closing one file costs about as much as hashing this much of it (measured: 12 µs at 1.2 GB/s). */
const BYTES_PER_FILE = 15_000;
/** What the second process loses by starting up, in files: 10 ms. Below twice that it is not worth a process. */
const HEAD_START = 700;

/** Folders (relative to the tree) for the second process; none when the tree is small. */
export function chooseShares(files: readonly SizedFile[]): string[] {
  const weights = folderWeights(files);
  const total = weights.get('') ?? 0;
  const goal = (total - HEAD_START) / 2;
  if (goal < HEAD_START / 2) return [];
  const pieces = [...weights]
    .filter(
      ([folder, weight]) =>
        folder !== '' && weight <= total / 16 && isHeavy(parentOf(folder), total, weights),
    )
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const chosen: string[] = [];
  let sum = 0;
  for (const [folder, weight] of pieces) {
    if (sum + weight > goal) continue;
    sum += weight;
    chosen.push(folder);
  }
  return chosen.sort();
}

/** Only the topmost folder that is light enough is a piece, so that pieces never overlap. */
function isHeavy(folder: string, total: number, weights: ReadonlyMap<string, number>): boolean {
  return (weights.get(folder) ?? 0) > total / 16;
}

function parentOf(folder: string): string {
  return folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
}

function folderWeights(files: readonly SizedFile[]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { path, bytes } of files) {
    const weight = 1 + bytes / BYTES_PER_FILE;
    for (let folder = parentOf(path); ; folder = parentOf(folder)) {
      weights.set(folder, (weights.get(folder) ?? 0) + weight);
      if (folder === '') break;
    }
  }
  return weights;
}

export function formatShares(folders: readonly string[]): string {
  return folders.map((folder) => `${folder}\n`).join('');
}

/** None when the text is not a list of plain relative paths: then one process does all. */
export function parseShares(text: string): string[] {
  const folders = text.split('\n').filter((line) => line !== '');
  return folders.every((folder) => folder.split('/').every((name) => nameFault(name) === undefined))
    ? folders
    : [];
}
