// `cordon setup --system [profile...]`: this program and its policy where only root can change them.
import fs from 'node:fs';
import path from 'node:path';
import { requireBelow } from '../below-root.ts';
import { MANAGED } from '../managed-places.ts';
import {
  setupBundled,
  setupNeedsRoot,
  setupNeedsSystem,
  setupRemovesAll,
  setupWords,
} from '../messages/setup.ts';
import { requireRootOwned } from '../profile/ownership.ts';
import { type Change, removeFrom, setUp, type Target } from '../setup/apply.ts';
import { keepEdited } from '../setup/edited.ts';
import { PROFILES, wantedOnMachine } from '../setup/layout.ts';
import { profileFiles, programFiles } from '../setup/sources.ts';
import type { CommandContext } from './context.ts';

const OWN_PLACES = [MANAGED.program, MANAGED.policy, MANAGED.data];

export interface SetupOptions {
  readonly system?: boolean;
  readonly dryRun?: boolean;
  readonly remove?: boolean;
  readonly root?: string;
}

/** Exit status 0, also when nothing was to do. */
export async function setupCommand(
  context: CommandContext,
  profiles: readonly string[],
  options: SetupOptions,
): Promise<number> {
  if (options.system !== true) throw setupNeedsSystem();
  if (options.remove === true && profiles.length > 0) throw setupRemovesAll();
  const target = targetOf(options);
  // Also for the folders above, whatever umask the administrator's shell has: every user is to come in.
  process.umask(0o022);
  const { changes, kept, isBundled } =
    options.remove === true
      ? { changes: removeFrom(target), kept: [], isBundled: false }
      : bring(profiles, target);
  if (context.json) {
    context.out(`${JSON.stringify({ dryRun: target.dryRun, changes, kept }, null, 2)}\n`);
    return 0;
  }
  for (const profile of kept)
    context.out(`${isBundled ? setupWords.bundled(profile) : setupWords.edited(profile)}\n`);
  for (const change of changes) context.out(`${setupWords.change(change, target.dryRun)}\n`);
  if (changes.length === 0) context.out(`${setupWords.nothing}\n`);
  if (options.remove === true) context.out(`${setupWords.kept}\n`);
  else if (profiles.length === 0 && !isBundled) context.err(`${setupWords.noProfiles}\n`);
  return 0;
}

function bring(
  names: readonly string[],
  target: Target,
): { readonly changes: readonly Change[]; readonly kept: readonly string[]; readonly isBundled: boolean } {
  // dist/cordon of the copy that runs: an upgrade is the new version's setup.
  const program = path.dirname(path.dirname(process.execPath));
  const isThere = (name: string) => fs.existsSync(path.join(target.root, PROFILES, name));
  const { files, kept, isBundled } = keepEdited(profileFiles(program, names, isThere), target.root);
  if (isBundled && names.length > 0) throw setupBundled();
  return { changes: setUp(wantedOnMachine(programFiles(program), files), target), kept, isBundled };
}

/** @throws CordonError INSTALLATION_UNSAFE when what would be written could be swapped by somebody else */
function targetOf({ root, dryRun = false }: SetupOptions): Target {
  const [uid, gid] = [process.getuid?.() ?? -1, process.getgid?.() ?? -1];
  // A folder that becomes an image or a package: whoever builds that decides about its owners.
  if (root !== undefined) {
    const folder = path.resolve(root);
    for (const place of OWN_PLACES) requireBelow(folder, path.join(folder, path.dirname(place)));
    return { root: folder, uid, gid, dryRun };
  }
  if (uid !== 0 && !dryRun) throw setupNeedsRoot();
  for (const place of OWN_PLACES) {
    const parent = path.dirname(place);
    if (fs.existsSync(parent)) requireRootOwned(parent);
  }
  return { root: '/', uid: 0, gid: 0, dryRun };
}
