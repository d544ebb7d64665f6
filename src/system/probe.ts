// Looks at the machine once and hands what it saw to the planners as a value.
import fs from 'node:fs';
import { platformUnsupported } from '../messages/sandbox.ts';
import { reviewNeedsLinux } from '../messages/macos.ts';
import { type Platform, platformOf } from '../platform.ts';
import type { LinuxFacts, MacFacts, SystemFacts, SystemRoot } from './facts.ts';
import { probeBwrap } from './probe-bwrap.ts';
import { probeSandboxExec } from './probe-sandbox-exec.ts';

const ROOTS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'] as const;

/** Read-only files outside /usr that programs need and that tell nothing about the user or the machine. */
const SYSTEM_PATHS = [
  '/etc/ld.so.cache',
  '/etc/ssl/certs',
  '/etc/pki/tls/certs',
  '/etc/pki/ca-trust/extracted',
  '/etc/alternatives',
  '/etc/localtime',
  '/nix/store',
] as const;

/** Tells of the machine or of other sandboxes (sandbox.md 1.3); absent on some kernels. */
const TELLING_PROC = [
  { path: '/proc/cmdline', kind: 'file' },
  { path: '/proc/kallsyms', kind: 'file' },
  { path: '/proc/kcore', kind: 'file' },
  { path: '/proc/keys', kind: 'file' },
  { path: '/proc/key-users', kind: 'file' },
  { path: '/proc/kmsg', kind: 'file' },
  { path: '/proc/kpagecgroup', kind: 'file' },
  { path: '/proc/kpagecount', kind: 'file' },
  { path: '/proc/kpageflags', kind: 'file' },
  { path: '/proc/latency_stats', kind: 'file' },
  { path: '/proc/pagetypeinfo', kind: 'file' },
  { path: '/proc/sched_debug', kind: 'file' },
  { path: '/proc/slabinfo', kind: 'file' },
  { path: '/proc/sysrq-trigger', kind: 'file' },
  { path: '/proc/timer_list', kind: 'file' },
  { path: '/proc/timer_stats', kind: 'file' },
  { path: '/proc/vmallocinfo', kind: 'file' },
  { path: '/proc/acpi', kind: 'folder' },
  { path: '/proc/asound', kind: 'folder' },
  { path: '/proc/scsi', kind: 'folder' },
] as const;

/** Throws PLATFORM_UNSUPPORTED where there is no backend for it. */
export function currentPlatform(): Platform {
  const platform = platformOf(process.platform, process.arch);
  if (platform === undefined) throw platformUnsupported(`${process.platform}-${process.arch}`);
  return platform;
}

export function probeSystem(): SystemFacts {
  return process.platform === 'darwin' ? probeMac() : probeLinux();
}

export function probeMac(): MacFacts {
  return { system: 'macos', ...probeUser(), sandboxExec: probeSandboxExec() };
}

/** For what starts servers in bubblewrap alone. */
export function probeLinux(): LinuxFacts {
  if (process.platform === 'darwin') throw reviewNeedsLinux();
  return {
    system: 'linux',
    ...probeUser(),
    bwrap: probeBwrap(),
    roots: ROOTS.flatMap((root) => probeRoot(root)),
    systemPaths: SYSTEM_PATHS.filter((path) => fs.existsSync(path)),
    tellingProc: TELLING_PROC.filter((entry) => fs.existsSync(entry.path)).map((entry) => ({
      ...entry,
      canOpen: canOpen(entry.path),
    })),
  };
}

/** As access(2) says; root may open everything. */
function canOpen(path: string): boolean {
  return [fs.constants.R_OK, fs.constants.W_OK].some((mode) => {
    try {
      fs.accessSync(path, mode);
      return true;
    } catch {
      return false;
    }
  });
}

function probeUser() {
  return {
    platform: currentPlatform(),
    uid: process.getuid?.() ?? -1,
    gid: process.getgid?.() ?? -1,
  };
}

function probeRoot(path: string): SystemRoot[] {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  return stat.isSymbolicLink()
    ? [{ path, kind: 'link', to: fs.readlinkSync(path) }]
    : [{ path, kind: 'folder' }];
}
