// SC rows through the real `cordon run`: somebody changed what lies beside the package, or the files of the profile.
// Each row changes one thing, expects the refusal that names it, repairs it and expects the start. What is allowed to differ is
// here as well, as controls.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe } from 'vitest';
import type { TamperedProfile } from './tampered-profile.ts';
import { changeByte, editJson, linkInPlace, refuses, tamperWithAProfile, tree } from './tampering-rows.ts';

tamperWithAProfile();

describe('what lies beside the tree', () => {
  const changed = (world_: TamperedProfile): string => world_.inTree('lib/words.cjs');
  refuses([
    {
      name: 'SHARES that hides a folder from one hasher: the changed byte in it is still found',
      code: 'TREE_CHANGED',
      names: changed,
      change: ({ digestFolder, file }) => {
        fs.writeFileSync(path.join(digestFolder, 'SHARES'), 'node_modules/tampered-server/lib\n');
        changeByte(file('lib/words.cjs'));
      },
    },
    {
      name: 'SHARES that is nonsense',
      code: 'TREE_CHANGED',
      names: changed,
      change: ({ digestFolder, file }) => {
        fs.writeFileSync(path.join(digestFolder, 'SHARES'), '../../..\n/\n\n\u0000');
        changeByte(file('lib/words.cjs'));
      },
    },
    {
      name: 'SHARES that is a FIFO, without waiting',
      code: 'TREE_CHANGED',
      names: changed,
      change: ({ digestFolder, file }) => {
        execFileSync('mkfifo', [path.join(digestFolder, 'SHARES')]);
        changeByte(file('lib/words.cjs'));
      },
    },
    {
      name: 'SC-12: MANIFEST that was changed along with a file cannot make it right',
      code: 'TREE_CHANGED',
      names: () => 'is not the pinned one',
      change: ({ digestFolder, file }) => {
        changeByte(file('lib/words.cjs'));
        fs.appendFileSync(path.join(digestFolder, 'MANIFEST'), '\n');
      },
    },
    {
      name: 'MANIFEST that is a FIFO, without waiting',
      code: 'TREE_CHANGED',
      names: () => 'is not the pinned one',
      change: ({ digestFolder, file }) => {
        changeByte(file('lib/words.cjs'));
        fs.rmSync(path.join(digestFolder, 'MANIFEST'));
        execFileSync('mkfifo', [path.join(digestFolder, 'MANIFEST')]);
      },
    },
    {
      name: 'the package is gone from the store',
      code: 'PACKAGE_NOT_INSTALLED',
      names: () => 'tampered-server@1.0.0',
      change: ({ digestFolder }) => fs.rmSync(digestFolder, { recursive: true }),
    },
    {
      name: 'the tree is gone from its folder',
      code: 'PACKAGE_NOT_INSTALLED',
      names: () => 'tampered-server@1.0.0',
      change: (tampered) => fs.rmSync(tampered.tree, { recursive: true }),
    },
    {
      name: 'a file in place of the tree',
      code: 'TREE_UNSAFE',
      names: () => 'not a folder',
      change: (tampered) => {
        fs.rmSync(tampered.tree, { recursive: true });
        fs.writeFileSync(tampered.tree, '');
      },
    },
  ]);
});

describe('the files of the profile', () => {
  const pins = ({ profileFolder }: TamperedProfile): string => path.join(profileFolder, 'pins.json');
  const lockfile = ({ profileFolder }: TamperedProfile): string =>
    path.join(profileFolder, 'package-lock.json');
  const profile = ({ profileFolder }: TamperedProfile): string => path.join(profileFolder, 'profile.json');
  const trees = (value: Record<string, unknown>): Record<string, string> =>
    value['trees'] as Record<string, string>;
  const source = (value: Record<string, unknown>): Record<string, string> =>
    value['source'] as Record<string, string>;
  const replace = (file: string, make: (place: string) => void): void => {
    fs.rmSync(file);
    make(file);
  };

  refuses([
    {
      name: 'SC-12: package-lock.json with one byte more',
      code: 'PIN_STALE',
      names: () => 'package-lock.json',
      change: (tampered) => fs.appendFileSync(lockfile(tampered), ' '),
    },
    {
      name: 'package-lock.json that is gone',
      code: 'LOCKFILE_MISSING',
      names: () => 'package-lock.json',
      change: (tampered) => fs.rmSync(lockfile(tampered)),
    },
    {
      name: 'package-lock.json that is a link to the same bytes',
      code: 'LOCKFILE_INVALID',
      names: () => 'package-lock.json',
      change: (tampered) => void linkInPlace(lockfile(tampered), tampered.home),
    },
    {
      name: 'package-lock.json that is a FIFO, without waiting',
      code: 'LOCKFILE_INVALID',
      names: () => 'package-lock.json',
      change: (tampered) => replace(lockfile(tampered), (place) => void execFileSync('mkfifo', [place])),
    },
    {
      name: 'pins.json for other bytes of the lockfile',
      code: 'PIN_STALE',
      names: () => 'package-lock.json',
      change: (tampered) =>
        editJson(pins(tampered), (value) => (value['lockfile'] = `sha256:${'0'.repeat(64)}`)),
    },
    {
      name: 'pins.json for another package',
      code: 'PIN_STALE',
      names: () => 'other-server@1.0.0',
      change: (tampered) => editJson(pins(tampered), (value) => (value['package'] = 'other-server@1.0.0')),
    },
    {
      name: 'pins.json with another tree',
      code: 'PACKAGE_NOT_INSTALLED',
      names: () => 'tampered-server@1.0.0',
      change: (tampered) =>
        editJson(pins(tampered), (value) => {
          for (const platform of Object.keys(trees(value)))
            trees(value)[platform] = `sha256:${'0'.repeat(64)}`;
        }),
    },
    {
      name: 'SC-14: pins.json with an entry that the package does not have',
      code: 'ENTRY_NOT_FOUND',
      names: tree('none.js'),
      change: (tampered) =>
        editJson(pins(tampered), (value) => (value['entry'] = tampered.inTree('none.js'))),
    },
    {
      name: 'SC-14: pins.json with an entry that is a folder',
      code: 'ENTRY_NOT_FOUND',
      names: tree('lib'),
      change: (tampered) => editJson(pins(tampered), (value) => (value['entry'] = tampered.inTree('lib'))),
    },
    {
      name: 'SC-14: pins.json with an entry that leads out of the tree',
      code: 'PINS_INVALID',
      names: () => 'entry',
      change: (tampered) =>
        editJson(pins(tampered), (value) => (value['entry'] = 'node_modules/../../../../evil.js')),
    },
    {
      name: 'pins.json with a member that nobody knows',
      code: 'PINS_INVALID',
      names: () => 'trusted',
      change: (tampered) => editJson(pins(tampered), (value) => (value['trusted'] = true)),
    },
    {
      name: 'pins.json with a member twice',
      code: 'PINS_INVALID',
      names: () => 'entry',
      change: (tampered) => {
        const text = fs.readFileSync(pins(tampered), 'utf8');
        fs.writeFileSync(pins(tampered), text.replace('{', `{ "entry": "node_modules/evil.js",`));
      },
    },
    {
      name: 'pins.json that is gone',
      code: 'PINS_MISSING',
      names: () => 'pins.json',
      change: (tampered) => fs.rmSync(pins(tampered)),
    },
    {
      name: 'pins.json that is a FIFO, without waiting',
      code: 'PINS_INVALID',
      names: () => 'pins.json',
      change: (tampered) => replace(pins(tampered), (place) => void execFileSync('mkfifo', [place])),
    },
    {
      name: 'pins.json that is a link to the same bytes',
      code: 'PINS_INVALID',
      names: () => 'pins.json',
      change: (tampered) => void linkInPlace(pins(tampered), tampered.home),
    },
    {
      name: 'profile.json for another version',
      code: 'PIN_STALE',
      names: () => 'tampered-server@1.0.1',
      change: (tampered) => editJson(profile(tampered), (value) => (source(value)['version'] = '1.0.1')),
    },
    {
      name: 'profile.json for another package',
      code: 'PIN_STALE',
      names: () => 'tampered-servers@1.0.0',
      change: (tampered) =>
        editJson(profile(tampered), (value) => (source(value)['package'] = 'tampered-servers')),
    },
  ]);
});
