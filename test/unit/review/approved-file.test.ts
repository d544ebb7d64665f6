import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parsePins } from '../../../src/pins/parse.ts';
import { APPROVED_FILE, approvedState } from '../../../src/review/approved-file.ts';
import { ROOT } from '../../fixtures/launcher.ts';

const PROFILES = path.join(ROOT, 'profiles');
const names = fs
  .readdirSync(PROFILES)
  .filter((name) => fs.existsSync(path.join(PROFILES, name, APPROVED_FILE)));
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-approved-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

function stateOf(folder: string, pinsFolder = folder) {
  const parsed = parsePins(fs.readFileSync(path.join(pinsFolder, 'pins.json'), 'utf8'));
  if (!parsed.ok) throw new Error(parsed.faults.join('\n'));
  return approvedState(folder, parsed.pins);
}

it.each(names)('the copy of what was approved of %s can be compared with', (name) => {
  const state = stateOf(path.join(PROFILES, name));
  expect(state?.profile?.name).toBe(name);
  expect(state?.package?.packages.length).toBeGreaterThan(0);
});

describe('a copy that was changed to hide what is new says nothing', () => {
  const shipped = path.join(PROFILES, 'memory');
  const changed = (from: string | RegExp, to: string) => {
    const text = fs.readFileSync(path.join(shipped, APPROVED_FILE), 'utf8');
    const other = text.replace(from, to);
    expect(other).not.toBe(text);
    fs.writeFileSync(path.join(scratch, APPROVED_FILE), other);
    return stateOf(scratch, shipped);
  };

  it.each<[string, string | RegExp, string]>([
    ['a grant', '"sampling": false', '"sampling": true'],
    ['the version of a package', /("name": "zod",\s+"version": ")[^"]+/, '$199.0.0'],
    ['the tarball of a package', /("packages": \[[^]*?"integrity": "sha512-)[^"]{4}/, '$1AAAA'],
    ['the lockfile', /("lockfileVersion": )3/, '$12'],
    ['a package of the lockfile', /("node_modules\/zod": \{\s+"version": ")[^"]+/, '$199.0.0'],
  ])('%s', (_, from, to) => {
    const state = changed(from, to);
    expect(state?.approval.by).toBeTypeOf('string');
    expect([state?.profile, state?.package]).toEqual([undefined, undefined]);
  });
});
