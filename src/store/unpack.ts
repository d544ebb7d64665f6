// A verified tarball -> files in a fresh folder. Not npm's own extraction: that one streams from the network to the
// disk before the sha512 is known, has no limits, and takes execute bits from what the registry says. The files and
// bits are the same as npm's otherwise (tested against a tree made by npm).
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { CordonError } from '../errors.ts';
import { packageTooLarge, tarballInvalid } from '../messages/store.ts';
import { LIMITS } from './limits.ts';
import { PackageWriter, type Unpacked } from './package-writer.ts';

/**
 * @param spec `name@version`, for messages
 * @param folder absolute; must not exist or be empty
 * @throws CordonError TREE_UNSAFE for links, devices, names that could escape or be misread, and sizes beyond limits
 */
export async function unpackTarball(tarball: Buffer, spec: string, folder: string): Promise<Unpacked> {
  const { Parser } = await import('tar');
  const writer = new PackageWriter(spec, folder);
  const state: { failure?: Error } = {};
  const fail = (error: unknown): void => {
    state.failure ??= error instanceof Error ? error : new Error(String(error));
  };
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      // Errors are kept: thrown here they would be lost in the parser's own streams.
      if (state.failure === undefined) attempt(() => writer.open(entry), fail);
      entry.on('data', (chunk: Buffer) => {
        if (state.failure === undefined) attempt(() => writer.write(chunk), fail);
      });
      entry.on('end', () => attempt(() => writer.close(), fail));
      entry.resume();
    },
  });
  // What follows the end of the archive is nobody's: nothing of it is read, let alone unpacked.
  let isOver = false;
  parser.on('eof', () => {
    isOver = true;
  });
  const ended = new Promise<void>((resolve, reject) => {
    parser.on('end', resolve);
    parser.on('error', (error: unknown) => {
      fail(error);
      reject(asTarballFault(error, spec));
    });
  });
  ended.catch(() => {});
  try {
    let total = 0;
    for await (const chunk of plain(tarball)) {
      total += chunk.length;
      // Headers and padding count as well: an archive of nothing but headers is a bomb too.
      if (total > LIMITS.packageBytes) throw packageTooLarge(spec, 'it', LIMITS.packageBytes);
      parser.write(chunk);
      if (state.failure !== undefined) throw state.failure;
      if (isOver) break;
    }
    parser.end();
    await ended;
    if (state.failure !== undefined) throw state.failure;
    return writer.finish();
  } catch (error) {
    throw asTarballFault(error, spec);
  } finally {
    writer.close();
  }
}

function plain(tarball: Buffer): AsyncIterable<Buffer> {
  const isGzip = tarball[0] === 0x1f && tarball[1] === 0x8b;
  const source = Readable.from([tarball]);
  return isGzip ? source.pipe(zlib.createGunzip()) : source;
}

function attempt(action: () => void, fail: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    fail(error);
  }
}

/** Faults of the archive itself; those of the disk (ENOSPC) and our own pass through. */
function asTarballFault(error: unknown, spec: string): unknown {
  if (error instanceof CordonError) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  return /^(?:TAR_|Z_|ERR_)/.test(code) ? tarballInvalid(spec, 'is not a whole tar archive') : error;
}
