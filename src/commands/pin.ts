// `cordon pin <profile>`: resolves a profile to a lockfile and tree digests, and writes both into its folder.
import os from 'node:os';
import { shortDigest } from '../digest.ts';
import { installScriptsLine, pinnedLines, scratchUnwritable } from '../messages/store.ts';
import { usageInvalid } from '../messages/usage.ts';
import { PLATFORMS } from '../platform.ts';
import { loadProfile } from '../profile/load.ts';
import { type PinReport, pinProfile } from '../store/pin.ts';
import { registryOptions } from '../store/registry.ts';
import { createScratch, removeTree } from '../store/staging.ts';
import { isStoreFault } from '../store/store-fault.ts';
import type { CommandContext } from './context.ts';
import { columns } from './layout.ts';
import { showProgress } from './progress.ts';

/** Exit status 0 when both files were written; errors are thrown. */
export async function pinCommand(context: CommandContext, names: readonly string[]): Promise<number> {
  const [name, ...more] = names;
  if (name === undefined || more.length > 0) throw usageInvalid('cordon pin takes exactly one profile');
  const profile = loadProfile(name, context.installation);
  const scratch = makeScratch();
  const progress = showProgress(context, `pinning ${name}`);
  try {
    const npm = await registryOptions(context.installation, scratch)();
    const report = await pinProfile(profile, npm, scratch, progress.step);
    progress.end();
    if (context.json) context.out(`${JSON.stringify({ profile: name, ...report }, null, 2)}\n`);
    else print(context, name, report);
    return 0;
  } catch (error) {
    throw isStoreFault(error) ? scratchUnwritable(os.tmpdir(), error) : error;
  } finally {
    progress.end();
    removeTree(scratch);
  }
}

function makeScratch(): string {
  try {
    return createScratch(os.tmpdir(), 'cordon-pin-');
  } catch (error) {
    throw scratchUnwritable(os.tmpdir(), error);
  }
}

function print(context: CommandContext, name: string, { pins, packages, scripts, trees }: PinReport): void {
  context.out(`${pinnedLines(name, pins.package, packages, pins.entry)}\n`);
  const rows = PLATFORMS.map((platform) => [
    platform,
    shortDigest(pins.trees[platform]),
    `${trees[platform].files} files`,
  ]);
  context.out(`${columns(rows, '  ').join('\n')}\n`);
  for (const { package: spec, scripts: names } of scripts)
    context.err(`${installScriptsLine(spec, names)}\n`);
  context.err(`hint: cordon install ${name}\n`);
}
