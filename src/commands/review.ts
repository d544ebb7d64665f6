// `cordon review <profile>` and `cordon review npm:<package>@<version>`: starts the server in quarantine and shows everything
// that a person should see before it is approved.
import fs from 'node:fs';
import { outputUnwritable, usageInvalid } from '../messages.ts';
import { loadProfile } from '../profile/load.ts';
import { resolveServer } from '../resolve/resolve.ts';
import { pinCandidate, profileForSpec } from '../review/candidate.ts';
import { type Collected, collect } from '../review/collect.ts';
import type { ReviewMaterial } from '../review/material.ts';
import { inQuarantine } from '../review/quarantine.ts';
import type { CommandContext } from './context.ts';
import { showProgress } from './progress.ts';

export interface ReviewOptions {
  readonly markdown?: boolean;
  readonly html?: string;
  readonly pager?: boolean;
}

/** Exit status 0 when this very state is approved, 1 when it is not. The report is advice; the status is for scripts. */
export async function reviewCommand(
  context: CommandContext,
  [target, ...more]: readonly string[],
  options: ReviewOptions,
): Promise<number> {
  if (target === undefined || more.length > 0)
    throw usageInvalid('cordon review takes one profile, or npm:<package>@<version>');
  const { material, notes } = await collectFor(context, target);
  show(context, material, options);
  for (const note of notes) context.err(`note: ${note}\n`);
  return material.approved?.approval.digest === material.digest ? 0 : 1;
}

/** @param target a profile's name, or `npm:…` */
export async function collectFor(context: CommandContext, target: string): Promise<Collected> {
  const { installation, searchPath } = context;
  return inQuarantine(installation, async (quarantine) => {
    const progress = showProgress(context, `reviewing ${target}`);
    try {
      const server = target.startsWith('npm:')
        ? await pinCandidate(profileForSpec(target), quarantine, progress.step)
        : resolveServer(loadProfile(target, installation));
      return await collect({
        server,
        installation,
        quarantine,
        searchPath,
        onPlaced: progress.step,
        onStart: progress.start,
      });
    } finally {
      progress.end();
    }
  });
}

function show(context: CommandContext, material: ReviewMaterial, options: ReviewOptions): void {
  if (options.html !== undefined) writeReport(options.html, JSON.stringify(material));
  context.out(`${JSON.stringify(material, null, 2)}\n`);
}

function writeReport(file: string, text: string): void {
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    throw outputUnwritable(error);
  }
}
