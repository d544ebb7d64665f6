// Where Cordon keeps what it trusts and what it writes, and who could change that, as a value.
import type { EgressConfig } from '../config/config.ts';
import type { MachineConfig } from '../config/machine.ts';
import type { CordonError } from '../errors.ts';

export interface FolderFacts {
  readonly id: 'program' | 'profiles' | 'user-profiles' | 'store' | 'audit';
  readonly title: string;
  readonly path: string;
  /** The folder itself first, then every folder above it, by their real paths. Empty when it does not exist. */
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
