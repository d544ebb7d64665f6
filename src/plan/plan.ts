// The sandbox as one value: everything that was decided, nothing done yet. `explain --json` prints it.
import type { Digest } from '../digest.ts';

/** What is meant by a mount; on Linux a descriptor that the renderer turns into a number: the package, the runtime, our own executable, or a grant by its index. */
export type FdSource =
  | { readonly role: 'package' }
  | { readonly role: 'runtime' }
  | { readonly role: 'stage' }
  | { readonly role: 'grant'; readonly index: number };

export type Mount =
  /** A read-only path of the system, owned by root, by name. */
  | { readonly kind: 'system'; readonly source: string; readonly target: string }
  /** A folder or file by the descriptor that was checked, not by a name that may change its meaning. */
  | {
      readonly kind: 'bind';
      readonly from: FdSource;
      readonly source: string;
      readonly target: string;
      readonly access: 'read' | 'write';
    }
  | { readonly kind: 'tmpfs'; readonly target: string; readonly bytes: number; readonly mode: number }
  | { readonly kind: 'folder'; readonly target: string; readonly mode: number }
  | { readonly kind: 'symlink'; readonly target: string; readonly to: string }
  | { readonly kind: 'file'; readonly target: string; readonly content: string; readonly mode: number }
  /** A file of the launcher's own that holds the value of a secret, when there is one. */
  | { readonly kind: 'secret-file'; readonly target: string; readonly secret: string; readonly mode: number }
  /** /dev/null over a file: opening it fails. */
  | { readonly kind: 'hide'; readonly target: string }
  | { readonly kind: 'proc'; readonly target: '/proc' }
  | { readonly kind: 'dev'; readonly target: '/dev' }
  | { readonly kind: 'remount-read-only'; readonly target: string };

/** One host that the server may reach, from outside, through the broker. */
export interface EgressGrant {
  /** An exact lower-case name, `*.example.com`, `localhost`, or an IP literal. */
  readonly host: string;
  readonly ports: readonly number[];
  /** `tls`: the connection must begin with a ClientHello for this very name. */
  readonly protocol: 'tls' | 'tcp';
  /** CIDRs. When there are any, only these addresses may be dialled for the host; else only global unicast ones. */
  readonly addresses: readonly string[];
}

export type NetworkPlan = LinuxNetwork | MacNetwork;

export type LinuxNetwork =
  | { readonly kind: 'none' }
  /** Programs work unmodified: names resolve to addresses of our own, and we listen on those at the granted ports. */
  | { readonly kind: 'transparent'; readonly grants: readonly EgressGrant[] }
  /** Where the machine forbids that: HTTP CONNECT on 127.0.0.1:port inside, named by proxy variables. */
  | { readonly kind: 'proxy'; readonly port: number; readonly grants: readonly EgressGrant[] };

/** There is no network of the server's own on macOS, only a rule about which part of the machine's it may use. */
export type MacNetwork =
  | { readonly kind: 'none' }
  /** HTTP CONNECT on a port of the machine's 127.0.0.1. Port and token are of one start, so they are no part of a plan. */
  | { readonly kind: 'loopback-proxy'; readonly grants: readonly EgressGrant[] };

export interface PlannedSecret {
  readonly name: string;
  readonly required: boolean;
  readonly deliver: 'environment' | 'file' | 'argument';
}

/** An argument that ends with the value of a secret. */
export interface PlannedSecretArgument {
  /** Position among the command's arguments. */
  readonly index: number;
  readonly before: string;
  readonly secret: string;
}

export interface LimitsPlan {
  readonly memoryBytes: number;
  readonly processes: number;
  readonly files: number;
  readonly fileSizeBytes: number;
  readonly tmpBytes: number;
  readonly messageBytes: number;
}

export interface SeccompPlan {
  readonly architecture: 'x64' | 'arm64';
  /** AF_UNIX sockets; denied by default (a read-only bind does not stop connect()). */
  readonly unixSockets: boolean;
}

export interface SandboxPlan {
  readonly profile: string;
  readonly package: string;
  readonly digest: Digest;
  readonly command: {
    readonly program: string;
    /** Those with a secret show the name of it. */
    readonly args: readonly string[];
    readonly secretArguments: readonly PlannedSecretArgument[];
  };
  /** Names and ways; values are no part of a plan. */
  readonly secrets: readonly PlannedSecret[];
  readonly workingDirectory: string;
  /** In mount order; the order is security (see mounts.ts). Nothing is mounted on macOS: there it is what may be seen. */
  readonly mounts: readonly Mount[];
  readonly environment: Readonly<Record<string, string>>;
  readonly network: NetworkPlan;
  readonly seccomp: SeccompPlan;
  readonly limits: LimitsPlan;
  readonly identity: { readonly uid: number; readonly gid: number; readonly hostname: string };
  /** Paths inside writable grants that no mount can protect, being absent or links: compared when the server ends. */
  readonly watched: ReadonlyArray<{ readonly path: string; readonly link?: string }>;
}
