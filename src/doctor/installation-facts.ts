// Where Cordon keeps what it trusts and what it writes, and who could change that, as a value.
import type { EgressConfig } from '../config/config.ts';
import type { MachineConfig } from '../config/machine.ts';
import type { CordonError } from '../errors.ts';

export interface FolderFacts {
  readonly id: 'program' | 'profiles' | 'user-profiles' | 'store' | 'audit';
  readonly title: string;
  readonly path: string;
  /** A folder on the way, or this one, into which this user may not look. */
  readonly closed?: string;
  /** Of the log and the state: the folder in which this user must be able to make them, and may not. */
  readonly unwritable?: string;
  /** Whether it is outside of the user's home folder. */
  readonly isOutside: boolean;
  /** The folder itself first, then every folder above it, by their real paths. Empty when it is not known to exist. */
  readonly chain: ReadonlyArray<{
    readonly path: string;
    readonly uid: number;
    readonly gid: number;
    readonly mode: number;
  }>;
}

export interface InstallationFacts {
  readonly mode: 'managed' | 'unmanaged';
  readonly uid: number;
  readonly gid: number;
  readonly folders: readonly FolderFacts[];
  readonly config:
    | { readonly kind: 'absent'; readonly path: string }
    | {
        readonly kind: 'read';
        readonly path: string;
        readonly egress: EgressConfig;
        readonly machine: MachineConfig;
      }
    | { readonly kind: 'refused'; readonly error: CordonError };
  readonly runtime:
    | {
        readonly kind: 'verified';
        readonly path: string;
        readonly version: string;
        readonly userWritable: boolean;
      }
    | { readonly kind: 'refused'; readonly error: CordonError };
}
