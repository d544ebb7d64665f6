// Where secrets come from, as config.json says it. What one key alone cannot show is checked in secrets.ts.
import { shapeLibrary } from '../json/shape-library.ts';
import { PROFILE_NAME } from '../profile/schema.ts';

// oxlint-disable-next-line no-control-regex
const NO_CONTROL = /^[^\u0000-\u001f\u007f-\u009f]*$/;

/** Made only where something is wrong with a file: a launch is answered by its JSON Schema (json/accept.ts). */
export function secretsSchema() {
  const z = shapeLibrary();
  const text = (max: number) =>
    z.string().check(z.maxLength(max), z.regex(NO_CONTROL, 'must not contain control characters'));
  const variable = z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be a variable name'));
  const source = z.union([
    z.strictObject({
      keyring: z
        .literal(true)
        .check(z.describe('What "cordon secret set" puts into the keyring of the user.')),
    }),
    z.strictObject({
      command: z
        .array(text(4096))
        .check(
          z.minLength(1),
          z.maxLength(64),
          z.describe('A program by its absolute path, and its arguments. It prints the secret, one line.'),
        ),
      env: z.optional(
        z
          .record(variable, text(4096))
          .check(z.describe('Variables for it, beside HOME, USER, PATH and where the session bus is.')),
      ),
      timeoutSeconds: z.optional(z.int().check(z.minimum(1), z.maximum(120))),
    }),
    z.strictObject({
      file: text(1024).check(
        z.describe(
          'Holds the secret, one line. Absolute, or beginning with ${home}/. Nobody else may read it.',
        ),
      ),
    }),
    z.strictObject({
      environment: variable.check(
        z.describe('A variable of the program that starts cordon, as it was when that program was started.'),
      ),
    }),
  ]);
  const profile = z.string().check(z.regex(PROFILE_NAME, 'must be the name of a profile'));
  return z
    ._default(
      z.record(profile, z.record(variable, z.array(source).check(z.minLength(1), z.maxLength(8)))),
      {},
    )
    .check(
      z.describe(
        'Per profile and secret: where it comes from, the first that has it. The keyring when left out.',
      ),
    );
}
