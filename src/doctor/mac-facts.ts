// What was seen of a Mac, as a value.
import type { CordonError } from '../errors.ts';

/** How a program ended that was started by sandbox-exec. */
export interface Tried {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

export interface MacMachine {
  /** Of macOS, `26.1`; empty when it could not be asked for. */
  readonly version: string;
  readonly uid: number;
  readonly sandboxExec:
    | {
        readonly kind: 'usable';
        readonly path: string;
        /** A program under a policy that allows everything. */
        readonly allowed: Tried;
        /** One that reads a file which the policy denies. */
        readonly denied: Tried;
      }
    | { readonly kind: 'refused'; readonly error: CordonError };
  /** The recorded runtime, started by the very policy that a server without grants gets. */
  readonly runtime:
    | { readonly kind: 'tried'; readonly path: string; readonly tried: Tried }
    | { readonly kind: 'not-tried' };
  /** Programs that a start needs beside sandbox-exec and that are not there. */
  readonly missingPrograms: readonly string[];
  /** Of config.json. */
  readonly starts: 'refused' | 'untried';
}
