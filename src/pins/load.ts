// The pins of a profile, from the file beside it.
import path from 'node:path';
import { pinsInvalid, pinsMissing } from '../messages/resolve.ts';
import { requireRootOwned } from '../profile/ownership.ts';
import { decodeUtf8, readSmallFile } from '../profile/read-file.ts';
import type { Profile } from '../profile/schema.ts';
import { parsePackagePins, parsePins } from './parse.ts';
import type { PackagePins, Pins } from './schema.ts';

export const PINS_FILE = 'pins.json';
export const PINS_MAX_BYTES = 16 * 1024 * 1024;

type Located = Pick<Profile, 'name' | 'folder' | 'origin'>;

/** @throws CordonError PINS_MISSING, PINS_INVALID; INSTALLATION_UNSAFE for a managed profile */
export function loadPins(profile: Located): Pins {
  return read(profile, parsePins);
}

/** As `loadPins`, without a look at the definitions. */
export function loadPackagePins(profile: Located): PackagePins {
  return read(profile, parsePackagePins);
}

function read<Found>(
  profile: Located,
  parse: (
    text: string,
  ) =>
    | { readonly ok: true; readonly pins: Found }
    | { readonly ok: false; readonly faults: readonly string[] },
): Found {
  const file = path.join(profile.folder, PINS_FILE);
  const found = readSmallFile(file, PINS_MAX_BYTES);
  if (found.kind === 'missing') throw pinsMissing(profile.name);
  if (found.kind === 'unreadable') throw pinsInvalid([`(file): ${found.why}`], profile.name);
  if (profile.origin === 'managed') requireRootOwned(file);
  const text = decodeUtf8(found.bytes);
  if (text === undefined) throw pinsInvalid(['(top level): is not UTF-8'], profile.name);
  const parsed = parse(text);
  if (!parsed.ok) throw pinsInvalid(parsed.faults, profile.name);
  return parsed.pins;
}
