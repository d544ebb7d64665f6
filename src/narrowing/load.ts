// What the user leaves of a managed profile, where the configuration lets people narrow: in their own profiles, under the name of
// the managed one. A narrowing with a fault in it refuses the start: its author believes that the server gets less.
import fs from 'node:fs';
import path from 'node:path';
import narrowingJsonSchema from '../../profiles/narrowing.schema.json' with { type: 'json' };
import type { Installation } from '../installation.ts';
import { accept, type JsonSchema } from '../json/accept.ts';
import { checkShape } from '../json/check-shape.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import { profileInvalid, profileUnreadable } from '../messages/profile.ts';
import { decodeUtf8, readSmallFile } from '../profile/read-file.ts';
import { PROFILE_NAME, type Profile } from '../profile/schema.ts';
import { narrow, type Narrowed } from './narrow.ts';
import { type Narrowing, narrowingSchema } from './schema.ts';

const MAX_BYTES = 1024 * 1024;

export interface NarrowedProfile {
  /** What the server gets. */
  readonly profile: Profile;
  /** The user's file, when there is one. */
  readonly narrowedBy: string | undefined;
}

/** @throws CordonError PROFILE_INVALID with every place that says more than the managed profile; PROFILE_UNREADABLE */
export function narrowedProfile(
  base: Profile,
  { narrowings }: Pick<Installation, 'narrowings'>,
): NarrowedProfile {
  if (narrowings === undefined || base.origin !== 'managed') return { profile: base, narrowedBy: undefined };
  const folder = path.join(narrowings, base.name);
  const file = path.join(folder, 'profile.json');
  const read = readSmallFile(file, MAX_BYTES);
  if (read.kind === 'missing') {
    // A link to a disk that is not there, or an editor between taking the old one away and writing the new one.
    if (fs.lstatSync(folder, { throwIfNoEntry: false }) !== undefined)
      throw profileUnreadable(file, 'does not exist');
    return { profile: base, narrowedBy: undefined };
  }
  if (read.kind === 'unreadable') throw profileUnreadable(file, read.why, read.cause);
  const narrowed = narrowBy(base, decodeUtf8(read.bytes));
  if (!narrowed.ok) throw profileInvalid(narrowed.faults, file);
  return { profile: { ...base, ...narrowed.document }, narrowedBy: file };
}

/** Names of the user's folders, also those that narrow nothing. */
export function namesOfNarrowings({ narrowings }: Pick<Installation, 'narrowings'>): readonly string[] {
  if (narrowings === undefined) return [];
  try {
    return fs.readdirSync(narrowings).filter((name) => PROFILE_NAME.test(name));
  } catch {
    return [];
  }
}

function narrowBy(base: Profile, text: string | undefined): Narrowed {
  if (text === undefined) return refused(['(top level): is not UTF-8']);
  const json = parseStrictJson(text);
  if (!json.ok) return refused(json.issues.map((issue) => `${issue.path}: ${issue.message}`));
  const accepted = accept(narrowingJsonSchema as JsonSchema, json.value) as Narrowing | undefined;
  const shape =
    accepted === undefined
      ? checkShape(narrowingSchema(), json.value)
      : ({ ok: true, value: accepted } as const);
  if (!shape.ok) return refused(shape.lines);
  // Copied to another folder, it would narrow what it was not written for.
  if (shape.value.narrows !== base.name)
    return refused([`narrows: must be ${JSON.stringify(base.name)}, the name of its folder`]);
  return narrow(base, shape.value);
}

function refused(faults: readonly string[]): Narrowed {
  return { ok: false, faults };
}
