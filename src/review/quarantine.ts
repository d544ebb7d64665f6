// Where something is that nobody has reviewed: a private folder for the time of one command, with a store of its own.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CordonError } from '../errors.ts';
import type { Installation } from '../installation.ts';
import { scratchUnwritable } from '../messages/store.ts';
import type { ResolvedServer } from '../resolve/resolve.ts';
import { installPackage } from '../store/install-package.ts';
import type { NpmOptions } from '../store/npm-options.ts';
import type { OnPlaced } from '../store/place-packages.ts';
import { recordRuntime } from '../store/record-runtime.ts';
import { registryOptions } from '../store/registry.ts';
import { createScratch, removeTree } from '../store/staging.ts';
import { isStoreFault } from '../store/store-fault.ts';
import type { VerifiedPackage, VerifiedRuntime } from '../verify/verified.ts';
import { verifyPackage } from '../verify/verify-package.ts';
import { verifyRuntime } from '../verify/verify-runtime.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const INTERRUPTED = 130;

export interface Quarantine {
  readonly npm: () => Promise<NpmOptions>;
  /** Makes and returns a private folder. */
  folder(name: string): string;
  /** From the store when it is there and whole, else brought into the quarantine. The caller owns `treeFd`. */
  package(server: ResolvedServer, onPlaced: OnPlaced): Promise<VerifiedPackage>;
  /** The caller owns `fd`. */
  runtime(searchPath: string): Promise<VerifiedRuntime>;
}

/** Whatever comes of it, the folder is gone afterwards, also when the command is interrupted. */
export async function inQuarantine<T>(
  installation: Installation,
  use: (quarantine: Quarantine) => Promise<T>,
): Promise<T> {
  const scratch = makeScratch();
  const interrupted = (): never => {
    removeTree(scratch);
    // The kernel ends a sandbox that runs.
    process.exit(INTERRUPTED);
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  try {
    return await use(quarantineIn(scratch, installation));
  } catch (error) {
    throw isStoreFault(error) ? scratchUnwritable(os.tmpdir(), error) : error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted);
    removeTree(scratch);
  }
}

function quarantineIn(scratch: string, installation: Installation): Quarantine {
  const own: Installation = { ...installation, mode: 'unmanaged', store: path.join(scratch, 'store') };
  const npm = registryOptions(installation, scratch);
  return {
    npm,
    folder(name) {
      const folder = path.join(scratch, name);
      fs.mkdirSync(folder, { mode: 0o700, recursive: true });
      return folder;
    },
    async package(server, onPlaced) {
      try {
        return await verifyPackage(server, installation);
      } catch (error) {
        // Whatever is wrong with what is installed there: `cordon verify` is for that.
        if (!(error instanceof CordonError)) throw error;
      }
      await installPackage(server, own, npm, onPlaced);
      return verifyPackage(server, own);
    },
    async runtime(searchPath) {
      try {
        return await verifyRuntime(installation);
      } catch (error) {
        if (!(error instanceof CordonError) || error.code !== 'RUNTIME_MISSING') throw error;
      }
      await recordRuntime(own, searchPath);
      return verifyRuntime(own);
    },
  };
}

/** By its real path: a grant may not lead through a link. */
function makeScratch(): string {
  try {
    return createScratch(fs.realpathSync(os.tmpdir()), 'cordon-review-');
  } catch (error) {
    throw scratchUnwritable(os.tmpdir(), error);
  }
}
