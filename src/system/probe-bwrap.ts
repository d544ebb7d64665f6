// Finds bubblewrap where a system installs it, never through PATH (EV-16).
import fs from 'node:fs';
import { sandboxUnavailable } from '../messages/sandbox.ts';
import type { BwrapFacts } from './facts.ts';

const PLACES = ['/usr/bin/bwrap', '/run/current-system/sw/bin/bwrap'] as const;
const S_ISUID = 0o4000;

/** Throws SANDBOX_UNAVAILABLE with the cure when there is none, or one that must not be trusted. */
export function probeBwrap(): BwrapFacts {
  const path = PLACES.find((place) => fs.existsSync(place));
  if (path === undefined) {
    throw sandboxUnavailable('bubblewrap is not installed', ['apt-get install bubblewrap']);
  }
  const stat = fs.statSync(path);
  if (!stat.isFile() || stat.uid !== 0 || (stat.mode & 0o022) !== 0) {
    throw sandboxUnavailable(`${path} must belong to root and be writable by root alone`, [`ls -l ${path}`]);
  }
  // A setuid bubblewrap is another security model (CVE-2026-41163) and refuses --disable-userns.
  if ((stat.mode & S_ISUID) !== 0) {
    throw sandboxUnavailable(`${path} is setuid root`, [`chmod u-s ${path}`]);
  }
  return { path };
}
