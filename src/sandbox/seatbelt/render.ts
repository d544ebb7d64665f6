// Plan -> Seatbelt policy and its parameters. Pure. Nothing is mounted on macOS: what the plan puts in a place of the
// launcher's own lies in a folder of this launch, and what Linux hides by not mounting it is refused by `deny default`.
// Order is security: shallow before deep, so that the last match is the closest grant, and what nobody may do comes last.
import { contains } from '../../profile/paths.ts';
import type { FdSource, MacNetwork, Mount, SandboxPlan } from '../../plan/plan.ts';
import { BASE } from './base.ts';
import { type Filter, type Operation, policyText, type Rule } from './policy.ts';

/** A plan that was made for macOS. */
export type SeatbeltPlan = SandboxPlan & { readonly network: MacNetwork };

/** Real paths, without links, of what has a fixed place inside the sandbox on Linux. */
export interface SeatbeltPlaces {
  readonly package: string;
  /** The runtime's executable, not its folder: beside it lies what anybody installed. */
  readonly runtime: string;
  /** Holds what was made for each launch, of this server and of all others. */
  readonly launches: string;
  /** Made for this launch, and belonging to it alone. */
  readonly home: string;
  readonly tmp: string;
  /** Files of the launch that the server only reads: authorities and secrets. */
  readonly files: string;
  /** Where the broker of this start listens; undefined for a server without network grants. */
  readonly brokerPort: number | undefined;
}

export interface SeatbeltRendering {
  readonly policy: string;
  /** For `-D name=value`. */
  readonly parameters: Readonly<Record<string, string>>;
}

const READ: readonly Operation[] = ['file-read*', 'file-test-existence'];

/**
 * Without file-write-setugid, -owner and -mount; without file-link, because a second name of a file has no protection; and
 * without -flags and -acl, which can lock a file against its owner and stay.
 */
const WRITE: readonly Operation[] = [
  'file-write-create',
  'file-write-data',
  'file-write-mode',
  'file-write-times',
  'file-write-unlink',
  'file-write-xattr',
];

interface Access {
  readonly path: string;
  readonly access: 'read' | 'write' | 'run' | 'none';
}

export function renderSeatbelt(plan: SeatbeltPlan, places: SeatbeltPlaces): SeatbeltRendering {
  const names = new Map<string, `PATH_${number}`>();
  const filter = (kind: 'literal' | 'subpath' | 'path-ancestors', path: string): Filter => {
    const name = names.get(path) ?? (`PATH_${names.size}` as const);
    names.set(path, name);
    return { kind, path: { kind: 'parameter', name } };
  };
  const accesses: Access[] = [
    { path: places.launches, access: 'none' },
    { path: places.home, access: 'write' },
    { path: places.tmp, access: 'write' },
    ...plan.mounts.flatMap((mount) => accessOf(mount, places)),
    // A bind needs something to lie over; a rule does not. Still watched: a disk that folds case makes `.MCP.json` the same.
    ...plan.watched.map(({ path }): Access => ({ path, access: 'read' })),
  ];
  const ordered = accesses
    .filter(({ path }, index) => accesses.findIndex((other) => other.path === path) === index)
    .sort((a, b) => depth(a.path) - depth(b.path) || (a.path < b.path ? -1 : 1));
  const rules: Rule[] = [
    ...BASE,
    ...ordered.flatMap(({ path, access }) => accessRules(filter('subpath', path), access)),
    ...ordered.map(
      ({ path }): Rule => ({
        decision: 'allow',
        operations: ['file-read-metadata', 'file-test-existence'],
        filters: [filter('path-ancestors', path)],
        why: 'realpath asks about each folder on the way',
      }),
    ),
    ...writableRoots(ordered).map(
      (path): Rule => ({
        decision: 'deny',
        operations: ['file-write-create', 'file-write-unlink'],
        filters: [filter('literal', path)],
        why: 'renamed, it would take what is protected inside to a path without protection, and nothing comes in its place',
      }),
    ),
    ...foldersBetween(ordered).map(
      (path): Rule => ({
        decision: 'deny',
        operations: ['file-write-create', 'file-write-data', 'file-write-unlink'],
        filters: [filter('literal', path)],
        why: 'a link, a file or a filled folder put there would lead past what is protected',
      }),
    ),
    ...networkRules(plan.network, places),
  ];
  const parameters = Object.fromEntries([...names].map(([path, name]) => [name, path]));
  return { policy: policyText(rules), parameters };
}

function accessRules(filter: Filter, access: Access['access']): Rule[] {
  switch (access) {
    case 'write':
      return [
        { decision: 'allow', operations: [...READ, ...WRITE], filters: [filter], why: 'granted: write' },
      ];
    case 'none':
      return [
        {
          decision: 'deny',
          operations: ['file-read*', 'file-test-existence', 'file-write*'],
          filters: [filter],
          why: 'private folders and secrets of other starts, also in a readable folder',
        },
      ];
    case 'read':
    case 'run': {
      const operations: readonly Operation[] =
        access === 'run' ? [...READ, 'file-map-executable', 'process-exec*'] : READ;
      return [
        { decision: 'allow', operations, filters: [filter], why: `granted: ${access}` },
        {
          decision: 'deny',
          operations: ['file-write*'],
          filters: [filter],
          why: 'also in a writable folder',
        },
      ];
    }
  }
}

/** On Linux they are mount points. */
function writableRoots(ordered: readonly Access[]): string[] {
  return ordered
    .filter(({ access }) => access === 'write')
    .map(({ path }) => path)
    .sort();
}

/**
 * On the way from a writable grant to a closer one, and not known to be there, as a path that is protected need not be. One that
 * is there is a grant of its own; refused to be written, it would seem locked to whoever asks with access().
 */
function foldersBetween(ordered: readonly Access[]): string[] {
  const roots = writableRoots(ordered);
  const between = ordered
    .flatMap(({ path }) => ancestors(path))
    .filter((folder) => !roots.includes(folder) && roots.some((root) => contains(root, folder)));
  return [...new Set(between)].sort();
}

function ancestors(path: string): string[] {
  const parts = path.split('/').slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
}

function depth(path: string): number {
  return path.split('/').length;
}

function accessOf(mount: Mount, places: SeatbeltPlaces): Access[] {
  switch (mount.kind) {
    case 'bind':
      return boundAccess(mount.from, mount.source, mount.access, places);
    case 'file':
    case 'secret-file':
      return [{ path: places.files, access: 'read' }];
    // The launcher's own root, /proc and /dev have no counterpart; base.ts says what is readable of the system.
    case 'system':
    case 'tmpfs':
    case 'folder':
    case 'symlink':
    case 'hide':
    case 'proc':
    case 'dev':
    case 'remount-read-only':
      return [];
  }
}

function boundAccess(
  from: FdSource,
  source: string,
  access: 'read' | 'write',
  places: SeatbeltPlaces,
): Access[] {
  switch (from.role) {
    case 'package':
      return [{ path: places.package, access: 'run' }];
    case 'runtime':
      return [{ path: places.runtime, access: 'run' }];
    case 'grant':
      return [{ path: source, access }];
    // It opens the way out inside a network of the server's own, which macOS does not have.
    case 'stage':
      return [];
  }
}

function networkRules(network: MacNetwork, { brokerPort }: SeatbeltPlaces): Rule[] {
  if (network.kind === 'none') return [];
  if (brokerPort === undefined) throw new TypeError('the plan has network grants and no broker listens');
  return [
    {
      decision: 'allow',
      operations: ['network-outbound'],
      // Never `local ip`: it matches the near end, and with it every destination.
      filters: [{ kind: 'remote-localhost', port: brokerPort }],
      why: 'the broker of this launch, and nothing else of this machine or beyond',
    },
  ];
}
