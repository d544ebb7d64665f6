// What the clients' managed files say on this machine, as a value.
import type { AccessFault } from '../export/access.ts';
import type { Comparison } from '../export/compare.ts';
import type { Client } from '../export/policy.ts';

export interface ClientFacts {
  readonly client: Client;
  readonly title: string;
  /** Each file of its policy. A client none of whose files are there is not among the facts. */
  readonly files: ReadonlyArray<{
    readonly path: string;
    readonly comparison: Comparison;
    readonly unsafe?: AccessFault;
  }>;
}

/** Claude Code's own rules, from its files together; members as they stand there, not yet judged. */
export interface ClaudeFacts {
  readonly servers: Readonly<Record<string, unknown>>;
  /** Of managed-settings.json and its drop-ins, in the order in which they count. */
  readonly settings: ReadonlyArray<{
    readonly path: string;
    readonly members: Readonly<Record<string, unknown>>;
  }>;
  /** Files that a client could not read; `why` is the end of a sentence. */
  readonly broken: ReadonlyArray<{ readonly path: string; readonly why: string }>;
  /** Settings beside ours that somebody who is not root could change, or that not everybody can read. */
  readonly unsafe: ReadonlyArray<{ readonly path: string } & AccessFault>;
}

export interface ClientPolicyFacts {
  readonly mode: 'managed' | 'unmanaged';
  /** Absolute path of bin/cordon of this installation. */
  readonly program: string;
  readonly profiles: readonly string[];
  readonly clients: readonly ClientFacts[];
  /** undefined when there is not one of its files. */
  readonly claude: ClaudeFacts | undefined;
}
