// `cordon diff <profile> [--to <version>]`: the package of a profile and another version of it, side by side, before anybody
// switches. Both are started in quarantine; nothing of the profile is changed.
import fs from 'node:fs';
import path from 'node:path';
import { sameVersion } from '../messages/review.ts';
import { usageInvalid } from '../messages/usage.ts';
import { loadProfile } from '../profile/load.ts';
import { resolveServer } from '../resolve/resolve.ts';
import { latestVersion, pinCandidate, withVersion } from '../review/candidate.ts';
import { type Collected, collect } from '../review/collect.ts';
import { compareVersions, isEmpty, type VersionDiff } from '../review/compare-versions.ts';
import { documentText } from '../review/document.ts';
import { inQuarantine } from '../review/quarantine.ts';
import { renderVersionDiff } from '../review/render-diff.ts';
import { layoutIn } from '../store/layout.ts';
import { type Change, compareTrees } from '../verify/compare.ts';
import { parseManifest, type TreeEntry } from '../verify/manifest.ts';
import type { CommandContext } from './context.ts';
import { showProgress } from './progress.ts';

export interface DiffOptions {
  readonly to?: string;
}

/** Exit status 0 when nothing differs, 1 when anything does. */
export async function diffCommand(
  context: CommandContext,
  [name, ...more]: readonly string[],
  options: DiffOptions,
): Promise<number> {
  if (name === undefined || more.length > 0) throw usageInvalid('cordon diff takes exactly one profile');
  const diff = await collectBoth(context, name, options.to);
  context.out(context.json ? `${documentText(diff)}\n` : renderVersionDiff(diff));
  return isEmpty(diff) ? 0 : 1;
}

async function collectBoth(
  context: CommandContext,
  name: string,
  to: string | undefined,
): Promise<VersionDiff> {
  const { installation, searchPath } = context;
  const profile = loadProfile(name, installation);
  return inQuarantine(installation, async (quarantine) => {
    const progress = showProgress(context, `comparing versions of ${name}`);
    try {
      const version = to ?? (await latestVersion(profile, quarantine));
      if (version === profile.source.version) throw sameVersion(version);
      const next = withVersion(profile, version);
      const common = {
        installation,
        quarantine,
        searchPath,
        onPlaced: progress.step,
        onStart: progress.start,
      };
      const before = await collect({ ...common, server: resolveServer(profile) });
      const candidate = await pinCandidate(next, quarantine, progress.step);
      const after = await collect({ ...common, server: candidate });
      return compareVersions(before.material, after.material, changedFiles(before, after));
    } finally {
      progress.end();
    }
  });
}

function changedFiles(before: Collected, after: Collected): Change[] {
  return compareTrees(entriesOf(before.tree), entriesOf(after.tree));
}

/** Of a tree that was verified a moment ago: the manifest beside it is that of its digest. */
function entriesOf(tree: string): readonly TreeEntry[] {
  const text = fs.readFileSync(layoutIn(path.dirname(tree)).manifest, 'utf8');
  const entries = parseManifest(text);
  if (entries === undefined) throw new TypeError('the manifest of a verified tree cannot be read');
  return entries;
}
