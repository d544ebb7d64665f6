// The pins of a profile, from the file beside it.
import path from 'node:path';
import { pinsInvalid, pinsMissing } from '../messages.ts';
import { requireRootOwned } from '../profile/ownership.ts';
import { decodeUtf8, readSmallFile } from '../profile/read-file.ts';
import type { Profile } from '../profile/schema.ts';
import { parsePins } from './parse.ts';
import type { Pins } from './schema.ts';

export const PINS_FILE = 'pins.json';
const MAX_BYTES = 16 * 1024 * 1024;

/** @throws CordonError PINS_MISSING, PINS_INVALID; INSTALLATION_UNSAFE for a managed profile */
export function loadPins(profile: Pick<Profile, 'name' | 'folder' | 'origin'>): Pins {
  const file = path.join(profile.folder, PINS_FILE);
  const read = readSmallFile(file, MAX_BYTES);
  if (read.kind === 'missing') throw pinsMissing(profile.name);
  if (read.kind === 'unreadable') throw pinsInvalid([`(file): ${read.why}`], profile.name);
  if (profile.origin === 'managed') requireRootOwned(file);
  const text = decodeUtf8(read.bytes);
  const parsed = text === undefined ? undefined : parsePins(text);
  if (parsed === undefined) throw pinsInvalid(['(top level): is not UTF-8'], profile.name);
  if (!parsed.ok) throw pinsInvalid(parsed.faults, profile.name);
  return parsed.pins;
}
