// `cordon __hash`: the process that hashes (see hash-tree.ts). stdin: SHARES, the folders of the second half; stdout:
// the answer; descriptor 3: the open tree. Not for people: it grants nothing and reads only what it is handed.
import fs from 'node:fs';
import { EXIT_REFUSED } from '../errors.ts';
import { toCordonError } from '../messages/render-error.ts';
import { digestHex } from '../digest.ts';
import { writeWhole } from '../write-whole.ts';
import { folderFromFd, type OpenFolder, openSubfolder } from './descriptor.ts';
import { formatRefusal, HELPER_TREE_FD, helperProgram, runHelper } from './hash-helper.ts';
import { type HashRequest, summarize } from './hash-tree.ts';
import type { FileEntry } from './manifest.ts';
import { parseShares } from './shares.ts';
import { type TreeOwner, walkTree, type WalkResult } from './tree-walk.ts';

/** Resolves with the exit status; 0 only after a whole answer was written. */
export async function hashWorker(): Promise<number> {
  try {
    const [role, owner, path = ''] = process.argv.slice(-3);
    const request: HashRequest = {
      tree: folderFromFd(HELPER_TREE_FD, path),
      path,
      owner: owner === 'user' ? 'user' : ('root' satisfies TreeOwner),
      sharesFd: 0,
    };
    writeWhole(1, role === 'share' ? formatEntries(walkShare(request)) : await hashWhole(request));
    return 0;
  } catch (thrown) {
    writeWhole(1, formatRefusal(toCordonError(thrown)));
    return EXIT_REFUSED;
  }
}

/** From its start: two processes share this descriptor, and so its position. */
function readShares(): string[] {
  const buffer = Buffer.alloc(1024 * 1024);
  return parseShares(buffer.toString('utf8', 0, fs.readSync(0, buffer, 0, buffer.length, 0)));
}

async function hashWhole(request: HashRequest): Promise<string> {
  const program = helperProgram();
  const shares = readShares();
  const elsewhere =
    program === undefined || shares.length === 0
      ? undefined
      : runHelper(program, 'share', request).then(parseEntries);
  // A rejection is looked at below; until then it must not end the process.
  elsewhere?.catch(() => {});
  const own = walkTree(request.tree, '', {
    owner: request.owner,
    skip: elsewhere === undefined ? new Set() : new Set(shares),
    onFolder: endWithParent(),
    mayChangeFolder: true,
  });
  const other = await elsewhere;
  const sum = summarize({
    entries: [...own.entries, ...(other?.entries ?? [])],
    bytes: own.bytes + (other?.bytes ?? 0),
  });
  return `sum ${digestHex(sum.digest)} ${sum.files} ${sum.bytes}\n`;
}

function walkShare(request: HashRequest): WalkResult {
  const whole: WalkResult = { entries: [], bytes: 0 };
  const onFolder = endWithParent();
  for (const path of readShares()) {
    const chain = openChain(request.tree, path.split('/'));
    // A folder that is not there: its files are missing, so the digest differs, and that is what gets reported.
    const folder = chain.at(-1);
    if (folder === undefined) continue;
    const { entries, bytes } = walkTree(folder, path, {
      owner: request.owner,
      onFolder,
      mayChangeFolder: true,
    });
    for (const entry of entries) whole.entries.push(entry);
    whole.bytes += bytes;
    for (const { fd } of chain) fs.closeSync(fd);
  }
  return whole;
}

/** Name by name, so that no link on the way is followed. Empty when a name does not exist. */
function openChain(top: OpenFolder, names: readonly string[]): OpenFolder[] {
  const chain: OpenFolder[] = [];
  for (const name of names) {
    try {
      chain.push(openSubfolder(chain.at(-1) ?? top, name));
    } catch (error) {
      for (const { fd } of chain) fs.closeSync(fd);
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
  return chain;
}

/** Whoever asked is gone (killed): nobody reads the answer, so the disk is left alone. */
function endWithParent(): () => void {
  const parent = process.ppid;
  return () => {
    if (process.ppid !== parent) process.exit(EXIT_REFUSED);
  };
}

// Names were checked by the walk: no newline. The last line shows that nothing is cut off.
function formatEntries({ entries, bytes }: WalkResult): string {
  const lines = entries.map((entry) => `${entry.sha256}${entry.executable ? 'x' : '-'}${entry.path}`);
  return `${lines.join('\n')}\nend ${bytes}\n`;
}

function parseEntries(text: string): WalkResult {
  const lines = text.split('\n');
  const [, bytes] = /^end (\d+)$/.exec(lines.at(-2) ?? '') ?? [];
  if (bytes === undefined) throw new Error('the answer of the second process is cut off');
  const entries = lines
    .slice(0, -2)
    .filter((line) => line !== '')
    .map(
      (line): FileEntry => ({
        kind: 'file',
        sha256: line.slice(0, 64),
        executable: line[64] === 'x',
        path: line.slice(65),
      }),
    );
  return { entries, bytes: Number(bytes) };
}
