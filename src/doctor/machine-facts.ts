// What was seen of the machine from outside, as a value.
import type { EgressConfig } from '../config/config.ts';
import type { CordonError } from '../errors.ts';
import type { BwrapFacts } from '../system/facts.ts';
import type { EgressProbe } from '../system/probe-egress.ts';

export interface MachineFacts {
  /** Release, `6.1.0-28-amd64`. */
  readonly kernel: string;
  readonly uid: number;
  /** Names of the user's groups; undefined when they could not be asked for. */
  readonly groups: readonly string[] | undefined;
  readonly bwrap:
    | {
        readonly kind: 'usable';
        readonly facts: BwrapFacts;
        readonly options: ReadonlySet<string>;
        readonly version: string;
      }
    | { readonly kind: 'refused'; readonly error: CordonError };
  /** Programs that the launch needs beside bubblewrap and that are not there. */
  readonly missingPrograms: ReadonlyArray<{ readonly path: string; readonly package: string }>;
  /** Words of /proc/sys/kernel/seccomp/actions_avail; undefined without seccomp filters. */
  readonly seccompActions: readonly string[] | undefined;
  /** Numbers of /proc/sys; undefined where this kernel has no such setting. */
  readonly settings: {
    readonly maxUserNamespaces: number | undefined;
    readonly unprivilegedUserNamespaces: number | undefined;
    readonly apparmorRestrictsUserNamespaces: number | undefined;
    readonly ptraceScope: number | undefined;
  };
  /** In which way servers with network grants get their network here, and why not in the better one. */
  readonly egress: EgressProbe;
  /** Of config.json. */
  readonly egressMode: EgressConfig['mode'];
  /** What this process itself runs in, where that is known to forbid sandboxes. */
  readonly surroundings: 'plain' | 'snap' | 'flatpak' | 'wsl1';
}

/** How the sandbox came up: seen by starting it. */
export type SandboxOutcome =
  | { readonly kind: 'started'; readonly confinement: 'v2' | 'v1' | 'none' }
  | { readonly kind: 'refused'; readonly error: CordonError }
  /** Not tried, because something that it needs is missing; another finding says what. */
  | { readonly kind: 'not-tried' };
