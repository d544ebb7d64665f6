// The two archive formats of a Debian package, byte for byte the same whenever they hold the same.
import { Header } from 'tar';

export interface ArchiveEntry {
  /** Relative; a folder ends in a slash. */
  readonly path: string;
  readonly mode: number;
  /** Empty for a folder. */
  readonly content: Buffer;
}

const BLOCK = 512;
/** What the headers of both formats have room for: milliseconds in place of seconds would give an archive that nobody reads. */
export const LAST_SECOND = 0o77777777777;

/** Everything belongs to root. @param seconds time of every entry since 1970 */
export function tarOf(entries: readonly ArchiveEntry[], seconds: number): Buffer {
  const parts = entries.flatMap(({ path, mode, content }) => {
    const header = new Header({
      path,
      mode,
      size: content.length,
      type: path.endsWith('/') ? 'Directory' : 'File',
      mtime: new Date(seconds * 1000),
      uid: 0,
      gid: 0,
      uname: 'root',
      gname: 'root',
    });
    const block = Buffer.alloc(BLOCK);
    // What does not fit would be cut.
    if (header.encode(block)) throw new Error(`too long for a tar header: ${path}`);
    return [block, content, Buffer.alloc(-content.length & (BLOCK - 1))];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

export function arOf(
  members: ReadonlyArray<{ readonly name: string; readonly content: Buffer }>,
  seconds: number,
): Buffer {
  const parts = members.flatMap(({ name, content }) => [
    Buffer.from(
      `${name.padEnd(16)}${String(seconds).padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}${String(content.length).padEnd(10)}\`\n`,
      'latin1',
    ),
    content,
    Buffer.from(content.length % 2 === 0 ? '' : '\n'),
  ]);
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}
