// One tarball from the registry, complete and equal to the lockfile's sha512, before a single byte is unpacked.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { CordonError } from '../errors.ts';
import { integrityMismatch, packageTooLarge, packageUnavailable } from '../messages/store.ts';
import { LIMITS } from './limits.ts';
import { type NpmOptions, SAFE_OPTIONS } from './npm-options.ts';
import { withRetries } from './retry.ts';
import { isStoreFault } from './store-fault.ts';
import type { FetchablePackage } from './waves.ts';

/** @throws CordonError INTEGRITY_MISMATCH, PACKAGE_UNAVAILABLE, TREE_UNSAFE (too large) */
export async function fetchTarball(locked: FetchablePackage, npm: NpmOptions): Promise<Buffer> {
  const spec = `${locked.name}@${locked.version}`;
  try {
    const kept = keptFile(locked.integrity, npm);
    const known = fs.existsSync(kept) ? fs.readFileSync(kept) : undefined;
    if (known !== undefined && integrityOf(known) === locked.integrity) return known;
    const bytes = await download(locked, npm);
    fs.mkdirSync(path.dirname(kept), { recursive: true });
    fs.writeFileSync(kept, bytes);
    return bytes;
  } catch (error) {
    if (error instanceof CordonError) throw error;
    throw isStoreFault(error) ? error : packageUnavailable(spec, error);
  }
}

/**
 * In two steps, so that only metadata goes through npm's cache: one that stores a tarball which is cut off half-way leaves a
 * rejection behind that nobody can handle (make-fetch-happen 15, cacache 20), and the runtime prints it. npm's library is not told
 * the sha512 either: with no cache of ours, it would take what it finds wrong out of the user's.
 */
async function download({ name, version, integrity }: FetchablePackage, npm: NpmOptions): Promise<Buffer> {
  const { default: pacote } = await import('pacote');
  const spec = `${name}@${version}`;
  const options = { ...npm, ...SAFE_OPTIONS };
  const address = await withRetries(npm, () => pacote.resolve(spec, options));
  const direct = { allowRemote: 'all', cache: undefined, preferOffline: false, preferOnline: true } as const;
  return withRetries(npm, async () => {
    const bytes = await pacote.tarball.stream(
      // With the name, whose scope says which registry's credentials are for other paths of its host (as npm has it).
      `${name}@${address}`,
      (stream) => collect(stream, spec),
      { ...options, ...direct },
    );
    // The lockfile's word, never the registry's (SC-02, SC-03).
    const found = integrityOf(bytes);
    if (found !== integrity) throw integrityMismatch(spec, integrity, found);
    return bytes;
  });
}

/** Four profiles of one family share most of their packages; beside npm's cache, which is only this command's. */
function keptFile(integrity: string, { cache }: NpmOptions): string {
  return path.join(cache, 'tarballs', Buffer.from(integrity).toString('hex'));
}

function integrityOf(bytes: Buffer): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}

async function collect(stream: AsyncIterable<Buffer>, spec: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of stream) {
    total += chunk.length;
    if (total > LIMITS.tarballBytes) throw packageTooLarge(spec, 'its tarball', LIMITS.tarballBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
