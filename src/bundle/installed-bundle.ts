// What a machine remembers of the bundle that it took: the number below which it goes never again. It lies beside the policy,
// where only root can write.
import * as z from 'zod/mini';
import { type Digest, isDigest } from '../digest.ts';
import { checkShape } from '../json/check-shape.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import { bundleOutdated } from '../messages/bundle.ts';
import { PROFILE_NAME } from '../profile/schema.ts';
import { type BundleIndex, secondsOf } from './index-file.ts';

export const INSTALLED = 'bundle.json';

const installedSchema = z.strictObject({
  schema: z.literal(1),
  name: z.string().check(z.regex(PROFILE_NAME, 'must be a name of a-z, 0-9 and "-"')),
  version: z.int().check(z.minimum(1)),
  index: z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'must be a digest'),
  expires: z
    .string()
    .check(z.refine<string>((text) => secondsOf(text) !== undefined, 'must be a time in UTC')),
});

export type InstalledBundle = z.output<typeof installedSchema>;

export type ReadInstalled =
  | { readonly ok: true; readonly installed: InstalledBundle }
  | { readonly ok: false; readonly faults: readonly string[] };

export function parseInstalled(text: string): ReadInstalled {
  const json = parseStrictJson(text);
  if (!json.ok) return { ok: false, faults: json.issues.map((issue) => `${issue.path}: ${issue.message}`) };
  const shape = checkShape(installedSchema, json.value);
  return shape.ok ? { ok: true, installed: shape.value } : { ok: false, faults: shape.lines };
}

export function installedText({ name, version, expires }: BundleIndex, index: Digest): string {
  return `${JSON.stringify({ schema: 1, name, version, index, expires } satisfies InstalledBundle, undefined, 2)}\n`;
}

/** Two machines whose clocks are set over the network differ by less. */
const CLOCKS_DIFFER_SECONDS = 300;

/**
 * Whether the bundle may take the place of what is there. What was revoked comes back by no old bundle, and one that nobody
 * renews stops being taken.
 * @param now milliseconds since 1970
 * @throws CordonError BUNDLE_OUTDATED
 */
export function requireNewer(
  { index, digest }: { readonly index: BundleIndex; readonly digest: Digest },
  installed: InstalledBundle | undefined,
  now: number,
): void {
  requireInTime(index, now);
  if (installed === undefined) return;
  if (installed.name !== index.name) throw bundleOutdated.otherName(index.name, installed.name);
  if (index.version < installed.version) throw bundleOutdated.older(index.version, installed.version);
  if (index.version === installed.version && digest !== installed.index)
    throw bundleOutdated.sameVersion(index.version);
}

/** @throws CordonError BUNDLE_OUTDATED */
export function requireInTime({ created, expires }: BundleIndex, now: number): void {
  const seconds = now / 1000;
  if ((secondsOf(created) ?? Infinity) > seconds + CLOCKS_DIFFER_SECONDS)
    throw bundleOutdated.notYet(created);
  if ((secondsOf(expires) ?? 0) <= seconds) throw bundleOutdated.expired(expires);
}
