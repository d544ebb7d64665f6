// The relay's outer face. Only bytes of a line that was fully parsed and judged are ever written (protocol.md 5.3).
import type { Readable, Writable } from 'node:stream';
import type { DenialReason } from '../audit/event.ts';
import type { CordonError } from '../errors.ts';
import type { Concealer } from '../secrets/conceal.ts';
import type { McpPolicy } from './policy.ts';
import type { Reviewed } from './reviewed.ts';

export interface RelayOptions {
  /** The MCP client: our own stdin and stdout. Reading starts at once; nothing is lost while the server starts. */
  readonly client: {
    readonly input: Readable;
    readonly output: Writable;
    /** Whether the client is gone. Asked while nothing is read of it, because its server does not keep up. */
    readonly isGone?: () => Promise<boolean>;
  };
  readonly onDenied: (denial: RelayDenial) => void;
  /** How long a server may run with its output closed before the session ends. Default 1000. */
  readonly outputClosedMs?: number;
}

export interface RelayServer {
  readonly input: Writable;
  readonly output: Readable;
  /** Largest message from the server, in bytes. */
  readonly maxMessageBytes: number;
  readonly policy: McpPolicy;
  readonly reviewed: Reviewed;
  /** Takes secrets out of what the server says went wrong. */
  readonly concealer?: Concealer | undefined;
}

export interface RelayDenial {
  readonly direction: 'client-to-server' | 'server-to-client';
  readonly reason: DenialReason;
  /** Our own words only, never text of either side. */
  readonly detail: string;
}

export interface RelayCounts {
  readonly messagesToServer: number;
  readonly messagesToClient: number;
}

export interface Relay {
  /** Connects the running server; what the client said meanwhile flows first, in order. */
  attach(server: RelayServer): void;
  /**
   * From now on (and for everything that waits) each request is answered with -32603 and the reason; nothing of the
   * server passes any more. The first error stays: what came first is why.
   */
  refuse(error: CordonError): void;
  /** Resolves when the client closed its side or cannot be written to any more. */
  readonly clientGone: Promise<void>;
  /** Resolves with the violation when the server broke the protocol so that the session must end. */
  readonly violated: Promise<CordonError>;
  /** Resolves when the server's output reached its end and everything judged was written to the client. */
  readonly serverDrained: Promise<void>;
  /** Resolves when the client's first `initialize` or `server/discover` was passed on. */
  readonly serverGreeted: Promise<void>;
  /** Resolves when the server first answered a request with a result or error: it has started. */
  readonly serverAnswered: Promise<void>;
  /** Resolves when everything answered so far was handed to the kernel. */
  flush(): Promise<void>;
  counts(): RelayCounts;
}
