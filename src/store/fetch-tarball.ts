// One tarball from the registry, complete and equal to the lockfile's sha512, before a single byte is unpacked.
import { createHash } from 'node:crypto';
import { CordonError } from '../errors.ts';
import { integrityMismatch, packageTooLarge, packageUnavailable } from '../messages/store.ts';
import { LIMITS } from './limits.ts';
import { type NpmOptions, SAFE_OPTIONS } from './npm-options.ts';
import { isStoreFault } from './store-fault.ts';
import type { FetchablePackage } from './waves.ts';

/** @throws CordonError INTEGRITY_MISMATCH, PACKAGE_UNAVAILABLE, TREE_UNSAFE (too large) */
export async function fetchTarball(locked: FetchablePackage, npm: NpmOptions): Promise<Buffer> {
  const { default: pacote } = await import('pacote');
  const spec = `${locked.name}@${locked.version}`;
  try {
    const bytes = await pacote.tarball.stream(spec, (stream) => collect(stream, spec), {
      ...npm,
      ...SAFE_OPTIONS,
      // The lockfile's word, never the registry's: what the registry says is only compared with it (SC-02, SC-03).
      integrity: locked.integrity,
    });
    const found = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    if (found !== locked.integrity) throw integrityMismatch(spec, locked.integrity, found);
    return bytes;
  } catch (error) {
    if (error instanceof CordonError) throw error;
    const { code, found } = error as NodeJS.ErrnoException & { found?: unknown };
    if (code === 'EINTEGRITY')
      throw integrityMismatch(
        spec,
        locked.integrity,
        found === undefined ? undefined : String(found as string),
      );
    throw isStoreFault(error) ? error : packageUnavailable(spec, error);
  }
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
