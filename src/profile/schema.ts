// profile.json, the interface that people write. Strict: an unknown key is an error, because a typo that is ignored
// is a sandbox wider or narrower than its author believes. What one key alone cannot show (templates, duplicate
// grants, broad paths) is checked in parse.ts and expand.ts.
import * as z from 'zod';

export const PROFILE_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** npm's rules for new package names, ASCII only (SC-19: no homoglyphs). */
export const PACKAGE_NAME = /^(?:@[a-z0-9][a-z0-9._-]{0,100}\/)?[a-z0-9][a-z0-9._-]{0,200}$/;
/** Exact versions only: a range or a tag is not a pin. */
export const EXACT_VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
export const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    // oxlint-disable-next-line no-control-regex
    .refine((value) => !/[\u0000-\u001f\u007f-\u009f]/.test(value), 'must not contain control characters');

const why = text(500).describe('Why the server needs it. Shown to the reviewer.');

/** `512KiB`, `1GiB`: a whole number of binary units, so that nobody has to guess between MB and MiB. */
export const SIZE = /^([1-9]\d{0,9})(KiB|MiB|GiB)$/;
const size = z.string().regex(SIZE, 'must be a size such as "64KiB", "128MiB" or "1GiB"');

const source = z.strictObject({
  type: z.literal('npm'),
  package: z.string().regex(PACKAGE_NAME, 'must be the exact ASCII name of an npm package'),
  version: z.string().regex(EXACT_VERSION, 'must be one exact version, not a range or a tag'),
  bin: z
    .string()
    .regex(/^[A-Za-z0-9._@/-]{1,214}$/)
    .optional()
    .describe(
      'Which of the package\'s own "bin" entries starts the server; may be left out when it has one.',
    ),
});

const secret = z.strictObject({ required: z.boolean().default(true), why });

const filesystemGrant = z.strictObject({
  path: text(1024).describe('Absolute, or starting with ${workspace}, ${home} or ${state}.'),
  access: z.enum(['read', 'write']),
  optional: z
    .boolean()
    .optional()
    .describe(
      'Start even when the path does not exist. A path protected inside a writable grant is then watched and reported.',
    ),
  why: why.optional(),
});

const networkGrant = z.strictObject({
  host: text(253),
  port: z.union([z.int().min(1).max(65535), z.array(z.int().min(1).max(65535)).min(1).max(16)]),
  why: why.optional(),
});

const mcp = z.strictObject({
  tools: z.union([z.boolean(), z.array(text(128)).min(1).max(1000)]).default(true),
  prompts: z.boolean().default(false),
  resources: z.boolean().default(false),
  sampling: z.boolean().default(false),
  elicitation: z.boolean().default(false),
  roots: z.boolean().default(false),
});

const limits = z.strictObject({
  memory: size
    .default('1GiB')
    .describe('Data of one process (RLIMIT_DATA), and of all together where cgroups can be had.'),
  processes: z.int().min(1).max(4096).default(64).describe('Processes and threads together.'),
  files: z.int().min(16).max(65536).default(1024).describe('Open files of one process.'),
  fileSize: size.default('256MiB').describe('Largest file that may be written.'),
  tmp: size.default('128MiB').describe('Size of /tmp, and of the private home folder.'),
  messageBytes: size.default('8MiB').describe('Largest JSON-RPC message from the server.'),
});

const expectation = z.union([
  z.strictObject({ read: text(1024) }),
  z.strictObject({ write: text(1024) }),
  z.strictObject({ connect: text(300) }),
]);

export const profileSchema = z.strictObject({
  $schema: z.string().optional(),
  schema: z.literal(1),
  description: text(300),
  source,
  args: z.array(z.string().max(4096)).max(64).default([]),
  env: z
    .record(z.string().regex(ENVIRONMENT_NAME, 'must be a variable name'), z.string().max(32768))
    .default({}),
  secrets: z.record(z.string().regex(ENVIRONMENT_NAME, 'must be a variable name'), secret).default({}),
  permissions: z
    .strictObject({
      filesystem: z.array(filesystemGrant).max(256).default([]),
      network: z.array(networkGrant).max(256).default([]),
      mcp: mcp.prefault({}),
    })
    .prefault({}),
  limits: limits.prefault({}),
  expects: z
    .strictObject({ deny: z.array(expectation).default([]), allow: z.array(expectation).default([]) })
    .prefault({}),
});

/** A profile as parsed: defaults filled in, templates such as `${workspace}` not yet expanded. */
export type ProfileDocument = z.output<typeof profileSchema>;
export type FilesystemGrant = ProfileDocument['permissions']['filesystem'][number];
export type Limits = ProfileDocument['limits'];

export interface Profile extends ProfileDocument {
  /** The folder's name; never taken from the file. */
  readonly name: string;
  /** Absolute path of the folder that holds profile.json, package-lock.json and pins.json. */
  readonly folder: string;
  /** Where it came from: shipped with Cordon, the user's own, or the administrator's. */
  readonly origin: 'shipped' | 'user' | 'managed';
}
