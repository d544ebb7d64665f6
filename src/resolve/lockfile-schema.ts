// Shape of package-lock.json v3. Strict: a key that npm would act on and we would not read is a hole.
import * as z from 'zod';
import { EXACT_VERSION } from '../profile/schema.ts';

const INTEGRITY = /^sha512-[A-Za-z0-9+/]{86}==$/;

/** Dependency ranges by package name. Never followed to the registry, only to other entries of this file. */
const ranges = z.record(z.string(), z.string());
/** npm writes `"os": "linux"` as well as `"os": ["linux", "!win32"]`. */
const platformWords = z
  .union([z.string(), z.array(z.string())])
  .transform((words) => (typeof words === 'string' ? [words] : words));

/** A key whose presence alone is the fault. */
const refused = (why: string) => z.never(why).optional();

export const entrySchema = z.strictObject({
  name: z.string().optional(),
  version: z.string('must be there').regex(EXACT_VERSION, 'must be one exact version'),
  integrity: z
    .string()
    .regex(INTEGRITY, 'must be one sha512 digest, "sha512-" and 88 characters of base64')
    .optional(),
  optional: z.literal(true).optional(),
  peer: z.literal(true).optional(),
  inBundle: z.literal(true).optional(),
  os: platformWords.optional(),
  cpu: platformWords.optional(),
  libc: platformWords.optional(),
  dependencies: ranges.optional(),
  optionalDependencies: ranges.optional(),
  peerDependencies: ranges.optional(),
  peerDependenciesMeta: z.record(z.string(), z.looseObject({ optional: z.boolean().optional() })).optional(),
  bundleDependencies: z.union([z.boolean(), z.array(z.string())]).optional(),
  // Said by npm for people; nothing here is acted on. Install scripts are never run.
  acceptDependencies: z.unknown().optional(),
  bin: z.unknown().optional(),
  deprecated: z.unknown().optional(),
  devDependencies: z.unknown().optional(),
  engines: z.unknown().optional(),
  funding: z.unknown().optional(),
  hasInstallScript: z.unknown().optional(),
  hasShrinkwrap: z.unknown().optional(),
  license: z.unknown().optional(),
  workspaces: z.unknown().optional(),
  resolved: refused('must not be there: packages are named by integrity, not by place'),
  link: refused('links are not supported'),
  extraneous: refused('no package may be extraneous'),
  dev: refused('development packages do not belong here'),
  devOptional: refused('development packages do not belong here'),
});

/** The entry `""`: what `cordon pin` asked npm for. */
export const rootSchema = z.strictObject({
  name: z.string().optional(),
  version: z.string().optional(),
  license: z.unknown().optional(),
  dependencies: z.record(z.string(), z.string(), 'must name the package that the profile is for'),
  workspaces: refused('workspaces are not supported'),
});

export const lockfileSchema = z.strictObject({
  name: z.string().optional(),
  version: z.string().optional(),
  lockfileVersion: z.literal(3, 'must be 3'),
  requires: z.literal(true).optional(),
  packages: z
    .record(z.string(), z.unknown())
    .refine((packages) => Object.hasOwn(packages, ''), 'must hold the entry ""'),
});

export type LockfileEntry = z.output<typeof entrySchema>;
