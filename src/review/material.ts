// What a review is made of: everything that was collected about one server, as values. Whoever collects does it in the
// sandbox (`collect`); nothing here looks at the machine again. All text that a server or a package wrote is raw in here.
import type { Digest } from '../digest.ts';
import type { ExplainedGrant } from '../explain/explanation.ts';
import type { ExplainedNetwork } from '../explain/network.ts';
import type { Approval } from '../pins/approval.ts';
import type { JsonObject } from '../pins/canonical-json.ts';
import type { DefinitionContext, Definitions } from '../pins/definitions.ts';
import type { Profile } from '../profile/schema.ts';

export interface ReviewMaterial {
  readonly profile: ReviewedProfile;
  readonly package: PackageFacts;
  /** Real paths on this machine, as `cordon explain` shows them. */
  readonly grants: readonly ExplainedGrant[];
  readonly network: ExplainedNetwork;
  /** One per launch context. */
  readonly definitions: readonly Definitions[];
  /** One per start. */
  readonly probes: readonly ProbeReport[];
  readonly approved: ApprovedState | undefined;
  readonly others: readonly OtherProfile[];
  /** What the registry said, of the package itself and of what is new or changed in it; those it said nothing of are missing. */
  readonly publications: readonly Publication[];
  /** Where this was not a start as `run` makes it, and what could not be looked at: one line each, escaped. */
  readonly notes: readonly string[];
  /** What `cordon approve` takes. */
  readonly digest: Digest;
}

export type ReviewedProfile = Pick<
  Profile,
  'name' | 'description' | 'source' | 'args' | 'env' | 'secrets' | 'permissions' | 'limits' | 'definitions'
>;

export interface ApprovedState {
  readonly definitions: readonly Definitions[];
  readonly approval: Approval;
  /** Undefined where the approval kept no copy: then nothing can be said of what changed in it. */
  readonly profile: ReviewedProfile | undefined;
  readonly package: PackageFacts | undefined;
}

export interface PackageFacts {
  readonly name: string;
  readonly version: string;
  readonly tree: Digest;
  readonly lockfile: Digest;
  readonly files: number;
  readonly bytes: number;
  /** The package itself among them. */
  readonly packages: readonly PackageFact[];
  readonly entry: string;
  readonly runtime: string;
}

export interface PackageFact {
  readonly name: string;
  readonly version: string;
  /** npm's SRI, `sha512-…`. */
  readonly integrity: string;
  /** Names of lifecycle scripts that npm would run at install. */
  readonly installScripts: readonly string[];
  /** Paths of native code: `.node`, shared objects, executables, `.wasm`. */
  readonly native: readonly string[];
  readonly license: string | null;
}

/** Not checked by anybody. */
export interface Publication {
  readonly name: string;
  readonly version: string;
  /** UTC, to the second. */
  readonly published: string | null;
  /** An account of the registry. */
  readonly by: string | null;
  /** The type of the provenance that it names. */
  readonly provenance: string | null;
  /** Why nobody should use it any more. */
  readonly deprecated: string | null;
}

/** One start of the server in the sandbox. */
export interface ProbeReport {
  /** The client's name, as the server was told. */
  readonly client: string;
  readonly capabilities: JsonObject;
  readonly context: DefinitionContext;
  /** Whether asking again in the same session gave the same lists; absent when it was not asked again. */
  readonly stable?: boolean;
  /** One hash over everything that this start listed: equal when it was the same. */
  readonly listing?: string;
  /** How many notifications said that a list changed. */
  readonly listChanged: number;
  readonly startMs: number;
  readonly stderr: string;
  readonly denied: readonly DeniedAttempt[];
}

export interface DeniedAttempt {
  readonly by: 'egress' | 'relay' | 'sandbox';
  /** A host, a method, a path: text of the server. */
  readonly what: string;
  /** One of the reasons of the audit log. */
  readonly reason: string;
  readonly count: number;
}

/** What the approved definitions of another profile occupy. */
export interface OtherProfile {
  readonly profile: string;
  readonly tools: readonly string[];
  readonly prompts: readonly string[];
  readonly serverName: string | null;
}
