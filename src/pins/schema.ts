// pins.json, written by `cordon pin`: what exactly the profile's package is.
import * as z from 'zod/mini';
import { isDigest, type Digest } from '../digest.ts';
import { PLATFORMS } from '../platform.ts';

const digest = z.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'must be "sha256:" and 64 lower-case hex digits',
);

export const pinsSchema = z.strictObject({
  schema: z.literal(1),
  /** `name@version`, equal to the profile's source: a profile edited after pinning does not start. */
  package: z.string(),
  /** Digest of the bytes of package-lock.json. */
  lockfile: digest,
  /** The server's entry point, a path inside the tree with forward slashes (SC-14: never taken from the installed package.json). */
  entry: z
    .string()
    .check(
      z.regex(
        /^node_modules\/(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\x21-\x7e]+$/,
        'must be a path below node_modules/ in printable ASCII without spaces',
      ),
    ),
  /** Digest of the tree manifest, per platform. */
  trees: z.strictObject(
    Object.fromEntries(PLATFORMS.map((platform) => [platform, digest])) as Record<
      (typeof PLATFORMS)[number],
      typeof digest
    >,
  ),
});

export type Pins = z.output<typeof pinsSchema>;
