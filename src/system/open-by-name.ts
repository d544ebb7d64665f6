// macOS: a grant becomes a rule that goes by the name of a path, as the kernel knows it. So the name is looked at instead of
// walked by descriptors, which there is no way to do.
import fs from 'node:fs';
import path from 'node:path';
import { grantPathUnsafe } from '../messages/sandbox.ts';
import { grantSpelledOtherwise } from '../messages/macos.ts';

const { O_RDONLY, O_NONBLOCK } = fs.constants;
/** Not in Node's constants: refuses a link anywhere in the path. Means nothing on Linux. */
const O_NOFOLLOW_ANY = 0x20000000;

/**
 * undefined when a component does not exist. Throws GRANT_PATH_UNSAFE for links, devices, sockets and FIFOs, and for another
 * spelling than the disk's own (case, composed letters), which no rule would ever match.
 */
export function openByName(
  target: string,
): { readonly fd: number; readonly type: 'folder' | 'file' } | undefined {
  const names = target.split('/').filter((name) => name !== '');
  for (const [index] of names.entries()) {
    const place = `/${names.slice(0, index + 1).join('/')}`;
    const stat = lookAt(place, target);
    if (stat === undefined) {
      // A rule for what is not there goes by the names of the folders that are.
      requireSpelling(path.posix.dirname(place), target);
      return undefined;
    }
    if (stat.isSymbolicLink())
      throw grantPathUnsafe(
        target,
        place === target ? 'is a symbolic link' : `goes through the symbolic link ${place}`,
      );
    const isLast = index === names.length - 1;
    if (stat.isDirectory() || (isLast && stat.isFile())) continue;
    if (!isLast) return undefined;
    throw grantPathUnsafe(target, 'is neither a file nor a folder');
  }
  requireSpelling(target, target);
  try {
    const fd = fs.openSync(target, O_RDONLY | O_NONBLOCK | O_NOFOLLOW_ANY);
    return { fd, type: fs.fstatSync(fd).isDirectory() ? 'folder' : 'file' };
  } catch (error) {
    throw grantPathUnsafe(target, `cannot be opened: ${codeOf(error)}`);
  }
}

/** @param folder `target` as far as it exists */
function requireSpelling(folder: string, target: string): void {
  const real = fs.realpathSync.native(folder);
  if (real !== folder) throw grantSpelledOtherwise(target, real + target.slice(folder.length));
}

function lookAt(place: string, target: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(place, { throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw grantPathUnsafe(target, `cannot be opened: ${codeOf(error)}`);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}
