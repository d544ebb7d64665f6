// What config.json says of the machine as a whole: whose profiles count, on what servers run, how much of it they get, and where
// it is written down. What one key alone cannot show is checked in machine.ts.
import { shapeLibrary } from '../json/shape-library.ts';
import { SIZE } from '../profile/schema.ts';

// oxlint-disable-next-line no-control-regex
const NO_CONTROL = /^[^\u0000-\u001f\u007f-\u009f]*$/;

/** Made only where something is wrong with a file: a launch is answered by its JSON Schema (json/accept.ts). */
export function machineSchemas() {
  const z = shapeLibrary();
  const text = (max: number) =>
    z
      .string()
      .check(z.minLength(1), z.maxLength(max), z.regex(NO_CONTROL, 'must not contain control characters'));
  const size = z.string().check(z.regex(SIZE, 'must be a size such as "64KiB", "128MiB" or "1GiB"'));
  const count = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max));

  const profiles = z.strictObject({
    folders: z.optional(
      z
        .array(text(1024))
        .check(
          z.minLength(1),
          z.maxLength(16),
          z.describe(
            'Folders of profiles, in the place of /etc/cordon/profiles. The first that has a name wins. Only where policy is managed.',
          ),
        ),
    ),
    users: z
      ._default(z.enum(['refused', 'narrow']), 'refused')
      .check(
        z.describe(
          'Whether people may have profiles of their own: not at all, or such that take away from a managed one. Only where policy is managed.',
        ),
      ),
  });

  const runtime = z.strictObject({
    name: z.literal('node'),
    version: z.optional(
      z
        .string()
        .check(
          z.regex(/^\d{1,5}(?:\.\d{1,5}){0,2}$/, 'must be a version such as "22", "22.11" or "22.11.0"'),
          z.describe('All its parts, or the first ones.'),
        ),
    ),
    sha256: z.optional(
      z
        .string()
        .check(z.regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'), z.describe('Of the program’s file.')),
    ),
  });

  const limits = z.strictObject({
    memory: z.optional(size),
    processes: z.optional(count(1, 4096)),
    files: z.optional(count(16, 65536)),
    fileSize: z.optional(size),
    tmp: z.optional(size),
    messageBytes: z.optional(size),
  });

  return {
    profiles: z.prefault(profiles, {}),
    runtimes: z.optional(
      z
        .array(runtime)
        .check(
          z.minLength(1),
          z.maxLength(64),
          z.describe(
            'The only runtimes that servers may run on. Any that "cordon install" recorded when left out.',
          ),
        ),
    ),
    audit: z.prefault(
      z.strictObject({
        file: z.optional(
          text(1024).check(
            z.describe(
              'The audit log, a path that begins with ${home}/ or has ${uid} in it, and ends with .jsonl. ${home}/.local/state/cordon/audit.jsonl when left out.',
            ),
          ),
        ),
      }),
      {},
    ),
    limits: z.prefault(
      limits.check(
        z.describe('The most that "limits" of a profile may say. A profile that says more is refused.'),
      ),
      {},
    ),
    runAsRoot: z
      ._default(z.enum(['allowed', 'refused']), 'allowed')
      .check(z.describe('Whether root may start servers. The sandbox is weaker then.')),
  };
}
