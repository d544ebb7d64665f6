// The closed set of audit events. Never a secret, never a tool argument, never text of a server.
import type { Digest } from '../digest.ts';
import type { EgressEvent } from '../egress/event.ts';
import type { ErrorCode } from '../errors.ts';
import type { NetworkPlan } from '../plan/plan.ts';

export type DenialReason =
  | 'frame-too-large'
  | 'frame-invalid'
  | 'id-unknown'
  | 'id-duplicate'
  | 'method-blocked'
  | 'feature-not-granted'
  | 'tool-unknown'
  | 'definition-drift'
  | 'version-unknown'
  | 'rate-limited'
  | 'path-appeared';

/** Why a session ended: the server by itself, or what made us end it. */
export type EndReason = 'server' | 'client-gone' | 'signal' | 'violation' | 'egress' | 'drift';

interface Subject {
  readonly profile: string;
  readonly package?: string;
  readonly digest?: Digest;
}

export type AuditEvent =
  | (Subject & {
      readonly event: 'started';
      readonly workspace: string;
      /** The way that is in force. `auto` tries each time, and what stood in the way of the other may be gone at the next start. */
      readonly network: NetworkPlan['kind'];
      readonly verifyMs: number;
      readonly startMs: number;
      readonly files: number;
    })
  | (Subject & {
      readonly event: 'refused';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details?: readonly string[];
    })
  | (Subject & {
      readonly event: 'denied';
      readonly direction: 'client-to-server' | 'server-to-client' | 'sandbox';
      readonly reason: DenialReason;
      readonly count: number;
      readonly detail?: string;
    })
  | (Subject & {
      readonly event: 'ended';
      readonly outcome: 'exited' | 'signalled' | 'setup-failed';
      readonly status: number;
      readonly reason: EndReason;
      readonly ranMs: number;
      readonly messagesToServer: number;
      readonly messagesToClient: number;
    })
  /** A connection of the server at its end, or a name that it asked for in vain; `count`: as many alike in a short time. */
  | (Subject & EgressEvent & { readonly event: 'egress'; readonly count?: number });
