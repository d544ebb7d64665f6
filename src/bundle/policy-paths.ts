// Which files a bundle may hold: policy as it lies in /etc/cordon, and nothing that is ever executed, nothing that says who may
// sign. A list of what may be there, because no list of what may not be is ever whole.
import { PROFILE_NAME } from '../profile/schema.ts';

const MIB = 1024 * 1024;

/** Of a profile's folder, with the size that a launch takes. */
const OF_PROFILE: Readonly<Record<string, number>> = {
  'profile.json': MIB,
  'package-lock.json': 16 * MIB,
  'pins.json': 16 * MIB,
  'approved.json': 16 * MIB,
};
export const NEEDED = ['profile.json', 'package-lock.json', 'pins.json'] as const;

const AT_TOP: Readonly<Record<string, number>> = { 'config.json': MIB };

export const CONFIG = 'config.json';
export const PROFILES = 'profiles';

/** The most that the file may have, in bytes; undefined when no bundle may hold a file of that name. */
export function allowedSize(path: string): number | undefined {
  const [top = '', name = '', file, ...more] = path.split('/');
  if (name === '' && file === undefined && !path.includes('/')) return own(AT_TOP, top);
  if (top !== PROFILES || file === undefined || more.length > 0) return undefined;
  return PROFILE_NAME.test(name) ? own(OF_PROFILE, file) : undefined;
}

/** What is wrong with a name, as the end of a sentence. */
export function pathFault(path: string): string | undefined {
  if (allowedSize(path) !== undefined) return undefined;
  const segments = path.split('/');
  if (path.startsWith('/') || path.includes('\\') || segments.some((part) => ['', '.', '..'].includes(part)))
    return 'must be a plain path below the folder of the policy';
  return 'is not a file that a bundle may hold: config.json, and of each profile profile.json, package-lock.json, pins.json and approved.json';
}

/** What the program puts beside the profiles for editors. It is of the program's version and no part of a policy. */
export function isSchemaFile(path: string): boolean {
  return /^profiles\/[a-z]+\.schema\.json$/.test(path);
}

/** Whether files of a bundle lie in it. */
export function isPolicyFolder(path: string): boolean {
  const [top, name, ...more] = path.split('/');
  return top === PROFILES && more.length === 0 && (name === undefined || PROFILE_NAME.test(name));
}

/** The profile that a file belongs to. */
export function profileOf(path: string): string | undefined {
  return /^profiles\/([^/]+)\/[^/]+$/.exec(path)?.[1];
}

function own(sizes: Readonly<Record<string, number>>, name: string): number | undefined {
  return Object.hasOwn(sizes, name) ? sizes[name] : undefined;
}
