// The closed set of audit events. Never a secret, never a tool argument, never text of a server.
import type { Digest } from '../digest.ts';
import type { ErrorCode } from '../errors.ts';

export type DenialReason =
  | 'frame-too-large'
  | 'frame-invalid'
  | 'id-unknown'
  | 'id-duplicate'
  | 'method-blocked'
  | 'rate-limited'
  | 'path-appeared';

interface Subject {
  readonly profile: string;
  readonly package?: string;
  readonly digest?: Digest;
}

export type AuditEvent =
  | (Subject & {
      readonly event: 'started';
      readonly workspace: string;
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
      readonly reason: 'server' | 'client-gone' | 'signal' | 'violation';
      readonly ranMs: number;
      readonly messagesToServer: number;
      readonly messagesToClient: number;
    })
  | (Subject & { readonly event: 'installed' | 'pinned'; readonly files: number });
