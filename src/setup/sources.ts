// What is installed: the files of this program, and the profiles that were asked for.
import fs from 'node:fs';
import path from 'node:path';
import { closest } from '../json/closest.ts';
import { profileNotFound } from '../messages/profile.ts';
import { outputUnwritable } from '../messages/usage.ts';
import { profileOf, type SourceFile } from './layout.ts';

/** @param root folder that holds bin/, dist/ and profiles/ */
export function programFiles(root: string): readonly SourceFile[] {
  return [...['bin/cordon', 'dist/cordon'].map((file) => read(root, file)), ...filesBelow(root, 'profiles')];
}

/**
 * Those of the shipped profiles that are named, or that the machine has already, and the schemas that editors read.
 * @param isThere whether the machine has the profile of that name
 */
export function profileFiles(
  root: string,
  names: readonly string[],
  isThere: (name: string) => boolean,
): readonly SourceFile[] {
  const files = filesBelow(path.join(root, 'profiles'), '');
  const shipped = [...new Set(files.flatMap((file) => profileOf(file) ?? []))];
  for (const name of names)
    if (!shipped.includes(name)) throw profileNotFound(shipped, closest(name.slice(0, 64), shipped));
  return files.filter((file) => {
    const name = profileOf(file);
    return name === undefined || names.includes(name) || isThere(name);
  });
}

/** Regular files alone, in an order that does not depend on the disk. */
function filesBelow(root: string, folder: string): SourceFile[] {
  const entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(root, name);
      return entry.isFile() ? [read(root, name)] : [];
    });
}

function read(root: string, file: string): SourceFile {
  try {
    return { path: file, content: fs.readFileSync(path.join(root, file)) };
  } catch (error) {
    throw outputUnwritable(error);
  }
}
