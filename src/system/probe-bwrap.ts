// Finds bubblewrap where a system installs it, never through PATH (EV-16), and asks it what it can do.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { sandboxTooOld, sandboxUnavailable } from '../messages.ts';
import { REQUIRED_OPTIONS } from '../sandbox/bwrap/render.ts';
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

/**
 * Long options of `bwrap --help`, without the dashes. Features are detected here, never from the version. Not asked at a
 * launch, which would wait 4 ms for it: a bubblewrap that lacks an option says so by name (launch/diagnose.ts).
 */
export function bwrapOptions({ path }: BwrapFacts): ReadonlySet<string> {
  const help = spawnSync(path, ['--help'], {
    env: {},
    encoding: 'utf8',
    timeout: 5000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const options = new Set(
    [...(help.stdout ?? '').matchAll(/^\s+--([a-z0-9-]+)/gm)].map((match) => match[1] ?? ''),
  );
  return options;
}

/** Throws SANDBOX_UNAVAILABLE when the plan could not be rendered for it. */
export function requireOptions(options: ReadonlySet<string>): void {
  const missing = REQUIRED_OPTIONS.filter((option) => !options.has(option));
  if (missing.length > 0) throw sandboxTooOld(missing.map((option) => `--${option}`));
}
