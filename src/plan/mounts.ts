// What the server sees, in mount order. The order is security:
//   1. folders of the launcher's own root, with explicit modes (bubblewrap 0.8 makes implicit parents 0700)
//   2. the system, read-only, then /usr/local hidden (programs and libraries that no package manager owns)
//   3. synthetic /etc: no shadow, no machine-id, no host keys, no resolver
//   4. package and runtime, by the descriptors that were verified
//   5. /proc (masked, then read-only as a whole: as root, files below /proc/sys would be writable), /dev, /tmp, home
//   6. grants, parents before children, so that a protection lies over the writable folder around it
//   7. everything of the launcher's own made read-only, the root last (it is not recursive, so grants stay writable)
import path from 'node:path';
import { contains } from '../profile/paths.ts';
import type { LinuxFacts, ProbedGrant, SystemFacts } from '../system/facts.ts';
import { INSIDE } from './inside.ts';
import type { LimitsPlan, Mount, NetworkPlan, PlannedSecret } from './plan.ts';
import { secretMounts } from './secrets.ts';

const MIB = 1024 * 1024;
const SHARED_MEMORY_BYTES = 16 * MIB;

export const IDENTITY = { uid: 1000, gid: 1000, hostname: 'sandbox' } as const;

export interface MountsRequest {
  readonly facts: SystemFacts;
  readonly grants: readonly ProbedGrant[];
  readonly network: NetworkPlan;
  readonly authorities: string | undefined;
  readonly secrets: readonly PlannedSecret[];
}

export function planMounts(request: MountsRequest, limits: LimitsPlan): Mount[] {
  return request.facts.system === 'macos' ? macMounts(request) : linuxMounts(request, request.facts, limits);
}

/** The system's own files and folders are the same for all there (sandbox/seatbelt/base.ts). */
function macMounts(request: MountsRequest): Mount[] {
  return [PACKAGE, RUNTIME, ...ownFiles(request), ...grantMounts(request.grants)];
}

function linuxMounts(request: MountsRequest, facts: LinuxFacts, limits: LimitsPlan): Mount[] {
  const { grants, network } = request;
  const present = grants.flatMap((grant) => (grant.kind === 'present' ? [grant] : []));
  // The server is the same user to the kernel: what that user may not open needs no mount, and each costs 0.2 ms.
  const hidden = facts.tellingProc.filter((entry) => entry.canOpen);
  return [
    ...folders([
      ...facts.systemPaths,
      ...present.map((grant) => grant.target),
      ...(secretMounts(request.secrets).length === 0 ? [] : [INSIDE.secrets]),
    ]),
    ...systemMounts(facts),
    ...etcFiles(network),
    PACKAGE,
    RUNTIME,
    ...(network.kind === 'proxy' ? [STAGE] : []),
    ...ownFiles(request),
    { kind: 'proc', target: '/proc' },
    ...hidden.map(
      (entry): Mount =>
        entry.kind === 'file'
          ? { kind: 'hide', target: entry.path }
          : { kind: 'tmpfs', target: entry.path, bytes: 4096, mode: 0o555 },
    ),
    ...hidden
      .filter((entry) => entry.kind === 'folder')
      .map((entry): Mount => ({ kind: 'remount-read-only', target: entry.path })),
    // The sandbox's init is bubblewrap itself, run from the machine's own mount: through /proc/1/exe a server that runs
    // as root could change its mode, and read what it holds in memory. Nothing needs it.
    { kind: 'tmpfs', target: '/proc/1', bytes: 4096, mode: 0o555 },
    { kind: 'remount-read-only', target: '/proc/1' },
    { kind: 'remount-read-only', target: '/proc' },
    { kind: 'dev', target: '/dev' },
    { kind: 'tmpfs', target: '/dev/shm', bytes: SHARED_MEMORY_BYTES, mode: 0o1777 },
    { kind: 'remount-read-only', target: '/dev' },
    { kind: 'tmpfs', target: '/tmp', bytes: limits.tmpBytes, mode: 0o1777 },
    { kind: 'tmpfs', target: INSIDE.home, bytes: limits.tmpBytes, mode: 0o700 },
    ...folders(
      present.map((grant) => grant.target),
      '/tmp',
    ),
    ...grantMounts(grants),
    { kind: 'remount-read-only', target: '/usr/local' },
    { kind: 'remount-read-only', target: '/' },
  ];
}

const PACKAGE: Mount = {
  kind: 'bind',
  from: { role: 'package' },
  source: 'package',
  target: INSIDE.package,
  access: 'read',
};

const RUNTIME: Mount = {
  kind: 'bind',
  from: { role: 'runtime' },
  source: 'runtime',
  target: INSIDE.runtime,
  access: 'read',
};

function ownFiles({ authorities, secrets }: MountsRequest): Mount[] {
  return [
    ...(authorities === undefined ? [] : [file(INSIDE.authorities, authorities)]),
    ...secretMounts(secrets),
  ];
}

function grantMounts(grants: readonly ProbedGrant[]): Mount[] {
  return grants.flatMap((grant, index): Mount[] =>
    grant.kind === 'missing'
      ? []
      : [
          {
            kind: 'bind',
            from: { role: 'grant', index },
            source: grant.source,
            target: grant.target,
            access: grant.access,
          },
        ],
  );
}

/** Parents that bubblewrap must make for the given mount points, outermost first; `below` restricts to one mount. */
function folders(targets: readonly string[], below?: string): Mount[] {
  const wanted = new Set<string>();
  for (const target of below === undefined
    ? [...targets, `${INSIDE.package}/x`, `${INSIDE.runtime}`, '/etc/x']
    : targets) {
    for (let parent = path.posix.dirname(target); parent !== '/'; parent = path.posix.dirname(parent)) {
      const inTmp = parent === '/tmp' || parent.startsWith('/tmp/');
      // A parent that is itself a grant (a folder of someone else) is never made by us: it is there.
      const granted = targets.some((other) => other !== target && contains(other, parent));
      if (granted || isSystem(parent)) continue;
      if (below === undefined ? !inTmp : inTmp && parent !== below) wanted.add(parent);
    }
  }
  return [...wanted]
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
    .map((target) => ({ kind: 'folder', target, mode: 0o755 }));
}

/** Folders that come with a mount of the system or of bubblewrap itself. */
function isSystem(folder: string): boolean {
  return ['/usr', '/proc', '/dev'].some((root) => contains(root, folder));
}

function systemMounts(facts: LinuxFacts): Mount[] {
  return [
    { kind: 'system', source: '/usr', target: '/usr' },
    { kind: 'tmpfs', target: '/usr/local', bytes: 4096, mode: 0o755 },
    ...facts.roots.map(
      (root): Mount =>
        root.kind === 'link'
          ? { kind: 'symlink', target: root.path, to: root.to }
          : { kind: 'system', source: root.path, target: root.path },
    ),
    ...facts.systemPaths.map((source): Mount => ({ kind: 'system', source, target: source })),
  ];
}

/** Gone through before the server starts, and no more than a program that anyone can have. */
const STAGE: Mount = {
  kind: 'bind',
  from: { role: 'stage' },
  source: 'cordon',
  target: INSIDE.stage,
  access: 'read',
};

function file(target: string, content: string): Mount {
  return { kind: 'file', target, content, mode: 0o444 };
}

function etcFiles(network: NetworkPlan): Mount[] {
  const { uid, gid, hostname } = IDENTITY;
  const resolves = network.kind === 'transparent';
  // Where localhost stands for a port of the machine, we listen for it on 127.0.0.1 alone.
  const ownIpv6 = !resolves || !network.grants.some(({ host }) => host === 'localhost');
  const files: Record<string, string> = {
    '/etc/passwd': `server:x:${uid}:${gid}::${INSIDE.home}:/usr/sbin/nologin\n`,
    '/etc/group': `server:x:${gid}:\n`,
    '/etc/hosts': `127.0.0.1 localhost ${hostname}\n${ownIpv6 ? `::1 localhost ${hostname}\n` : ''}`,
    '/etc/hostname': `${hostname}\n`,
    // "files" alone: without a resolver, asking one would only make a failing lookup slow.
    '/etc/nsswitch.conf': `passwd: files\ngroup: files\nhosts: files${resolves ? ' dns' : ''}\n`,
    '/etc/resolv.conf': resolves ? 'nameserver 127.0.0.1\n' : '',
  };
  return Object.entries(files).map(([target, content]) => file(target, content));
}
