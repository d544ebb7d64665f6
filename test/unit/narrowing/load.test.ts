import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { namesOfNarrowings, narrowedProfile } from '../../../src/narrowing/load.ts';
import { parseProfile } from '../../../src/profile/parse.ts';
import type { Profile } from '../../../src/profile/schema.ts';

let narrowings = '';
let base: Profile;
beforeEach(() => {
  narrowings = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-narrow-'));
  const parsed = parseProfile(
    '{ "schema": 1, "description": "x", "source": { "type": "npm", "package": "a", "version": "1.0.0" } }',
  );
  if (!parsed.ok) throw new Error(parsed.faults.join());
  base = { ...parsed.document, name: 'files', folder: '/etc/cordon/profiles/files', origin: 'managed' };
});
afterEach(() => fs.rmSync(narrowings, { recursive: true, force: true }));

function write(content: string | Uint8Array, name = 'files'): string {
  const file = path.join(narrowings, name, 'profile.json');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

const LESS = '{ "schema": 1, "narrows": "files", "limits": { "processes": 8 } }';

describe('the narrowing of a user', () => {
  it('counts under the name of the managed profile, and the rest of that stays', () => {
    const file = write(LESS);
    const { profile, narrowedBy } = narrowedProfile(base, { narrowings });
    expect(narrowedBy).toBe(file);
    expect(profile).toEqual({ ...base, limits: { ...base.limits, processes: 8 } });
  });

  it('is looked for only where the configuration lets people narrow, and only for managed profiles', () => {
    write('{');
    expect(narrowedProfile(base, {})).toEqual({ profile: base, narrowedBy: undefined });
    const shipped: Profile = { ...base, origin: 'shipped' };
    expect(narrowedProfile(shipped, { narrowings })).toEqual({ profile: shipped, narrowedBy: undefined });
    const other: Profile = { ...base, name: 'other' };
    expect(narrowedProfile(other, { narrowings })).toEqual({ profile: other, narrowedBy: undefined });
  });

  it.each<[string, string | Uint8Array, readonly string[]]>([
    ['no JSON', '{', ['line 1, column 2: expected a key in double quotes or "}", found the end']],
    ['no UTF-8', Uint8Array.of(0xff), ['(top level): is not UTF-8']],
    [
      'for another one',
      LESS.replace('files', 'memory'),
      ['narrows: must be "files", the name of its folder'],
    ],
    ['a key too many', LESS.replace('"limits"', '"limit"'), ['limit: unknown key, did you mean "limits"?']],
    [
      'a key twice',
      LESS.replace('{ "schema": 1', '{ "schema": 1, "schema": 1'),
      ['schema: this key is there twice'],
    ],
    [
      'more of something',
      LESS.replace('8', '65'),
      ['limits.processes: is 65, and the managed profile allows 64'],
    ],
    [
      'a whole profile, from before the machine was managed',
      '{ "schema": 1, "description": "x", "source": {} }',
      ['narrows: is missing', 'description: unknown key', 'source: unknown key'],
    ],
  ])('with %s refuses the start', (_what, content, details) => {
    const file = write(content);
    expect(() => narrowedProfile(base, { narrowings })).toThrow(
      expect.objectContaining({ code: 'PROFILE_INVALID', details, hints: [`correct ${file}`] }) as Error,
    );
  });

  it('that is a link, or no file, refuses the start', () => {
    fs.mkdirSync(path.join(narrowings, 'files/profile.json'), { recursive: true });
    const refusal = expect.objectContaining({ code: 'PROFILE_UNREADABLE' }) as Error;
    expect(() => narrowedProfile(base, { narrowings })).toThrow(refusal);
    fs.rmdirSync(path.join(narrowings, 'files/profile.json'));
    fs.symlinkSync(write(LESS, 'memory'), path.join(narrowings, 'files/profile.json'));
    expect(() => narrowedProfile(base, { narrowings })).toThrow(refusal);
  });

  it('that is not in the folder which has its name refuses the start', () => {
    const refusal = expect.objectContaining({ code: 'PROFILE_UNREADABLE' }) as Error;
    const folder = path.join(narrowings, 'files');
    fs.symlinkSync('/nonexistent', folder);
    expect(() => narrowedProfile(base, { narrowings })).toThrow(refusal);
    fs.rmSync(folder);
    fs.writeFileSync(folder, LESS);
    expect(() => narrowedProfile(base, { narrowings })).toThrow(refusal);
    fs.rmSync(folder);
    fs.mkdirSync(folder);
    expect(() => narrowedProfile(base, { narrowings })).toThrow(refusal);
    fs.rmdirSync(folder);
    expect(narrowedProfile(base, { narrowings })).toEqual({ profile: base, narrowedBy: undefined });
  });

  it('names what lies there', () => {
    write(LESS);
    write(LESS, 'other');
    expect(namesOfNarrowings({ narrowings }).toSorted()).toEqual(['files', 'other']);
    expect(namesOfNarrowings({})).toEqual([]);
    expect(namesOfNarrowings({ narrowings: path.join(narrowings, 'none') })).toEqual([]);
  });
});
