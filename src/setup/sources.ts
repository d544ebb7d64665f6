// What is installed: the files of this program, and the profiles that were asked for.
import fs from 'node:fs';
import path from 'node:path';
import { outputUnwritable, profileNotFound } from '../messages.ts';
import { PROFILE_NAME } from '../profile/schema.ts';
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
  const shipped = path.join(root, 'profiles');
  for (const name of names)
    if (!PROFILE_NAME.test(name) || !fs.existsSync(path.join(shipped, name, 'profile.json')))
      throw profileNotFound([]);
  return filesBelow(shipped, '').filter((file) => {
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
