// What an approval binds to. A person approved a package, what it may do and what it says, all three together: one digest over
// all that acts, so that none of it can be changed afterwards without the approval being void.
import { type Digest, digestFromHex } from '../digest.ts';
import type { ProfileDocument } from '../profile/schema.ts';
import { sha256Hex } from '../sha256.ts';
import { canonicalJson, type Json } from './canonical-json.ts';
import { type Definitions, hashInstructions, setHash } from './definitions.ts';
import type { PackagePins } from './schema.ts';

export interface Approval {
  readonly digest: Digest;
  /** User name and number, as the machine of the reviewer has them. */
  readonly by: string;
  /** UTC, to the second. */
  readonly at: string;
  /** The version that showed the report. */
  readonly cordon: string;
}

/** Of a profile, what acts. Descriptions, reasons and expectations may be mended. */
export type ApprovedProfile = Pick<
  ProfileDocument,
  'source' | 'args' | 'env' | 'secrets' | 'permissions' | 'limits' | 'definitions'
>;

export interface ApprovalInput {
  /** The trees of all platforms: an approval holds wherever the profile does. */
  readonly pins: Pick<PackagePins, 'package' | 'lockfile' | 'entry' | 'trees'>;
  readonly profile: ApprovedProfile;
  readonly definitions: readonly Definitions[];
}

/** Keeps the digest apart from every other hash of JSON. The number goes up with the recipe. */
const DOMAIN = 'cordon approval 1\0';

export function approvalDigest({ pins, profile, definitions }: ApprovalInput): Digest {
  const { package: name, lockfile, entry, trees } = pins;
  const bound = {
    package: { name, lockfile, entry, trees },
    profile: boundProfile(profile),
    contexts: definitions.map(boundDefinitions).toSorted(byText),
  };
  return digestFromHex(sha256Hex(`${DOMAIN}${canonicalJson(bound)}`));
}

/** Member by member, but what may be granted is bound whole: a new kind of grant is bound from its first day. */
function boundProfile(profile: ApprovedProfile): Json {
  const { source, args, env, secrets, permissions, limits, definitions } = profile;
  return plain({
    source,
    args,
    env,
    secrets: Object.fromEntries(
      Object.entries(secrets).map(([name, secret]) => [name, withoutReason(secret)]),
    ),
    permissions: {
      ...permissions,
      filesystem: permissions.filesystem.map(withoutReason),
      network: permissions.network.map(withoutReason),
    },
    limits,
    definitions,
  });
}

function withoutReason(grant: { readonly why?: string | undefined }): object {
  return { ...grant, why: undefined };
}

function boundDefinitions(definitions: Definitions): Json {
  const { context, serverInfo, capabilities, instructions, tools, prompts, resources, templates } =
    definitions;
  return {
    context: {
      generation: context.generation,
      protocolVersion: context.protocolVersion,
      clientCapabilities: context.clientCapabilities,
    },
    serverInfo,
    capabilities,
    instructions: instructions === null ? null : hashInstructions(instructions),
    tools: setHash(tools),
    prompts: setHash(prompts),
    resources: setHash(resources),
    templates: setHash(templates),
  };
}

/** In no order of the file: contexts are a set. */
function byText(one: Json, other: Json): number {
  return canonicalJson(one) < canonicalJson(other) ? -1 : 1;
}

/** Without members that are undefined. */
function plain(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, plain(member)]),
  );
}
