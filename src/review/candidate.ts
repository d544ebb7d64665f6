// A package that no profile is for yet, or another version of one: pinned in the quarantine as `cordon pin` would do it.
import fs from 'node:fs';
import path from 'node:path';
import { profileInvalid } from '../messages/profile.ts';
import { npmSpecInvalid } from '../messages/review.ts';
import { packageUnavailable } from '../messages/store.ts';
import { parseProfile } from '../profile/parse.ts';
import type { Profile, ProfileDocument } from '../profile/schema.ts';
import { type ResolvedServer, resolveServer } from '../resolve/resolve.ts';
import { SAFE_OPTIONS } from '../store/npm-options.ts';
import { withRetries } from '../store/retry.ts';
import { type OnPlaced } from '../store/place-packages.ts';
import { pinProfile } from '../store/pin.ts';
import type { Quarantine } from './quarantine.ts';

const NPM_SPEC = /^npm:((?:@[^/@#]+\/)?[^/@#]+)@([^#]+)(?:#(.+))?$/;

/**
 * `npm:<package>@<version>`, and `#<command>` behind it when the package has several.
 * @throws CordonError USAGE_INVALID; PROFILE_INVALID for a name or version that no profile could have
 */
export function profileForSpec(spec: string): Profile {
  const [, name, version, bin] = NPM_SPEC.exec(spec) ?? [];
  if (name === undefined || version === undefined) throw npmSpecInvalid();
  const parsed = parseProfile(
    JSON.stringify({
      schema: 1,
      description: 'A package that no profile is for yet.',
      source: { type: 'npm', package: name, version, ...(bin === undefined ? {} : { bin }) },
    }),
  );
  if (!parsed.ok) throw profileInvalid(parsed.faults);
  return inNoFolder(parsed.document, nameFrom(name));
}

/** The same profile for another version of its package. */
export function withVersion(profile: Profile, version: string): Profile {
  const { name, folder: _, origin: __, ...document } = profile;
  const parsed = parseProfile(JSON.stringify({ ...document, source: { ...profile.source, version } }));
  if (!parsed.ok) throw profileInvalid(parsed.faults);
  return inNoFolder(parsed.document, name);
}

function inNoFolder(document: ProfileDocument, name: string): Profile {
  return { ...document, name, folder: '', origin: 'user' };
}

function nameFrom(packageName: string): string {
  const plain = packageName.replace(/^@[^/]+\//, '').replaceAll(/[^a-z0-9-]/g, '-');
  return plain.replace(/^-+/, '').slice(0, 64) || 'package';
}

/** Pins of it, made in the quarantine. */
export async function pinCandidate(
  profile: Profile,
  quarantine: Quarantine,
  onPlaced: OnPlaced,
): Promise<ResolvedServer> {
  const folder = quarantine.folder('candidate');
  const candidate: Profile = { ...profile, folder };
  const { name: _, folder: __, origin: ___, ...document } = candidate;
  fs.writeFileSync(path.join(folder, 'profile.json'), JSON.stringify(document));
  await pinProfile(candidate, await quarantine.npm(), quarantine.folder('pin'), onPlaced);
  return resolveServer(candidate);
}

/** What the registry calls the latest. */
export async function latestVersion({ source }: Profile, quarantine: Quarantine): Promise<string> {
  const { default: pacote } = await import('pacote');
  try {
    const npm = await quarantine.npm();
    const asked = { ...npm, ...SAFE_OPTIONS };
    return (await withRetries(npm, () => pacote.manifest(source.package, asked))).version;
  } catch (error) {
    throw packageUnavailable(source.package, error);
  }
}
