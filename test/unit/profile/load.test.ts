import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Installation } from '../../../src/installation.ts';
import { listProfiles, loadProfile } from '../../../src/profile/load.ts';
import { ownershipFault, requireRootOwned } from '../../../src/profile/ownership.ts';
import { decodeUtf8, readSmallFile } from '../../../src/profile/read-file.ts';

const GOOD = JSON.stringify({
  schema: 1,
  description: 'x',
  source: { type: 'npm', package: 'a', version: '1.0.0' },
});

let scratch: string;
let installation: Installation;

beforeEach(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-load-'));
  installation = {
    mode: 'unmanaged',
    configFile: '',
    profileFolders: [
      { path: path.join(scratch, 'shipped'), origin: 'shipped' },
      { path: path.join(scratch, 'user'), origin: 'user' },
    ],
    store: '',
    stateRoot: '',
    auditFile: '',
    home: '',
    accountHome: '',
  };
});
afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

function write(file: string, content: string | Uint8Array = GOOD): string {
  const target = path.join(scratch, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, content);
  return target;
}

const refusal = (code: string, more: object = {}) => expect.objectContaining({ code, ...more }) as Error;

describe('loadProfile', () => {
  test('takes the profile of that name, with its name, folder and origin', () => {
    write('user/mine/profile.json');
    expect(loadProfile('mine', installation)).toMatchObject({
      name: 'mine',
      folder: path.join(scratch, 'user/mine'),
      origin: 'user',
      args: [],
    });
  });

  test('takes the first folder that has the name: shipped profiles cannot be shadowed', () => {
    write('shipped/a/profile.json');
    write('user/a/profile.json');
    expect(loadProfile('a', installation).origin).toBe('shipped');
  });

  test('does not pass over a broken profile to one behind it', () => {
    write('shipped/a/profile.json', '{');
    write('user/a/profile.json');
    expect(() => loadProfile('a', installation)).toThrow(refusal('PROFILE_INVALID'));
  });

  test('names the known profiles and the nearest', () => {
    write('shipped/filesystem/profile.json');
    write('user/memory/profile.json');
    expect(() => loadProfile('filesytem', installation)).toThrow(
      refusal('PROFILE_NOT_FOUND', {
        details: ['did you mean "filesystem"?', 'profiles here: filesystem, memory'],
      }),
    );
  });

  test.each([
    '',
    '.',
    '..',
    '../shipped/a',
    'a/b',
    'A',
    '-a',
    'a_b',
    'a.b',
    'a\u0000',
    'a\n',
    'ä',
    'a'.repeat(65),
    '/etc',
  ])('refuses the name %j before looking', (name) => {
    write('shipped/a/profile.json');
    expect(() => loadProfile(name, installation)).toThrow(refusal('PROFILE_NOT_FOUND'));
  });

  test.each<[string, string | Uint8Array, string]>([
    ['empty', '', 'line 1, column 1: is empty'],
    ['blank', '  \n', 'line 2, column 1: is empty'],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), '(top level): is not UTF-8'],
    [
      'marked with a byte order mark',
      `\ufeff${GOOD}`,
      'line 1, column 1: must not start with a byte order mark',
    ],
    ['not a profile', '[]', '(top level): must be an object'],
  ])('refuses a file that is %s', (_, content, fault) => {
    const file = write('user/a/profile.json', content);
    expect(() => loadProfile('a', installation)).toThrow(
      refusal('PROFILE_INVALID', { details: [fault], hints: [`correct ${file}`] }),
    );
  });

  const unreadable: Array<[string, string, () => void]> = [
    [
      'a folder without the file',
      'does not exist',
      () => fs.mkdirSync(path.join(scratch, 'user/a'), { recursive: true }),
    ],
    [
      'a folder in its place',
      'is not a regular file',
      () => fs.mkdirSync(path.join(scratch, 'user/a/profile.json'), { recursive: true }),
    ],
    ['a file in place of the folder', 'is not a folder', () => write('user/a')],
    [
      'a linked file',
      'is a symbolic link',
      () => {
        write('user/a/x');
        fs.symlinkSync(write('elsewhere.json'), path.join(scratch, 'user/a/profile.json'));
      },
    ],
    [
      'a linked folder',
      'is a symbolic link',
      () => {
        write('elsewhere/profile.json');
        write('user/b/profile.json');
        fs.symlinkSync(path.join(scratch, 'elsewhere'), path.join(scratch, 'user/a'));
      },
    ],
    [
      'a dangling link',
      'is a symbolic link',
      () => {
        write('user/b/profile.json');
        fs.symlinkSync('/nonexistent', path.join(scratch, 'user/a'));
      },
    ],
    [
      'a FIFO',
      'is not a regular file',
      () => {
        write('user/a/x');
        execFileSync('mkfifo', [path.join(scratch, 'user/a/profile.json')]);
      },
    ],
    [
      'an endless file',
      'is larger than 1024 KiB',
      () => fs.truncateSync(write('user/a/profile.json'), 1024 * 1024 + 1),
    ],
  ];
  test.each(unreadable)('refuses %s', (_, why, prepare) => {
    prepare();
    expect(() => loadProfile('a', installation)).toThrow(
      refusal('PROFILE_UNREADABLE', { message: expect.stringMatching(new RegExp(`${why}$`)) }),
    );
  });

  test('refuses a managed profile in a folder that others can write', () => {
    write('shipped/a/profile.json');
    fs.chmodSync(path.join(scratch, 'shipped'), 0o777);
    expect(() => loadProfile('a', { ...installation, mode: 'managed' })).toThrow(
      refusal('INSTALLATION_UNSAFE'),
    );
  });
});

test('listProfiles names every profile, also shadowed and broken ones', () => {
  write('shipped/a/profile.json');
  write('shipped/profile.schema.json');
  write('shipped/.hidden/profile.json');
  write('user/a/profile.json');
  write('user/b/profile.json', '{}');
  const found = listProfiles(installation).map(({ name, origin, status }) => [name, origin, status.kind]);
  expect(found).toEqual([
    ['a', 'shipped', 'loaded'],
    ['a', 'user', 'shadowed'],
    ['b', 'user', 'failed'],
  ]);
});

describe('ownershipFault', () => {
  test.each<[number, number, string | undefined]>([
    [0, 0o100644, undefined],
    [0, 0o40755, undefined],
    [1000, 0o100644, 'must belong to root, but belongs to user 1000'],
    [0, 0o100664, 'must not be writable by group or others, but has mode 0664'],
    [0, 0o100646, 'must not be writable by group or others, but has mode 0646'],
    [0, 0o41777, 'must not be writable by group or others, but has mode 1777'],
  ])('uid %d, mode %o', (uid, mode, fault) => {
    expect(ownershipFault({ uid, mode })).toBe(fault);
  });

  test('every folder above counts', () => {
    const file = write('a/b');
    fs.chmodSync(path.dirname(file), 0o777);
    expect(() => requireRootOwned(file)).toThrow(refusal('INSTALLATION_UNSAFE'));
    if (fs.statSync('/etc/passwd').uid === 0) expect(() => requireRootOwned('/etc/passwd')).not.toThrow();
  });
});

test('readSmallFile reads at most what it may', () => {
  const file = write('f', 'abc');
  expect(readSmallFile(file, 3)).toEqual({ kind: 'ok', bytes: Buffer.from('abc') });
  expect(readSmallFile(file, 2).kind).toBe('unreadable');
  expect(readSmallFile(`${file}.gone`, 3)).toEqual({ kind: 'missing' });
  expect(readSmallFile(`${file}/x`, 3)).toEqual({ kind: 'missing' });
  expect(readSmallFile('/dev/null', 3)).toMatchObject({ kind: 'unreadable', why: 'is not a regular file' });
  expect(decodeUtf8(Uint8Array.of(0xc3, 0x28))).toBeUndefined();
});
