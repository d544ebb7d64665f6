// pins.json: what exactly the profile's package is (written by `cordon pin`), what the server says of itself, word for word,
// and who approved it (written by `cordon approve`).
import type { output } from 'zod/mini';
import { isDigest, type Digest } from '../digest.ts';
import { shapeLibrary } from '../json/shape-library.ts';
import { PLATFORMS } from '../platform.ts';
import type { Approval } from './approval.ts';
import type { Definitions } from './definitions.ts';

/** What holds of a definition is checked by parse.ts, with the reader that also judges the lists of a running server. */
function definitionsSchema() {
  const z = shapeLibrary();
  const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits'));
  const object = z.record(z.string(), z.unknown());
  const pinned = { sha256, definition: object };
  const named = z.array(z.strictObject({ name: z.string(), ...pinned }));
  return z.strictObject({
    context: z.strictObject({
      generation: z.enum(['legacy', 'modern']),
      protocolVersion: z.string(),
      clientCapabilities: object,
      secrets: z.optional(z.literal('optional')),
    }),
    serverInfo: object,
    capabilities: object,
    instructions: z.nullable(z.strictObject({ sha256, text: z.string() })),
    tools: named,
    prompts: named,
    resources: z.array(z.strictObject({ uri: z.string(), ...pinned })),
    templates: z.array(z.strictObject({ uriTemplate: z.string(), ...pinned })),
  });
}

/** Without the definitions, which have many parts and are looked at in a quicker way first (pinned-shape.ts). */
export function packagePinsSchema() {
  const z = shapeLibrary();
  const digest = z.custom<Digest>(
    (value) => typeof value === 'string' && isDigest(value),
    'must be "sha256:" and 64 lower-case hex digits',
  );

  const approval = z.strictObject({
    digest,
    by: z.string().check(z.minLength(1), z.maxLength(300)),
    at: z
      .string()
      .check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'must be a time such as "2026-01-31T12:00:00Z"')),
    cordon: z.string().check(z.minLength(1), z.maxLength(100)),
  });

  return z.strictObject({
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
    approval: z.optional(approval),
  });
}

/** The whole file. Built only where something is wrong with one, and for its JSON Schema. */
export function pinsSchema() {
  const z = shapeLibrary();
  return z.strictObject({
    ...packagePinsSchema().shape,
    /** One entry for each context in which a server was asked. */
    definitions: z.optional(z.array(definitionsSchema()).check(z.maxLength(MAX_CONTEXTS))),
  });
}

export const MAX_CONTEXTS = 16;

export type PinnedDefinitions = output<ReturnType<typeof definitionsSchema>>;

/** What the package is. */
export type PackagePins = Omit<output<ReturnType<typeof packagePinsSchema>>, 'approval'>;

export interface Pins extends PackagePins {
  /** Each equal to its hash. Empty before the first approval. */
  readonly definitions: readonly Definitions[];
  /** It says what was approved and not that this is it: compare `approvalDigest`. */
  readonly approval: Approval | undefined;
}
