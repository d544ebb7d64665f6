// Folders that are too much for one server, as data. A grant on one of them, or on anything above it, would make the
// sandbox a formality (EV-17). Compared without case, because macOS does not tell `/Users` from `/users`.
import { contains } from './paths.ts';

/** What belongs to the whole machine or to all users. */
const SHARED = `
  /home /root /etc /usr /bin /sbin /lib /lib32 /lib64 /libx32 /var /tmp
  /boot /mnt /media /opt /srv /nix /snap /lost+found
  /var/home /var/lib /var/log /var/cache /var/spool /var/tmp /var/opt /usr/local
  /users /library /system /applications /volumes /private /cores
  /private/etc /private/var /private/tmp /private/var/folders
`
  .trim()
  .split(/\s+/);

/** Interfaces of the kernel and of running services: sockets, devices, other processes. Nothing below is for a server. */
const LIVE = ['/proc', '/sys', '/dev', '/run', '/var/run', '/private/var/run', '/system/volumes', '/.vol'];

/** The sandbox shows parts of these read-only; to write there is to change the system. */
const READ_ONLY = [
  '/etc',
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/boot',
  '/nix',
  '/system',
  '/library',
  '/private/etc',
];

const HOMES = ['/home', '/var/home', '/users'];

/** Why nothing may be granted at this absolute path, as the end of a sentence; undefined when it may. */
export function tooBroad(path: string): string | undefined {
  const folded = path.toLowerCase();
  if (folded === '/') return 'is the whole file system';
  const live = LIVE.find((folder) => contains(folder, folded));
  if (live !== undefined)
    return `is at or below ${live}, which belongs to the kernel and to running services`;
  if ([...SHARED, ...LIVE].some((folder) => contains(folded, folder)))
    return 'is a folder of the whole system';
  if (HOMES.some((homes) => folded.slice(0, folded.lastIndexOf('/')) === homes)) return 'is a home folder';
  return undefined;
}

/** Why a write grant is not possible at this absolute path; undefined when it is. */
export function notWritable(path: string): string | undefined {
  const folder = READ_ONLY.find((candidate) => contains(candidate, path.toLowerCase()));
  return folder === undefined
    ? undefined
    : `is below ${folder}, which belongs to the system and can only be granted for reading`;
}
