// Nothing is mounted on macOS: package and runtime are used by their names. So it is looked that a name still means what was
// verified, and that no folder above the package adds to it.
import fs from 'node:fs';
import path from 'node:path';
import { treeUnsafe } from '../../messages/store.ts';
import { parentModules } from '../../messages/macos.ts';

/** @throws CordonError INSTALLATION_UNSAFE where Node would find packages above this one */
export function refuseParentModules(tree: string): void {
  for (let folder = path.dirname(tree); ; folder = path.dirname(folder)) {
    const modules = path.join(folder, 'node_modules');
    if (fs.lstatSync(modules, { throwIfNoEntry: false }) !== undefined) throw parentModules(modules);
    if (folder === path.dirname(folder)) return;
  }
}

/** @throws CordonError TREE_UNSAFE when the name leads elsewhere than the descriptor, or there over a link */
export function requireSame(name: string, fd: number): void {
  const held = fs.fstatSync(fd, { bigint: true });
  const named = fs.lstatSync(name, { bigint: true, throwIfNoEntry: false });
  if (named?.dev !== held.dev || named.ino !== held.ino || fs.realpathSync.native(name) !== name)
    throw treeUnsafe(name, 'is not what was verified any more');
}
