// `cordon list`: every profile there is, what it pins, and whether that is installed. Broken ones are shown with their
// code, never left out. Quick: no tree is hashed.
import path from 'node:path';
import { readConfig } from '../config/configured.ts';
import { type Ceilings, ceilingFaults } from '../config/machine.ts';
import { type Digest, shortDigest } from '../digest.ts';
import { type ErrorCode } from '../errors.ts';
import { escapeText } from '../escape.ts';
import { packageState } from '../explain/package-state.ts';
import { configBroken, limitsRefused, narrowsNothing } from '../messages/config.ts';
import { toCordonError } from '../messages/render-error.ts';
import { platformUnsupported } from '../messages/sandbox.ts';
import { type Platform, platformOf } from '../platform.ts';
import type { Installation } from '../installation.ts';
import { namesOfNarrowings, narrowedProfile } from '../narrowing/load.ts';
import { listProfiles, type ProfileListing, type ProfileOrigin } from '../profile/load.ts';
import type { Profile } from '../profile/schema.ts';
import { packageOf, resolvePackage } from '../resolve/resolve.ts';
import { verifyManagedMachine } from '../verify/verify-program.ts';
import type { CommandContext } from './context.ts';
import { columns } from './layout.ts';

export type ListedState =
  | { readonly state: 'installed' | 'not-installed' | 'damaged' }
  | { readonly state: 'shadowed'; readonly by: ProfileOrigin }
  | {
      readonly state: 'invalid';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hints: readonly string[];
    };

export type ListedProfile = ListedState & {
  readonly name: string;
  readonly origin: ProfileOrigin;
  readonly folder: string;
  /** `name@version`; null when profile.json cannot be read. */
  readonly package: string | null;
  /** Tree digest for this platform; null without pins. */
  readonly digest: Digest | null;
  /** `unpinned` is weaker: whatever the server says reaches the client. Null when profile.json cannot be read. */
  readonly definitions: Profile['definitions'] | null;
  /** The file of the user that takes away from it. */
  readonly narrowedBy: string | null;
};

/** Resolves with 0: a broken profile is shown, and refused when it is run. */
export async function listCommand({ installation, json, out, err }: CommandContext): Promise<number> {
  const platform = platformOf(process.platform, process.arch);
  if (platform === undefined) throw platformUnsupported(`${process.platform}-${process.arch}`);
  // Otherwise everything would look as if it could start.
  verifyManagedMachine(installation, path.dirname(path.dirname(process.execPath)));
  const config = readConfig(installation);
  const ceilings = config.ok ? config.config.ceilings : {};
  const profiles = listProfiles(installation).map((listing) =>
    inspect(listing, installation, platform, ceilings),
  );
  if (json) {
    out(`${JSON.stringify({ platform, profiles }, null, 2)}\n`);
    return 0;
  }
  out(renderList(profiles));
  if (profiles.length === 0) {
    const places = installation.profileFolders.map((folder) => escapeText(folder.path));
    err(`there are no profiles in ${places.join(' or ')}\n`);
  }
  if (!config.ok) err(`${configBroken(config.error)}\n`);
  const names = new Set(profiles.map(({ name }) => name));
  const idle = namesOfNarrowings(installation).filter((name) => !names.has(name));
  if (idle.length > 0) err(`${narrowsNothing(idle)}\n`);
  for (const hint of hintsFor(profiles)) err(`hint: ${hint}\n`);
  return 0;
}

function inspect(
  listing: ProfileListing,
  installation: Installation,
  platform: Platform,
  ceilings: Ceilings,
): ListedProfile {
  const { name, origin, folder, status } = listing;
  const base = { name, origin, folder, package: null, digest: null, definitions: null, narrowedBy: null };
  if (status.kind === 'shadowed') return { ...base, state: 'shadowed', by: status.by };
  if (status.kind === 'failed') return { ...base, ...invalid(status.error) };
  const { profile } = status;
  const named = { ...base, package: packageOf(profile), definitions: profile.definitions };
  try {
    const { profile: left, narrowedBy = null } = narrowedProfile(profile, installation);
    const beyond = ceilingFaults(left.limits, ceilings);
    if (beyond.length > 0) throw limitsRefused(beyond);
    const { digest } = resolvePackage(profile, platform);
    return { ...named, digest, narrowedBy, state: packageState(installation, digest) };
  } catch (error) {
    return { ...named, ...invalid(error) };
  }
}

function invalid(thrown: unknown): Extract<ListedState, { state: 'invalid' }> {
  const { code, message, details, hints } = toCordonError(thrown);
  const [first] = details;
  return { state: 'invalid', code, message: first === undefined ? message : `${message}: ${first}`, hints };
}

/** Aligned columns, a newline at the end; empty for no profiles. */
export function renderList(profiles: readonly ListedProfile[]): string {
  if (profiles.length === 0) return '';
  const rows = profiles.map((profile) => [
    profile.name,
    profile.package ?? '-',
    profile.origin,
    profile.digest === null ? '-' : shortDigest(profile.digest),
    [
      describeState(profile),
      ...(profile.narrowedBy === null ? [] : ['narrowed by your own profile']),
      ...(profile.definitions === 'unpinned' ? ['weaker: definitions unpinned'] : []),
    ].join('; '),
  ]);
  return `${columns([['PROFILE', 'PACKAGE', 'ORIGIN', 'DIGEST', 'STATE'], ...rows]).join('\n')}\n`;
}

function describeState(profile: ListedProfile): string {
  switch (profile.state) {
    case 'installed':
      return 'installed';
    case 'not-installed':
      return 'not installed';
    case 'damaged':
      return 'damaged in the store';
    case 'shadowed':
      return `unused: the ${profile.by} profile of that name counts`;
    case 'invalid':
      return escapeText(`${profile.code}: ${profile.message}`);
  }
}

const MAX_NAMES = 20;

/** Commands that would help with what is shown, each once. */
function hintsFor(profiles: readonly ListedProfile[]): string[] {
  const missing = profiles.filter(({ state }) => state === 'not-installed' || state === 'damaged');
  // Without names it installs all that there are.
  const names = missing.length > MAX_NAMES ? [] : missing.map(({ name }) => name);
  const install = missing.length === 0 ? [] : [['cordon install', ...names].join(' ')];
  const mend = profiles.flatMap((profile) =>
    profile.state === 'invalid' ? profile.hints.filter((hint) => hint !== 'cordon list') : [],
  );
  return [...new Set([...install, ...mend])];
}
