// What was probed on this machine, as a value. Planners take it as an argument and never look themselves.
import type { Platform } from '../platform.ts';

export interface SystemFacts {
  readonly platform: Platform;
  readonly uid: number;
  readonly gid: number;
  /** Home folder from the user database, real path. */
  readonly home: string;
  readonly bwrap: BwrapFacts;
  /** Top-level folders of the system and whether they are links (merged /usr) or folders of their own. */
  readonly roots: ReadonlyArray<
    | { readonly path: '/bin' | '/sbin' | '/lib' | '/lib32' | '/lib64' | '/libx32'; readonly kind: 'folder' }
    | {
        readonly path: '/bin' | '/sbin' | '/lib' | '/lib32' | '/lib64' | '/libx32';
        readonly kind: 'link';
        readonly to: string;
      }
  >;
  /** Those of the system's read-only files below /etc (and /nix/store …) that exist here. */
  readonly systemPaths: readonly string[];
  /** `/proc` entries that exist here and are masked. */
  readonly maskedProc: ReadonlyArray<{ readonly path: string; readonly kind: 'file' | 'folder' }>;
}

export interface BwrapFacts {
  readonly path: string;
  /** Long options of `bwrap --help`, without the dashes. */
  readonly options: ReadonlySet<string>;
  readonly version: string;
}

/** One filesystem grant after looking at the disk. The descriptor is O_PATH|O_NOFOLLOW of the final object. */
export type ProbedGrant =
  | {
      readonly kind: 'present';
      /** Absolute path as the server will see it (equal to the path outside). */
      readonly path: string;
      readonly type: 'folder' | 'file';
      readonly access: 'read' | 'write';
      readonly fd: number;
    }
  | { readonly kind: 'missing'; readonly path: string; readonly access: 'read' | 'write' };
