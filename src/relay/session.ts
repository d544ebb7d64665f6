// What the judges of both directions know of one session.
import type { Concealer } from '../secrets/conceal.ts';
import type { JsonObject } from './envelope.ts';
import { LIMITS } from './limits.ts';
import { ListChanges } from './list-changes.ts';
import { PendingTable } from './pending.ts';
import type { McpPolicy } from './policy.ts';
import { Rates } from './rates.ts';
import { knownServer, type Reviewed, reviewedUris } from './reviewed.ts';
import { Rounds } from './rounds.ts';
import { Verification } from './verification.ts';

export class Session {
  readonly policy: McpPolicy;
  readonly reviewed: Reviewed;
  readonly verification: Verification;
  readonly clientRequests = new PendingTable(LIMITS.clientRequestsInFlight);
  readonly serverRequests = new PendingTable(LIMITS.serverRequestsInFlight);
  /** Whether it is the reviewed server that introduces itself, in `_meta` of a result. */
  readonly isKnownServer: (info: unknown) => boolean;
  /** Whether a resource of this uri may be read. */
  readonly isReviewedUri: (uri: unknown) => boolean;
  /** Resources of which the client wants to hear (up to 2025-11-25). */
  readonly subscribedUris = new Set<string>();
  readonly rates = new Rates();
  readonly listChanges = new ListChanges();
  readonly rounds = new Rounds();
  /** Knows the secrets of the server. */
  readonly concealer: Concealer | undefined;
  /** Only after an `initialize` may a server ask anything; a modern one never does. */
  isLegacy = false;
  /** What the client can do, as it was let through in `initialize`. */
  clientCapabilities: JsonObject = {};

  constructor(policy: McpPolicy, reviewed: Reviewed, concealer?: Concealer) {
    this.policy = policy;
    this.concealer = concealer;
    this.reviewed = reviewed;
    this.isReviewedUri = reviewedUris(reviewed);
    this.isKnownServer = knownServer(reviewed);
    this.verification = new Verification(policy, reviewed);
  }
}
