// What a power cut could lose must be on the disk before the rename makes it look installed. One syncfs(2) instead of
// an fsync per file: 4,000 of those take seconds. Node has no call for it, coreutils' `sync -f` is it.
import fs from 'node:fs';

const SYNC = ['/usr/bin/sync', '/bin/sync'];
const TIME_LIMIT_MS = 60_000;

/** Best effort: every launch hashes the tree anyway, so a half-written one is refused and repaired. */
export async function flushToDisk(folder: string): Promise<void> {
  const sync = SYNC.find((file) => fs.existsSync(file));
  if (sync === undefined || process.platform !== 'linux') return;
  const { execa } = await import('execa');
  await execa(sync, ['-f', folder], {
    env: {},
    extendEnv: false,
    stdio: 'ignore',
    reject: false,
    timeout: TIME_LIMIT_MS,
  });
}
