import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PLATFORMS } from '../../../src/platform.ts';
import { parseProfile } from '../../../src/profile/parse.ts';
import type { Profile } from '../../../src/profile/schema.ts';
import { requireSource } from '../../../src/resolve/match-source.ts';
import { lockfileDigest, lockfileText, packageOf, resolveServer } from '../../../src/resolve/resolve.ts';

const LOCKFILE = '{"lockfileVersion":3}';
const digestOf = (digit: string) => `sha256:${digit.repeat(64)}`;
const trees = Object.fromEntries(PLATFORMS.map((platform, index) => [platform, digestOf(String(index))]));

let folder: string;
let profile: Profile;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-resolve-'));
  const parsed = parseProfile(
    JSON.stringify({
      schema: 1,
      description: 'x',
      source: { type: 'npm', package: '@a/b', version: '1.2.3' },
    }),
  );
  if (!parsed.ok) throw new Error('the profile of this test is wrong');
  profile = { ...parsed.document, name: 'mine', folder, origin: 'user' };
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const lockfile = (content = LOCKFILE) => fs.writeFileSync(path.join(folder, 'package-lock.json'), content);
const pins = (more: object = {}) =>
  fs.writeFileSync(
    path.join(folder, 'pins.json'),
    JSON.stringify({
      schema: 1,
      package: '@a/b@1.2.3',
      lockfile: lockfileDigest(Buffer.from(LOCKFILE)),
      entry: 'node_modules/@a/b/index.js',
      trees,
      ...more,
    }),
  );
const refusal = (code: string, more: object = {}) => expect.objectContaining({ code, ...more }) as Error;

test('gives the digest and entry of the platform', () => {
  lockfile();
  pins();
  const server = resolveServer(profile, 'linux-arm64-glibc');
  expect(server).toMatchObject({
    platform: 'linux-arm64-glibc',
    digest: digestOf('1'),
    entry: 'node_modules/@a/b/index.js',
  });
  expect(lockfileText(server.lockfile)).toBe(LOCKFILE);
  expect(packageOf(profile)).toBe('@a/b@1.2.3');
});

test('says what is missing, and the command that makes it', () => {
  expect(() => resolveServer(profile, 'linux-x64-glibc')).toThrow(
    refusal('PINS_MISSING', { hints: ['cordon pin mine'] }),
  );
  pins();
  expect(() => resolveServer(profile, 'linux-x64-glibc')).toThrow(
    refusal('LOCKFILE_MISSING', { hints: ['cordon pin mine'] }),
  );
});

test('refuses a profile and a lockfile that were changed after pinning, both at once', () => {
  lockfile(`${LOCKFILE}\n`);
  pins({ package: '@a/b@1.2.2' });
  expect(() => resolveServer(profile, 'linux-x64-glibc')).toThrow(
    refusal('PIN_STALE', {
      details: [
        'the profile names @a/b@1.2.3, the pins are for "@a/b@1.2.2"',
        expect.stringMatching(
          /^package-lock.json is sha256:[0-9a-f]{12}, the pins are for sha256:[0-9a-f]{12}$/,
        ),
      ],
    }),
  );
});

test('refuses a lockfile that is a link', () => {
  fs.symlinkSync('/etc/passwd', path.join(folder, 'package-lock.json'));
  pins();
  expect(() => resolveServer(profile, 'linux-x64-glibc')).toThrow(refusal('LOCKFILE_INVALID'));
});

test('a lockfile is for the package of the profile and nothing else', () => {
  const asking = (...dependencies: Array<[string, string]>) => ({
    dependencies: new Map(dependencies),
    packages: [],
    graph: { root: { required: [] }, nodes: new Map() },
  });
  expect(() => requireSource(asking(['@a/b', '1.2.3']), profile.source)).not.toThrow();
  for (const wrong of [asking(), asking(['@a/b', '1.2.4']), asking(['@a/b', '1.2.3'], ['c', '1.0.0'])])
    expect(() => requireSource(wrong, profile.source)).toThrow(refusal('LOCKFILE_INVALID'));
});
