// Paths as strings, POSIX only, no disk. All arguments are absolute and normalised.

/** Whether `inner` is `outer` or lies below it. */
export function contains(outer: string, inner: string): boolean {
  return outer === inner || outer === '/' || inner.startsWith(`${outer}/`);
}

/** Whether one of the two lies in the other. */
export function overlaps(one: string, other: string): boolean {
  return contains(one, other) || contains(other, one);
}

/** Absolute, no empty, `.` or `..` segment, no slash at the end, no NUL. */
export function isNormalised(path: string): boolean {
  if (path === '/') return true;
  return (
    path.startsWith('/') &&
    !path.includes('\u0000') &&
    path
      .slice(1)
      .split('/')
      .every((segment) => segment !== '' && segment !== '.' && segment !== '..')
  );
}

export function joinPath(base: string, segments: readonly string[]): string {
  if (segments.length === 0) return base;
  return `${base === '/' ? '' : base}/${segments.join('/')}`;
}

/** Sorts a folder before everything below it, whatever signs the names have. */
export function compareByTree(one: string, other: string): number {
  const [left, right] = [one.split('/'), other.split('/')];
  for (const [index, segment] of left.entries()) {
    const opposite = right[index];
    if (opposite === undefined) return 1;
    if (segment !== opposite) return segment < opposite ? -1 : 1;
  }
  return left.length - right.length;
}
