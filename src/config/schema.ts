// config.json, the interface that administrators write: what holds for every profile on this machine. Strict, as profiles
// are. What one key alone cannot show is checked in parse.ts.
import { shapeLibrary } from '../json/shape-library.ts';
import { machineSchemas } from './machine-schema.ts';
import { secretsSchema } from './secrets-schema.ts';

// oxlint-disable-next-line no-control-regex
const NO_CONTROL = /^[^\u0000-\u001f\u007f-\u009f]*$/;

/** Made only where something is wrong with a file: a launch is answered by its JSON Schema (json/accept.ts). */
export function configSchema() {
  const z = shapeLibrary();
  const text = (max: number) =>
    z
      .string()
      .check(z.minLength(1), z.maxLength(max), z.regex(NO_CONTROL, 'must not contain control characters'));
  const file = text(1024).check(z.regex(/^\//, 'must be an absolute path'));

  const proxy = z.strictObject({
    url: text(300).check(z.describe('The HTTP proxy of the company, "http://proxy.corp.example:3128".')),
    credentialsFile: z.optional(
      file.check(z.describe('A file with one line, "user:password", for Basic authentication.')),
    ),
  });

  const { profiles, runtimes, audit, limits, runAsRoot } = machineSchemas();
  return z.strictObject({
    $schema: z.optional(z.string()),
    // An empty object is all that a managed machine needs.
    schema: z.optional(z.literal(1)),
    profiles,
    runtimes,
    macos: z
      ._default(z.enum(['refused', 'untried']), 'refused')
      .check(
        z.describe(
          'Whether servers start on macOS, where the sandbox has not been run by its authors. "untried" says that you know.',
        ),
      ),
    egress: z.prefault(
      z.strictObject({
        mode: z
          ._default(z.enum(['auto', 'transparent', 'proxy']), 'auto')
          .check(
            z.describe(
              'How servers reach the hosts that their profiles grant. "auto" is "transparent" where the machine allows it.',
            ),
          ),
        proxy: z.optional(proxy),
        hosts: z
          ._default(z.record(z.string(), z.array(text(45)).check(z.minLength(1), z.maxLength(16))), {})
          .check(z.describe('Names with fixed addresses, which are then never looked up.')),
        caFile: z.optional(
          file.check(z.describe('Certificates in PEM that servers trust beside those of the system.')),
        ),
      }),
      {},
    ),
    secrets: secretsSchema(),
    limits,
    audit,
    runAsRoot,
  });
}
