import type { Readable, Writable } from 'node:stream';

/** How the sandbox ended. `setup-failed`: the server never ran (no exit code on bubblewrap's status descriptor). */
export type SessionEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'setup-failed'; readonly message: string };

/** A running server in its sandbox. */
export interface Session {
  /** Which kind of control group holds the tree; `none` where the machine gives us none. */
  readonly confinement: 'v2' | 'v1' | 'none';
  readonly input: Writable;
  readonly output: Readable;
  /** The server's standard error, raw: escape before showing. */
  readonly errors: Readable;
  readonly ended: Promise<SessionEnd>;
  /** End of stdin, then SIGTERM to the server, then SIGKILL to the whole sandbox; done in under 350 ms. */
  stop(): Promise<SessionEnd>;
  /** SIGKILL to the whole sandbox at once. */
  kill(): void;
}
