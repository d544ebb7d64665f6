// Asks bubblewrap what it can do.
import { spawnSync } from 'node:child_process';
import { sandboxTooOld } from '../messages/sandbox.ts';
import { REQUIRED_OPTIONS } from '../sandbox/bwrap/render.ts';
import type { BwrapFacts } from './facts.ts';

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
