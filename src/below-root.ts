// Writing below a folder that becomes a machine's root later: an absolute link in it means a place of that machine, and would
// lead to the same place of this one.
import { realPath } from './installation.ts';
import { outputLeadsOut } from './messages/usage.ts';

/** @throws CordonError OUTPUT_UNWRITABLE when what is written there would arrive somewhere else */
export function requireBelow(root: string, place: string): void {
  const [real, realRoot] = [realPath(place), realPath(root)];
  if (real !== realRoot && !real.startsWith(realRoot === '/' ? '/' : `${realRoot}/`))
    throw outputLeadsOut(place, root);
}
