// profile.json, the interface that people write. Strict: an unknown key is an error, because a typo that is ignored
// is a sandbox wider or narrower than its author believes. What one key alone cannot show (templates, duplicate
// grants, broad paths) is checked in parse.ts and expand.ts.
import { shapeLibrary } from '../json/shape-library.ts';

export const PROFILE_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** npm's rules for new package names, ASCII only (SC-19: no homoglyphs). */
const PACKAGE_NAME = /^(?:@[a-z0-9][a-z0-9._-]{0,100}\/)?[a-z0-9][a-z0-9._-]{0,200}$/;
/** Exact versions only: a range or a tag is not a pin. */
export const EXACT_VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

// oxlint-disable-next-line no-control-regex
const NO_CONTROL = /^[^\u0000-\u001f\u007f-\u009f]*$/;

/** `512KiB`, `1GiB`: a whole number of binary units, so that nobody has to guess between MB and MiB. */
export const SIZE = /^([1-9]\d{0,9})(KiB|MiB|GiB)$/;

/** Each is a listening socket of its own while the server runs. */
export const MAX_PORTS = 64;

/** Of grants and of expectations, each: they are compared with one another. */
export const MAX_ENTRIES = 256;

/** The whole file, and the parts of it that can be judged one by one. */
function makeSchemas() {
  const z = shapeLibrary();
  const plainText = z.regex(NO_CONTROL, 'must not contain control characters');
  const notEmpty = z.minLength(1);
  const text = (max: number) => z.string().check(notEmpty, z.maxLength(max), plainText);

  const reason = text(500).check(z.describe('Why the server needs it. Shown to the reviewer.'));
  const why = z.optional(reason);
  const pathText = text(1024);

  const size = z.string().check(z.regex(SIZE, 'must be a size such as "64KiB", "128MiB" or "1GiB"'));

  const count = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max));
  const yes = z._default(z.boolean(), true);
  const no = z._default(z.boolean(), false);

  const source = z.strictObject({
    type: z.literal('npm'),
    package: z.string().check(z.regex(PACKAGE_NAME, 'must be the exact ASCII name of an npm package')),
    version: z.string().check(z.regex(EXACT_VERSION, 'must be one exact version, not a range or a tag')),
    bin: z.optional(
      z
        .string()
        .check(
          z.regex(/^[A-Za-z0-9._@/-]{1,214}$/),
          z.describe(
            'Which of the package\'s own "bin" entries starts the server; may be left out when it has one.',
          ),
        ),
    ),
  });

  const variableName = z.string().check(z.regex(ENVIRONMENT_NAME, 'must be a variable name'));

  const secret = z.strictObject({
    required: yes,
    // Optional and without a default: approvals are bound to what a profile says.
    deliver: z.optional(
      z
        .enum(['environment', 'file', 'argument'])
        .check(
          z.describe(
            '"environment" when left out: a variable of that name. "file": /run/secrets/NAME. "argument": in place of ${secret:NAME} at the end of an argument, which every user of the machine can read.',
          ),
        ),
    ),
    why: reason,
  });

  const filesystemGrant = z.strictObject({
    path: pathText.check(z.describe('Absolute, or starting with ${workspace}, ${home} or ${state}.')),
    access: z.enum(['read', 'write']),
    optional: z.optional(
      z
        .boolean()
        .check(
          z.describe(
            'Start even when the path does not exist. A path protected inside a writable grant is then watched and reported.',
          ),
        ),
    ),
    why,
  });

  const port = count(1, 65535);

  const networkGrant = z.strictObject({
    host: text(253).check(
      z.describe(
        'A name; "*.example.com" for all that is below example.com; "localhost" for the loopback of this machine; or an address that "addresses" contains.',
      ),
    ),
    port: z.union([port, z.array(port).check(notEmpty, z.maxLength(MAX_PORTS))]),
    protocol: z
      ._default(z.enum(['tls', 'tcp']), 'tls')
      .check(z.describe('"tls": the name in the TLS handshake must be the host. "tcp": any bytes.')),
    addresses: z.optional(
      z
        .array(text(49))
        .check(
          notEmpty,
          z.maxLength(64),
          z.describe(
            'The only addresses that may be dialled for the host, as "10.1.2.3" or "10.1.0.0/16". Needed where they are not public ones.',
          ),
        ),
    ),
    why,
  });

  /** `prefix/name`, as capabilities.extensions has it. */
  const extension = z
    .string()
    .check(
      z.maxLength(200),
      z.regex(
        /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\/[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/,
        'must be an identifier such as "io.modelcontextprotocol/ui"',
      ),
    );

  const mcp = z.strictObject({
    tools: z._default(z.union([z.boolean(), z.array(text(128)).check(notEmpty, z.maxLength(1000))]), true),
    prompts: no,
    resources: no,
    sampling: no,
    elicitation: no,
    roots: no,
    logging: no,
    tasks: z
      ._default(z.boolean(), false)
      .check(z.describe('Tasks of version 2025-11-25, and the extension of the next.')),
    extensions: z
      ._default(z.array(extension).check(z.maxLength(32)), [])
      .check(
        z.describe('Extensions of the protocol by their identifier, such as "io.modelcontextprotocol/ui".'),
      ),
  });

  const limits = z.strictObject({
    memory: z
      ._default(size, '1GiB')
      .check(z.describe('Data of one process (RLIMIT_DATA), and of all together where cgroups can be had.')),
    processes: z._default(count(1, 4096), 64).check(z.describe('Processes and threads together.')),
    files: z._default(count(16, 65536), 1024).check(z.describe('Open files of one process.')),
    fileSize: z._default(size, '256MiB').check(z.describe('Largest file that may be written.')),
    tmp: z._default(size, '128MiB').check(z.describe('Size of /tmp, and of the private home folder.')),
    messageBytes: z._default(size, '8MiB').check(z.describe('Largest JSON-RPC message from the server.')),
  });

  const expectation = z.union([
    z.strictObject({ read: pathText }),
    z.strictObject({ write: pathText }),
    z.strictObject({ connect: text(300) }),
  ]);

  const entryCount = z.maxLength(MAX_ENTRIES);
  const expectations = z._default(z.array(expectation).check(entryCount), []);

  const profile = z.strictObject({
    $schema: z.optional(z.string()),
    schema: z.literal(1),
    description: text(300),
    source,
    args: z._default(z.array(z.string().check(z.maxLength(4096))).check(z.maxLength(64)), []),
    env: z._default(z.record(variableName, z.string().check(z.maxLength(32768))), {}),
    secrets: z._default(z.record(variableName, secret), {}),
    permissions: z.prefault(
      z.strictObject({
        filesystem: z._default(z.array(filesystemGrant).check(entryCount), []),
        network: z._default(z.array(networkGrant).check(entryCount), []),
        mcp: z.prefault(mcp, {}),
      }),
      {},
    ),
    limits: z.prefault(limits, {}),
    definitions: z
      ._default(z.enum(['pinned', 'unpinned']), 'pinned')
      .check(
        z.describe(
          '"pinned": the client sees only the definitions that were reviewed and approved. "unpinned": whatever the server says today, which is weaker.',
        ),
      ),
    expects: z.prefault(
      z.strictObject({
        deny: expectations,
        allow: expectations,
      }),
      {},
    ),
  });

  return { profile, filesystemGrant, networkGrant, expectation };
}

let made: ReturnType<typeof makeSchemas> | undefined;

/** Made only where something is wrong with a profile: a launch is answered by its JSON Schema (json/accept.ts). */
export function profileSchemas() {
  return (made ??= makeSchemas());
}

/** A profile as parsed: defaults filled in, templates such as `${workspace}` not yet expanded. */
export type ProfileDocument = import('zod/mini').output<ReturnType<typeof makeSchemas>['profile']>;
export type FilesystemGrant = ProfileDocument['permissions']['filesystem'][number];
export type Limits = ProfileDocument['limits'];
export type ProfileSecret = ProfileDocument['secrets'][string];

export interface Profile extends ProfileDocument {
  /** The folder's name; never taken from the file. */
  readonly name: string;
  /** Absolute path of the folder that holds profile.json, package-lock.json and pins.json. */
  readonly folder: string;
  /** Where it came from: shipped with Cordon, the user's own, or the administrator's. */
  readonly origin: 'shipped' | 'user' | 'managed';
}
