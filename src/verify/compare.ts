// Two lists of entries -> what differs, in words of the tree. Only for messages: the digest alone decides.
import { sortBytewise, type TreeEntry } from './manifest.ts';

export type Change =
  | { readonly path: string; readonly change: 'changed' | 'missing' | 'extra' }
  /** Content equal, execute bit not. */
  | { readonly path: string; readonly change: 'execute-bit'; readonly executable: boolean }
  | { readonly path: string; readonly change: 'link-target'; readonly target: string }
  /** A file where a link was, or the other way round. */
  | { readonly path: string; readonly change: 'kind'; readonly found: TreeEntry['kind'] };

/** Every difference, sorted by path; empty when both say the same. */
export function compareTrees(expected: readonly TreeEntry[], observed: readonly TreeEntry[]): Change[] {
  const before = new Map(expected.map((entry) => [entry.path, entry]));
  const after = new Map(observed.map((entry) => [entry.path, entry]));
  const paths = sortBytewise([...new Set([...before.keys(), ...after.keys()])]);
  return paths.flatMap((path) => {
    const change = compareEntry(path, before.get(path), after.get(path));
    return change === undefined ? [] : [change];
  });
}

function compareEntry(
  path: string,
  expected: TreeEntry | undefined,
  observed: TreeEntry | undefined,
): Change | undefined {
  if (expected === undefined) return { path, change: 'extra' };
  if (observed === undefined) return { path, change: 'missing' };
  if (expected.kind === 'file' && observed.kind === 'file') {
    if (expected.sha256 !== observed.sha256) return { path, change: 'changed' };
    if (expected.executable !== observed.executable)
      return { path, change: 'execute-bit', executable: observed.executable };
    return undefined;
  }
  if (expected.kind === 'link' && observed.kind === 'link') {
    return expected.target === observed.target
      ? undefined
      : { path, change: 'link-target', target: observed.target };
  }
  return { path, change: 'kind', found: observed.kind };
}
