// One connection to the registry for one command: npm's options, read once, and a cache that only this command uses.
// Four profiles of one family share most of their packages; a shared cache on disk would be one more thing to guard.
import path from 'node:path';
import type { Installation } from '../installation.ts';
import { readRuntimeRecord } from '../verify/runtime-record.ts';
import { runtimeRecordFile } from './layout.ts';
import { loadNpmOptions, type NpmOptions } from './npm-options.ts';

/** @param scratch a private folder that outlives the use of the options */
export function registryOptions(installation: Installation, scratch: string): () => Promise<NpmOptions> {
  let options: Promise<NpmOptions> | undefined;
  return () => (options ??= load(installation, scratch));
}

async function load(installation: Installation, scratch: string): Promise<NpmOptions> {
  const node = readRuntimeRecord(runtimeRecordFile(installation.store))?.realPath ?? '/usr/bin/node';
  const options = await loadNpmOptions(installation.home, node);
  return { ...options, cache: path.join(scratch, 'cache'), preferOffline: true };
}
