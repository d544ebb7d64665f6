// approved.json: what of profile and package an approval was given for, so that the next review can say what is new. Never read
// at a launch, and it approves nothing: pins.json does, by its digest, which this file must give again. The packages must be those
// of the approved lockfile, or a changed list of them would hide what is new. What scripts and native files they had is as the
// file says: the review finds those that are there now in any case.
import path from 'node:path';
import * as z from 'zod/mini';
import { type Digest, digestFromHex, isDigest } from '../digest.ts';
import { CordonError } from '../errors.ts';
import { checkShape } from '../json/check-shape.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import { approvalDigest } from '../pins/approval.ts';
import type { Pins } from '../pins/schema.ts';
import { decodeUtf8, readSmallFile } from '../profile/read-file.ts';
import { type Profile, type ProfileDocument, profileSchemas } from '../profile/schema.ts';
import { PLATFORMS, type Platform } from '../platform.ts';
import { packagesFor, parseLockfile } from '../resolve/lockfile.ts';
import { sha256Hex } from '../sha256.ts';
import { identitiesOf } from './collect-package.ts';
import type { ApprovedState, PackageFact, PackageFacts, ReviewedProfile } from './material.ts';

export const APPROVED_FILE = 'approved.json';
const MAX_BYTES = 16 * 1024 * 1024;

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'must be a digest');
const text = z.string();
const approvedSchema = z.strictObject({
  schema: z.literal(1),
  entry: text,
  trees: z.strictObject(
    Object.fromEntries(PLATFORMS.map((platform) => [platform, digest])) as Record<Platform, typeof digest>,
  ),
  profile: z.strictObject({ name: text, ...profileSchemas().profile.shape }),
  package: z.strictObject({
    name: text,
    version: text,
    tree: digest,
    lockfile: digest,
    files: z.int(),
    bytes: z.int(),
    packages: z.array(
      z.strictObject({
        name: text,
        version: text,
        integrity: text,
        installScripts: z.array(text),
        native: z.array(text),
        license: z.nullable(text),
      }),
    ),
    entry: text,
    runtime: text,
  }),
  /** package-lock.json as it was. */
  lockfile: z.record(text, z.unknown()),
});

export function approvedText(
  pins: Pick<Pins, 'entry' | 'trees'>,
  profile: ReviewedProfile,
  facts: PackageFacts,
  lockfile: string,
): string {
  const { entry, trees } = pins;
  const document = {
    schema: 1,
    entry,
    trees,
    profile: { schema: 1, ...profile },
    package: facts,
    lockfile: JSON.parse(lockfile) as object,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** What of a profile a reviewer sees. */
export function reviewedProfile(profile: Profile): ReviewedProfile {
  const { name, description, source, args, env, secrets, permissions, limits, definitions } = profile;
  return { name, description, source, args, env, secrets, permissions, limits, definitions };
}

/** undefined when nothing was approved yet. */
export function approvedState(folder: string, pins: Pins): ApprovedState | undefined {
  const { definitions, approval } = pins;
  if (approval === undefined) return undefined;
  const kept = readKept(path.join(folder, APPROVED_FILE));
  const isSame =
    kept !== undefined &&
    approvalDigest({
      pins: {
        package: `${kept.profile.source.package}@${kept.profile.source.version}`,
        lockfile: kept.package.lockfile,
        entry: kept.entry,
        trees: kept.trees,
      },
      profile: kept.profile,
      definitions,
    }) === approval.digest &&
    areLocked(kept.package, `${JSON.stringify(kept.lockfile, undefined, 2)}\n`);
  return {
    definitions,
    approval,
    profile: isSame ? reviewedProfile(kept.profile as ProfileDocument as Profile) : undefined,
    package: isSame ? kept.package : undefined,
  };
}

/** Whether these are the packages of that lockfile, for one platform or another, and it is the one that was approved. */
function areLocked(facts: PackageFacts, lockfile: string): boolean {
  if (facts.lockfile !== digestFromHex(sha256Hex(lockfile))) return false;
  const identities = (packages: ReadonlyArray<Pick<PackageFact, 'name' | 'version' | 'integrity'>>) =>
    JSON.stringify(packages.map(({ name, version, integrity }) => [name, version, integrity]));
  const kept = identities(facts.packages);
  try {
    const parsed = parseLockfile(lockfile);
    return PLATFORMS.some((platform) => kept === identities(identitiesOf(packagesFor(parsed, platform))));
  } catch (error) {
    // It is for other platforms alone, or none that this version reads.
    if (error instanceof CordonError) return false;
    throw error;
  }
}

/** Missing, broken or of another approval: then it says nothing. */
function readKept(file: string): z.output<typeof approvedSchema> | undefined {
  const read = readSmallFile(file, MAX_BYTES);
  const json = read.kind === 'ok' ? parseStrictJson(decodeUtf8(read.bytes) ?? '') : undefined;
  const shape = json?.ok === true ? checkShape(approvedSchema, json.value) : undefined;
  return shape?.ok === true ? shape.value : undefined;
}
