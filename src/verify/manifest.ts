// The tree manifest: one text that says everything about an installed package that decides what runs. Its sha256 is
// the tree digest. `sha256sum -c` accepts it, and coreutils alone can make it (CONTRIBUTING shows how), so that an
// administrator need not trust this program to check a pin.

export interface FileEntry {
  readonly kind: 'file';
  /** Relative to the tree, forward slashes, without the leading `./`. */
  readonly path: string;
  /** The owner's execute bit, the only mode bit that npm's tarballs decide. */
  readonly executable: boolean;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
}

/** Part of the format so that a manifest can tell of a link; a tree that Cordon installs holds none. */
interface LinkEntry {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
}

export type TreeEntry = FileEntry | LinkEntry;

const HEADER = '# tree-manifest 1';

/** The manifest of these entries, in any order given. Names must have passed `nameFault`. */
export function formatManifest(entries: readonly TreeEntry[]): string {
  const executables: string[] = [];
  const links: string[] = [];
  // Files are sorted by name, while the hash stands first in a line. NUL sorts before all that a name can hold.
  const files: string[] = [];
  for (const entry of entries) {
    if (entry.kind === 'link') {
      links.push(`# l ./${entry.path} -> ${entry.target}`);
      continue;
    }
    if (entry.executable) executables.push(`# x ./${entry.path}`);
    files.push(`${entry.path}\0${entry.sha256}`);
  }
  const hashes = sortBytewise(files).map((file) => `${file.slice(-64)}  ./${file.slice(0, -65)}`);
  return `${[HEADER, ...sortBytewise(executables), ...sortBytewise(links), ...hashes].join('\n')}\n`;
}

/**
 * Order of the UTF-8 bytes, as `LC_ALL=C sort`. JavaScript compares UTF-16 units, which differs only where a surrogate
 * (U+10000 and above) meets U+E000 to U+FFFF. Sorts in place.
 */
export function sortBytewise(texts: string[]): string[] {
  if (!texts.some((text) => /[\ud800-\udfff]/.test(text))) return texts.sort();
  return texts.sort(compareBytewise);
}

function compareBytewise(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; ) {
    const left = a.codePointAt(index) ?? 0;
    const right = b.codePointAt(index) ?? 0;
    if (left !== right) return left - right;
    index += left > 0xffff ? 2 : 1;
  }
  return a.length - b.length;
}

// s: a name may hold U+2028, which is no line break here.
const FILE_LINE = /^([0-9a-f]{64}) {2}\.\/(.+)$/s;

/**
 * Reads a manifest, strictly: only what `formatManifest` could have written, so that equal entries mean equal text.
 * Undefined when the text is anything else. The text needs no trust: it is for naming what differs, nothing more.
 */
export function parseManifest(text: string): TreeEntry[] | undefined {
  const lines = text.split('\n');
  if (lines.shift() !== HEADER || lines.pop() !== '') return undefined;
  const executables = new Set<string>();
  const paths = new Set<string>();
  const entries: TreeEntry[] = [];
  for (const line of lines) {
    if (line.startsWith('# x ./')) {
      executables.add(line.slice('# x ./'.length));
    } else if (line.startsWith('# l ./')) {
      const link = line.slice('# l ./'.length);
      const arrow = link.indexOf(' -> ');
      if (arrow < 0) return undefined;
      entries.push({ kind: 'link', path: link.slice(0, arrow), target: link.slice(arrow + ' -> '.length) });
    } else {
      const [, sha256, path] = FILE_LINE.exec(line) ?? [];
      if (sha256 === undefined || path === undefined) return undefined;
      entries.push({ kind: 'file', path, executable: executables.has(path), sha256 });
    }
  }
  const isUnique = entries.every((entry) => !paths.has(entry.path) && paths.add(entry.path));
  return isUnique && formatManifest(entries) === text ? entries : undefined;
}

// `\` and control characters: coreutils writes such names in another form, and a newline could forge a line.
// U+FFFD: what a name that is not UTF-8 decodes to. Lone surrogates have no UTF-8 form.
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\\\u0000-\u001f\u007f-\u009f\ufffd]|\p{Surrogate}/u;

/** Nearly every name there is; spares it the rest. */
const PLAIN = /^(?!\.{1,2}$)[A-Za-z0-9._@+-]+$/;

/** Why one name (a single path segment) cannot be in a manifest, or undefined. */
export function nameFault(name: string): string | undefined {
  if (PLAIN.test(name)) return undefined;
  if (name === '' || name === '.' || name === '..' || name.includes('/')) return 'is not a file name';
  if (FORBIDDEN.test(name)) return 'holds a backslash, a control character or bytes that are not UTF-8';
  // Two spellings of one name: some file systems merge them, and no person can tell them apart.
  if (name.normalize('NFC') !== name) return 'is not in Unicode normal form NFC';
  // `a -> b` in a link line could be read in two ways.
  if (name.includes(' -> ')) return 'holds " -> "';
  return undefined;
}

/**
 * The first two paths that a case-insensitive file system (macOS) would merge, folders included: there the tree would
 * be another one than the pin describes. Undefined when there are none.
 */
export function caseCollision(paths: Iterable<string>): readonly [string, string] | undefined {
  const seen = new Map<string, string>();
  const folders = new Set<string>();
  const collides = (path: string): readonly [string, string] | undefined => {
    const folded = path.toUpperCase().toLowerCase().normalize('NFC');
    const other = seen.get(folded);
    if (other !== undefined && other !== path) return [other, path];
    seen.set(folded, path);
    return undefined;
  };
  for (const path of paths) {
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      if (folders.has(folder)) continue;
      folders.add(folder);
      const found = collides(folder);
      if (found !== undefined) return found;
    }
    const found = collides(path);
    if (found !== undefined) return found;
  }
  return undefined;
}
