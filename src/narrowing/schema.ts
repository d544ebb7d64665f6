// A profile of a user on a managed machine: it names the managed one of the same name, and says what of it is to be left. Every
// part is optional; one that is there takes the place of the managed one's, and may say less and nothing else (narrow.ts).
import { shapeLibrary } from '../json/shape-library.ts';
import { MAX_ENTRIES, MAX_PORTS, PROFILE_NAME, profileSchemas, SIZE } from '../profile/schema.ts';

function makeSchema() {
  const z = shapeLibrary();
  const { filesystemGrant } = profileSchemas();
  const yesOrNo = z.optional(z.boolean());
  const text = (max: number) => z.string().check(z.minLength(1), z.maxLength(max));
  const size = z.optional(
    z.string().check(z.regex(SIZE, 'must be a size such as "64KiB", "128MiB" or "1GiB"')),
  );
  const count = (min: number, max: number) => z.optional(z.int().check(z.minimum(min), z.maximum(max)));
  const port = z.int().check(z.minimum(1), z.maximum(65535));

  return z.strictObject({
    $schema: z.optional(z.string()),
    schema: z.literal(1),
    narrows: z
      .string()
      .check(
        z.regex(PROFILE_NAME, 'must be the name of a profile'),
        z.describe('The managed profile, which has the name of this folder.'),
      ),
    permissions: z.prefault(
      z.strictObject({
        filesystem: z.optional(
          z
            .array(filesystemGrant)
            .check(
              z.maxLength(MAX_ENTRIES),
              z.describe(
                'The only paths that are left, each within a granted one. What the managed profile protects inside them stays protected.',
              ),
            ),
        ),
        network: z.optional(
          z
            .array(
              z.strictObject({
                host: text(253),
                port: z.union([port, z.array(port).check(z.minLength(1), z.maxLength(MAX_PORTS))]),
                protocol: z.optional(z.enum(['tls', 'tcp'])),
                addresses: z.optional(z.array(text(49)).check(z.minLength(1), z.maxLength(64))),
              }),
            )
            .check(
              z.maxLength(MAX_ENTRIES),
              z.describe('The only hosts and ports that are left, each within one granted entry.'),
            ),
        ),
        mcp: z.prefault(
          z.strictObject({
            tools: z.optional(
              z.union([z.boolean(), z.array(text(128)).check(z.minLength(1), z.maxLength(1000))]),
            ),
            prompts: yesOrNo,
            resources: yesOrNo,
            sampling: yesOrNo,
            elicitation: yesOrNo,
            roots: yesOrNo,
            logging: yesOrNo,
            tasks: yesOrNo,
            extensions: z.optional(z.array(text(200)).check(z.maxLength(32))),
          }),
          {},
        ),
      }),
      {},
    ),
    limits: z.prefault(
      z.strictObject({
        memory: size,
        processes: count(1, 4096),
        files: count(16, 65536),
        fileSize: size,
        tmp: size,
        messageBytes: size,
      }),
      {},
    ),
  });
}

/** Made only where something is wrong with a file: a launch is answered by its JSON Schema (json/accept.ts). */
export function narrowingSchema() {
  return makeSchema();
}

export type Narrowing = import('zod/mini').output<ReturnType<typeof makeSchema>>;
