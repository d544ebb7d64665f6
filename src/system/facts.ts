// What was probed on this machine, as a value. Planners take it as an argument and never look themselves.
import type { Platform } from '../platform.ts';

export type SystemFacts = LinuxFacts | MacFacts;

interface UserFacts {
  readonly platform: Platform;
  readonly uid: number;
  readonly gid: number;
}

/** Nothing is mounted there, so a plan needs to know nothing of what the machine has. */
export interface MacFacts extends UserFacts {
  readonly system: 'macos';
  readonly sandboxExec: SandboxExecFacts;
}

export interface LinuxFacts extends UserFacts {
  readonly system: 'linux';
  readonly bwrap: BwrapFacts;
  /** Top-level folders of programs and libraries: links (merged /usr) or folders of their own. */
  readonly roots: readonly SystemRoot[];
  /** Those of the system's read-only files outside /usr that exist here. */
  readonly systemPaths: readonly string[];
  /** `/proc` entries that exist here and that no server may read. */
  readonly tellingProc: readonly TellingEntry[];
}

interface TellingEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder';
  /** false: the kernel keeps it from this user, inside as outside. */
  readonly canOpen: boolean;
}

export type SystemRoot =
  | { readonly path: string; readonly kind: 'folder' }
  | { readonly path: string; readonly kind: 'link'; readonly to: string };

export interface SandboxExecFacts {
  readonly path: string;
}

export interface BwrapFacts {
  readonly path: string;
}

/** One filesystem grant after looking at the disk. */
export type ProbedGrant =
  | {
      readonly kind: 'present';
      /** Absolute path outside, reached without any symbolic link. */
      readonly source: string;
      /** Where the server sees it: the same path, or the fixed place of `${state}`. */
      readonly target: string;
      readonly type: 'folder' | 'file';
      readonly access: 'read' | 'write';
      /** O_PATH descriptor of that very object. */
      readonly fd: number;
    }
  | {
      readonly kind: 'missing';
      readonly source: string;
      readonly target: string;
      readonly access: 'read' | 'write';
      /** Target of the symbolic link that is there instead: a link cannot be protected by a mount, only watched. */
      readonly link?: string;
    };
