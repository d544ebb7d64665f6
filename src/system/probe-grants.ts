// Opens what the profile grants, one path component at a time and never through a symbolic link, so that the object that
// was judged is the object that is mounted, whatever its name points to later (L01, L03, EV-17).
import fs from 'node:fs';
import path from 'node:path';
import { grantPathMissing, grantPathUnsafe } from '../messages/sandbox.ts';
import type { ProbedGrant } from './facts.ts';
import { openByName } from './open-by-name.ts';

const O_PATH = 0o10000000;
const { O_NOFOLLOW, O_DIRECTORY } = fs.constants;

export interface GrantToProbe {
  /** Absolute, normalised path outside. */
  readonly source: string;
  readonly target: string;
  readonly access: 'read' | 'write';
  readonly optional: boolean;
}

const openGranted = process.platform === 'darwin' ? openByName : openWithoutLinks;

/**
 * In the order given, parents first. Folders between a writable grant and a protected path inside it are pinned as mounts
 * of their own: the kernel refuses to rename a mount point, and without that `mv .git x` would take the protection away
 * (EV-20).
 */
export function probeGrants(grants: readonly GrantToProbe[]): ProbedGrant[] {
  const probed: ProbedGrant[] = [];
  const seen = new Set<string>();
  const add = (grant: ProbedGrant): void => {
    if (seen.has(grant.target)) return;
    seen.add(grant.target);
    probed.push(grant);
  };
  for (const grant of grants) {
    const { source, target, access } = grant;
    const around = grants.findLast(
      (other) => other.access === 'write' && source.startsWith(`${other.source}/`),
    );
    // A project may keep its editor's folder elsewhere and link to it: that is no reason not to start.
    const link = grant.optional && access === 'read' && around !== undefined ? linkAt(source) : undefined;
    if (link !== undefined) {
      add({ kind: 'missing', source, target, access, link });
      continue;
    }
    const opened = openGranted(source);
    if (opened === undefined) {
      if (!grant.optional) throw grantPathMissing(source);
      add({ kind: 'missing', source, target, access });
      continue;
    }
    if (access === 'read' && around !== undefined) {
      for (const between of foldersBetween(around.source, source)) {
        const pin = openGranted(between);
        if (pin === undefined) throw grantPathMissing(between);
        const inside = path.posix.join(around.target, path.posix.relative(around.source, between));
        if (seen.has(inside)) fs.closeSync(pin.fd);
        else
          add({
            kind: 'present',
            source: between,
            target: inside,
            type: 'folder',
            access: 'write',
            fd: pin.fd,
          });
      }
    }
    add({ kind: 'present', source, target, type: opened.type, access, fd: opened.fd });
  }
  return probed;
}

function linkAt(file: string): string | undefined {
  try {
    return fs.readlinkSync(file);
  } catch {
    return undefined;
  }
}

function foldersBetween(outer: string, inner: string): string[] {
  const found: string[] = [];
  for (let folder = path.posix.dirname(inner); folder !== outer; folder = path.posix.dirname(folder))
    found.unshift(folder);
  return found;
}

/** undefined when a component does not exist. Throws GRANT_PATH_UNSAFE for links, devices, sockets and FIFOs. */
function openWithoutLinks(
  target: string,
): { readonly fd: number; readonly type: 'folder' | 'file' } | undefined {
  let fd = fs.openSync('/', O_PATH | O_DIRECTORY);
  const names = target.split('/').filter((name) => name !== '');
  for (const [index, name] of names.entries()) {
    const parent = fd;
    try {
      fd = fs.openSync(`/proc/self/fd/${parent}/${name}`, O_PATH | O_NOFOLLOW);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw grantPathUnsafe(target, `cannot be opened: ${code ?? 'unknown error'}`);
    } finally {
      fs.closeSync(parent);
    }
    const stat = fs.fstatSync(fd);
    const isLast = index === names.length - 1;
    if (stat.isSymbolicLink()) {
      const link = `/${names.slice(0, index + 1).join('/')}`;
      fs.closeSync(fd);
      throw grantPathUnsafe(
        target,
        link === target ? 'is a symbolic link' : `goes through the symbolic link ${link}`,
      );
    }
    if (stat.isDirectory() || (isLast && stat.isFile())) continue;
    fs.closeSync(fd);
    if (!isLast) return undefined;
    throw grantPathUnsafe(target, 'is neither a file nor a folder');
  }
  return { fd, type: fs.fstatSync(fd).isDirectory() ? 'folder' : 'file' };
}
