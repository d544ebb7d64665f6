// What an administrator did to the profiles of a machine, by hand or with `cordon approve`, stays when a new version comes.
import fs from 'node:fs';
import path from 'node:path';
import { outputUnwritable } from '../messages/usage.ts';
import { BUNDLE, PROFILES, profileOf, SHIPPED, type SourceFile } from './layout.ts';

interface KeptProfiles {
  /** What the machine is to hold. */
  readonly files: readonly SourceFile[];
  /** Names of the profiles that stay as they are. */
  readonly kept: readonly string[];
  /** The whole policy is that of a signed bundle, which no profile of ours may change. */
  readonly isBundled: boolean;
}

/**
 * A profile counts as a whole, because files of two versions of it do not belong together. It is the administrator's when one
 * of its files is neither as it is shipped now nor as the installed version shipped it; or when all of the policy was signed.
 * @param shipped of the version that is to be installed
 * @param root `/`, or a folder that becomes a machine's root later
 */
export function keepEdited(shipped: readonly SourceFile[], root: string): KeptProfiles {
  const isBundled = fs.existsSync(path.join(root, BUNDLE));
  const looked = shipped.map((file) => {
    const there = read(path.join(root, PROFILES, file.path));
    const isEdited =
      there !== undefined &&
      !there.equals(file.content) &&
      (isBundled || read(path.join(root, SHIPPED, file.path))?.equals(there) !== true);
    return { file, profile: profileOf(file), there, isEdited };
  });
  const kept = new Set(
    looked.flatMap(({ profile, isEdited }) => (isEdited && profile !== undefined ? [profile] : [])),
  );
  const files = looked.flatMap(({ file, profile, there }) => {
    if (profile === undefined || !(isBundled || kept.has(profile))) return [file];
    return there === undefined ? [] : [{ ...file, content: there }];
  });
  return { files, kept: [...kept], isBundled };
}

function read(file: string): Buffer | undefined {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() === true
      ? fs.readFileSync(file)
      : undefined;
  } catch (error) {
    throw outputUnwritable(error);
  }
}
