// Whether the files of a bundle are a policy that a machine can live with: one with a fault in it would refuse every start until
// somebody comes. The same readers as those of a launch. Pure.
import { CordonError } from '../errors.ts';
import { parseConfig } from '../config/parse.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import { parsePins } from '../pins/parse.ts';
import { reviewedDefinitions } from '../pins/reviewed-definitions.ts';
import type { Pins } from '../pins/schema.ts';
import { parseProfile } from '../profile/parse.ts';
import { decodeUtf8 } from '../profile/read-file.ts';
import type { Profile, ProfileDocument } from '../profile/schema.ts';
import { parseLockfile } from '../resolve/lockfile.ts';
import { requireSource } from '../resolve/match-source.ts';
import { lockfileDigest, packageOf } from '../resolve/resolve.ts';
import type { ArchivedFile } from './archive.ts';
import { CONFIG, PROFILES, profileOf } from './policy-paths.ts';

export interface JudgedContents {
  /** `profiles/memory/profile.json: limits.memory: must be …`. */
  readonly faults: readonly string[];
  /** Profiles that will not start, because nobody approved them as they are. */
  readonly unapproved: readonly string[];
}

export function judgeContents(files: readonly ArchivedFile[]): JudgedContents {
  const faults: string[] = [];
  const unapproved: string[] = [];
  const contents = new Map(files.map(({ path, content }) => [path, content]));
  for (const [path, content] of contents)
    if (!isReadElsewhere(path)) faults.push(...jsonFaults(path, content));
  const config = contents.get(CONFIG);
  if (config !== undefined)
    faults.push(
      ...within(CONFIG, config, (text) => {
        const parsed = parseConfig(text);
        return parsed.ok ? [] : parsed.faults;
      }),
    );
  for (const name of new Set([...contents.keys()].flatMap((path) => profileOf(path) ?? []))) {
    const judged = judgeProfile(name, contents);
    faults.push(...judged.faults);
    if (!judged.isApproved) unapproved.push(name);
  }
  return { faults, unapproved };
}

function isReadElsewhere(path: string): boolean {
  return path === CONFIG || /\/(?:profile|pins|package-lock)\.json$/.test(path);
}

function jsonFaults(path: string, content: Buffer): string[] {
  return within(path, content, (text) => {
    const json = parseStrictJson(text);
    return json.ok ? [] : json.issues.map((issue) => `${issue.path}: ${issue.message}`);
  });
}

function judgeProfile(
  name: string,
  contents: ReadonlyMap<string, Buffer>,
): { readonly faults: readonly string[]; readonly isApproved: boolean } {
  const faults: string[] = [];
  const read = <T>(file: string, reader: (text: string) => Read<T>): T | undefined => {
    const path = `${PROFILES}/${name}/${file}`;
    let value: T | undefined;
    const found = within(path, contents.get(path) ?? Buffer.alloc(0), (text) => {
      const result = reader(text);
      if (!result.ok) return result.faults;
      value = result.value;
      return [];
    });
    faults.push(...found);
    return value;
  };
  const profile = read<ProfileDocument>('profile.json', (text) => {
    const parsed = parseProfile(text);
    return parsed.ok ? { ok: true, value: parsed.document } : parsed;
  });
  const pins = read<Pins>('pins.json', (text) => {
    const parsed = parsePins(text);
    return parsed.ok ? { ok: true, value: parsed.pins } : parsed;
  });
  read('package-lock.json', (text) => readLockfile(text, profile, pins));
  if (profile === undefined || pins === undefined) return { faults, isApproved: true };
  if (pins.package !== packageOf(profile))
    faults.push(
      `${PROFILES}/${name}/pins.json: package: is not the one of the profile, ${packageOf(profile)}`,
    );
  return { faults, isApproved: isApproved({ ...profile, name }, pins) };
}

type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly string[] };

function readLockfile(
  text: string,
  profile: Pick<Profile, 'source'> | undefined,
  pins: Pins | undefined,
): Read<undefined> {
  if (pins !== undefined && lockfileDigest(Buffer.from(text)) !== pins.lockfile)
    return { ok: false, faults: ['(file): is not the one that pins.json was made for'] };
  try {
    const lockfile = parseLockfile(text);
    if (profile !== undefined) requireSource(lockfile, profile.source);
    return { ok: true, value: undefined };
  } catch (error) {
    if (error instanceof CordonError) return { ok: false, faults: error.details };
    throw error;
  }
}

function isApproved(profile: ProfileDocument & { readonly name: string }, pins: Pins): boolean {
  try {
    reviewedDefinitions(profile, pins);
    return true;
  } catch (error) {
    if (error instanceof CordonError) return false;
    throw error;
  }
}

/** Each fault with its file in front. */
function within(path: string, content: Buffer, faultsOf: (text: string) => readonly string[]): string[] {
  const text = decodeUtf8(content);
  const faults = text === undefined ? ['(top level): is not UTF-8'] : faultsOf(text);
  return faults.map((fault) => `${path}: ${fault}`);
}
