import fs from 'node:fs';
import { sandboxExecUnsafe } from '../messages/macos.ts';
import type { SandboxExecFacts } from './facts.ts';

const PATH = '/usr/bin/sandbox-exec';

/** By its fixed place, never through PATH. Throws SANDBOX_UNAVAILABLE when there is none, or one that must not be trusted. */
export function probeSandboxExec(path: string = PATH): SandboxExecFacts {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw sandboxExecUnsafe('is not there');
  if (!stat.isFile() || stat.uid !== 0 || (stat.mode & 0o022) !== 0)
    throw sandboxExecUnsafe('must belong to root and be writable by root alone');
  return { path };
}
