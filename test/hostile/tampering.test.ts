// SC rows through the real `cordon run`: somebody changed what was reviewed, and a client starts the server. Each row
// changes one thing, expects the refusal that names it, repairs it and expects the start. What is allowed to differ is
// here as well, as controls.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { INITIALIZE } from '../fixtures/launcher.ts';
import { installTamperedProfile, type TamperedProfile } from './tampered-profile.ts';

const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

interface Row {
  readonly name: string;
  readonly code: string;
  /** Which file both the client and the user are told. */
  readonly names: (world: TamperedProfile) => string;
  readonly change: (world: TamperedProfile) => void;
  readonly rootOnly?: true;
}

let world: TamperedProfile;
beforeAll(() => {
  world = installTamperedProfile();
});
afterEach(() => world.restore());
afterAll(() => world.remove());

function refuses(rows: readonly Row[]): void {
  for (const row of rows) {
    it.runIf(isRoot || row.rootOnly === undefined)(row.name, async () => {
      row.change(world);
      await world.expectRefusal({ code: row.code, names: row.names(world) });
    });
  }
  it('control: all of that put back, it starts', () => world.expectStart());
}

function changeByte(file: string): void {
  const bytes = fs.readFileSync(file);
  bytes[bytes.length - 2] = (bytes.at(-2) ?? 0) ^ 1;
  fs.writeFileSync(file, bytes);
}

/** Moves a file or folder out of the store and puts a link to it in its place: the bytes are the same. */
function linkInPlace(place: string, home: string): string {
  const away = path.join(home, `moved-${path.basename(place)}`);
  fs.renameSync(place, away);
  fs.symlinkSync(away, place);
  return away;
}

function editJson(file: string, edit: (value: Record<string, unknown>) => void): void {
  const value = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
  edit(value);
  fs.writeFileSync(file, JSON.stringify(value, null, 2));
}

const tree =
  (name: string) =>
  (tampered: TamperedProfile): string =>
    tampered.inTree(name);

describe('controls', () => {
  it('untouched, it starts, and only then has a state folder', async () => {
    const tampered = world;
    expect(fs.existsSync(tampered.stateFolder)).toBe(false);
    await tampered.expectStart();
    expect(fs.existsSync(tampered.stateFolder)).toBe(true);
  });

  it('P1: a refused start leaves no state folder behind', async () => {
    const tampered = world;
    changeByte(tampered.file('index.cjs'));
    await tampered.expectRefusal({ code: 'TREE_CHANGED', names: tampered.inTree('index.cjs') });
    expect(fs.existsSync(tampered.stateFolder)).toBe(false);
  });

  it("times, and what lies beside the tree, are nobody's promise", async () => {
    const tampered = world;
    fs.utimesSync(tampered.file('index.cjs'), 1, 1);
    fs.writeFileSync(path.join(tampered.digestFolder, 'notes.txt'), 'x');
    fs.writeFileSync(path.join(tampered.digestFolder, 'MANIFEST'), 'nonsense');
    await tampered.expectStart();
  });

  it('bytes that are put back start again, without a new installation', async () => {
    const tampered = world;
    const before = fs.readFileSync(tampered.file('index.cjs'));
    changeByte(tampered.file('index.cjs'));
    await tampered.expectRefusal({ code: 'TREE_CHANGED', names: tampered.inTree('index.cjs') });
    fs.writeFileSync(tampered.file('index.cjs'), before);
    await tampered.expectStart();
  });
});

describe('content of the tree', () => {
  refuses([
    {
      name: 'SC-05: one byte of a file that is loaded',
      code: 'TREE_CHANGED',
      names: tree('lib/words.cjs'),
      change: ({ file }) => changeByte(file('lib/words.cjs')),
    },
    {
      name: 'SC-05: one byte of the entry',
      code: 'TREE_CHANGED',
      names: tree('server.cjs'),
      change: ({ file }) => changeByte(file('server.cjs')),
    },
    {
      name: 'SC-13: one byte of a dependency only',
      code: 'TREE_CHANGED',
      names: tree('node_modules/inner/index.js'),
      change: ({ file }) => changeByte(file('node_modules/inner/index.js')),
    },
    {
      name: 'SC-07: a file cut to nothing',
      code: 'TREE_CHANGED',
      names: tree('lib/words.cjs'),
      change: ({ file }) => fs.truncateSync(file('lib/words.cjs')),
    },
    {
      name: 'SC-07: a file that is gone',
      code: 'TREE_CHANGED',
      names: tree('lib/tool.sh'),
      change: ({ file }) => fs.rmSync(file('lib/tool.sh')),
    },
    {
      name: 'SC-07: the entry is gone',
      code: 'TREE_CHANGED',
      names: tree('server.cjs'),
      change: ({ file }) => fs.rmSync(file('server.cjs')),
    },
    {
      name: 'SC-06: a file beside index.cjs',
      code: 'TREE_CHANGED',
      names: tree('index.json'),
      change: ({ file }) => fs.writeFileSync(file('index.json'), '{}'),
    },
    {
      name: 'SC-06: a nested node_modules that shadows a dependency',
      code: 'TREE_CHANGED',
      names: tree('lib/node_modules/inner/index.js'),
      change: ({ file }) => {
        fs.mkdirSync(file('lib/node_modules/inner'), { recursive: true });
        fs.writeFileSync(file('lib/node_modules/inner/index.js'), '');
      },
    },
    {
      name: 'SC-06, SC-26: a package beside the pinned one',
      code: 'TREE_CHANGED',
      names: () => 'node_modules/inner/index.js',
      change: (tampered) => {
        fs.mkdirSync(path.join(tampered.tree, 'node_modules/inner'));
        fs.writeFileSync(path.join(tampered.tree, 'node_modules/inner/index.js'), '');
      },
    },
    {
      name: 'SC-17: a file whose name differs by case only',
      code: 'TREE_CHANGED',
      names: tree('Index.cjs'),
      change: ({ file }) => fs.writeFileSync(file('Index.cjs'), ''),
    },
    {
      name: 'SC-14: another `bin` in package.json',
      code: 'TREE_CHANGED',
      names: tree('package.json'),
      change: ({ file }) => editJson(file('package.json'), (manifest) => (manifest['bin'] = 'lib/words.cjs')),
    },
    {
      name: 'SC-14: another `main` of a dependency, by a package.json that was not there',
      code: 'TREE_CHANGED',
      names: tree('node_modules/inner/package.json'),
      change: ({ file }) =>
        fs.writeFileSync(file('node_modules/inner/package.json'), '{"main":"../../lib/words.cjs"}'),
    },
    {
      name: 'an execute bit that was not there',
      code: 'TREE_CHANGED',
      names: tree('lib/words.cjs'),
      change: ({ file }) => fs.chmodSync(file('lib/words.cjs'), 0o755),
    },
    {
      name: 'an execute bit that is gone',
      code: 'TREE_CHANGED',
      names: tree('lib/tool.sh'),
      change: ({ file }) => fs.chmodSync(file('lib/tool.sh'), 0o644),
    },
  ]);
});

describe('kinds, links and owners in the tree', () => {
  refuses([
    {
      name: 'SC-08: a link in place of a file, to the same bytes',
      code: 'TREE_UNSAFE',
      names: tree('lib/words.cjs'),
      change: ({ file, home }) => void linkInPlace(file('lib/words.cjs'), home),
    },
    {
      name: 'SC-08: a link in place of a folder, to the same files',
      code: 'TREE_UNSAFE',
      names: tree('lib'),
      change: ({ file, home }) => void linkInPlace(file('lib'), home),
    },
    {
      name: 'SC-08: a link in place of the package',
      code: 'TREE_UNSAFE',
      names: () => 'node_modules/tampered-server',
      change: ({ packageFolder, home }) => void linkInPlace(packageFolder, home),
    },
    {
      name: 'SC-08: a link in place of the whole tree',
      code: 'TREE_UNSAFE',
      names: () => 'is a symbolic link',
      change: (tampered) => void linkInPlace(tampered.tree, tampered.home),
    },
    {
      name: 'SC-08: a link in place of the folder of that digest',
      code: 'INSTALLATION_UNSAFE',
      names: ({ digestFolder }) => digestFolder,
      change: ({ digestFolder, home }) => void linkInPlace(digestFolder, home),
    },
    {
      name: "SC-08: somebody else's link in place of the store",
      code: 'INSTALLATION_UNSAFE',
      names: ({ store }) => store,
      change: ({ store, home }) => {
        linkInPlace(store, home);
        // A link of root's own is followed: some systems have /home as one.
        if (isRoot) fs.lchownSync(store, NOBODY, NOBODY);
      },
    },
    {
      name: 'SC-08: a link to /etc that was added',
      code: 'TREE_UNSAFE',
      names: tree('lib/etc'),
      change: ({ file }) => fs.symlinkSync('/etc', file('lib/etc')),
    },
    {
      name: 'SC-09: a hard link to a file outside, with the same bytes',
      code: 'TREE_UNSAFE',
      names: tree('lib/words.cjs'),
      change: ({ file, home }) => fs.linkSync(file('lib/words.cjs'), path.join(home, 'still-mine.js')),
    },
    {
      name: 'SC-09: a FIFO in place of a file, without waiting for a writer',
      code: 'TREE_UNSAFE',
      names: tree('lib/words.cjs'),
      change: ({ file }) => {
        fs.rmSync(file('lib/words.cjs'));
        execFileSync('mkfifo', [file('lib/words.cjs')]);
      },
    },
    {
      name: 'SC-09: a device, without opening it',
      code: 'TREE_UNSAFE',
      names: tree('lib/null'),
      rootOnly: true,
      change: ({ file }) => void execFileSync('mknod', [file('lib/null'), 'c', '1', '3']),
    },
    {
      name: 'a file that its group can write',
      code: 'TREE_UNSAFE',
      names: tree('lib/words.cjs'),
      change: ({ file }) => fs.chmodSync(file('lib/words.cjs'), 0o664),
    },
    {
      name: 'a folder that everybody can write',
      code: 'TREE_UNSAFE',
      names: tree('lib'),
      change: ({ file }) => fs.chmodSync(file('lib'), 0o777),
    },
    {
      name: 'a setuid file',
      code: 'TREE_UNSAFE',
      names: tree('lib/tool.sh'),
      change: ({ file }) => fs.chmodSync(file('lib/tool.sh'), 0o4755),
    },
    {
      name: 'a file of another user',
      code: 'TREE_UNSAFE',
      names: tree('lib/words.cjs'),
      rootOnly: true,
      change: ({ file }) => fs.chownSync(file('lib/words.cjs'), NOBODY, NOBODY),
    },
    {
      name: 'a folder of another user',
      code: 'TREE_UNSAFE',
      names: tree('lib'),
      rootOnly: true,
      change: ({ file }) => fs.chownSync(file('lib'), NOBODY, NOBODY),
    },
    {
      name: 'SC-30: a store that everybody can write',
      code: 'INSTALLATION_UNSAFE',
      names: ({ store }) => store,
      change: ({ store }) => fs.chmodSync(store, 0o777),
    },
    {
      name: 'SC-30: a store of another user',
      code: 'INSTALLATION_UNSAFE',
      names: ({ store }) => store,
      rootOnly: true,
      change: ({ store }) => fs.chownSync(store, NOBODY, NOBODY),
    },
  ]);

  it('SC-09: a socket', async () => {
    const tampered = world;
    const listener = net.createServer();
    // The path of a socket is short: bound elsewhere, then moved in.
    const place = path.join(tampered.workspace, 's');
    await new Promise<void>((resolve) => listener.listen(place, resolve));
    fs.renameSync(place, tampered.file('lib/s'));
    await tampered.expectRefusal({ code: 'TREE_UNSAFE', names: tampered.inTree('lib/s') });
    listener.close();
  });
});

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

describe('SC-27, SC-28: the interpreter', () => {
  const rows: ReadonlyArray<readonly [string, string, string | undefined, (runtime: string) => void]> = [
    ['is gone', 'RUNTIME_MISSING', undefined, (runtime) => fs.rmSync(runtime)],
    ['has one byte more', 'RUNTIME_CHANGED', undefined, (runtime) => fs.appendFileSync(runtime, '\n')],
    [
      'has other bytes, the old size and the old modification time',
      'RUNTIME_CHANGED',
      undefined,
      (runtime) => {
        const { atime, mtime, size } = fs.statSync(runtime);
        const fd = fs.openSync(runtime, 'r+');
        fs.writeSync(fd, '\u0001', size - 1);
        fs.closeSync(fd);
        fs.utimesSync(runtime, atime, mtime);
      },
    ],
    [
      'was replaced by a script',
      'RUNTIME_CHANGED',
      undefined,
      (runtime) => {
        fs.rmSync(runtime);
        fs.writeFileSync(runtime, '#!/bin/sh\n', { mode: 0o755 });
      },
    ],
    [
      'was replaced by a link to another one',
      'RUNTIME_CHANGED',
      undefined,
      (runtime) => {
        fs.rmSync(runtime);
        fs.symlinkSync(fs.realpathSync(process.execPath), runtime);
      },
    ],
    [
      'was replaced by a FIFO, without waiting',
      'RUNTIME_CHANGED',
      undefined,
      (runtime) => {
        fs.rmSync(runtime);
        execFileSync('mkfifo', [runtime]);
      },
    ],
    [
      'was installed again with the same bytes, which is said',
      'RUNTIME_CHANGED',
      'same content',
      (runtime) => {
        fs.renameSync(runtime, `${runtime}-old`);
        fs.copyFileSync(`${runtime}-old`, runtime);
      },
    ],
  ];

  it.each(rows)('%s', async (_what, code, names, change) => {
    const folder = fs.mkdtempSync('/var/tmp/cordon-runtime-');
    const runtime = path.join(folder, 'node');
    fs.copyFileSync(fs.realpathSync(process.execPath), runtime);
    fs.chmodSync(runtime, 0o755);
    const tampered = installTamperedProfile({ runtime });
    change(runtime);
    await tampered.expectRefusal({ code, names: names ?? runtime });
    tampered.remove();
    fs.rmSync(folder, { recursive: true });
  });

  it('control: one in a folder of the user starts', async () => {
    const folder = fs.mkdtempSync('/var/tmp/cordon-runtime-');
    const runtime = path.join(folder, 'node');
    fs.copyFileSync(fs.realpathSync(process.execPath), runtime);
    fs.chmodSync(runtime, 0o755);
    const tampered = installTamperedProfile({ runtime });
    await tampered.expectStart();
    tampered.remove();
    fs.rmSync(folder, { recursive: true });
  });

  const record = ({ store }: TamperedProfile): string => path.join(store, 'runtimes/node.json');
  refuses([
    {
      name: 'its record is gone',
      code: 'RUNTIME_MISSING',
      names: () => 'no Node.js is recorded',
      change: (tampered) => fs.rmSync(record(tampered)),
    },
    {
      name: 'its record names a script: the rest of it does not fit',
      code: 'RUNTIME_CHANGED',
      names: ({ home }) => path.join(home, 'node'),
      change: (tampered) => {
        const script = path.join(tampered.home, 'node');
        fs.writeFileSync(script, '#!/bin/sh\n', { mode: 0o755 });
        editJson(record(tampered), (value) => (value['realPath'] = script));
      },
    },
    {
      name: 'its record is nonsense',
      code: 'RUNTIME_MISSING',
      names: () => 'no Node.js is recorded',
      change: (tampered) => fs.writeFileSync(record(tampered), '{"schema":1}'),
    },
    {
      name: 'its record is a FIFO, without waiting',
      code: 'RUNTIME_MISSING',
      names: () => 'no Node.js is recorded',
      change: (tampered) => {
        fs.rmSync(record(tampered));
        execFileSync('mkfifo', [record(tampered)]);
      },
    },
  ]);

  it('control: a PATH full of other interpreters is not even looked at', async () => {
    const tampered = world;
    fs.writeFileSync(path.join(tampered.workspace, 'node'), '#!/bin/sh\ntouch started\n', { mode: 0o755 });
    await tampered.expectStart();
    expect(fs.readdirSync(tampered.workspace)).toEqual(['node']);
  });
});

describe('SC-26: packages planted where Node would look', () => {
  it('neither above the tree, nor in the home folder, nor in the workspace', async () => {
    const tampered = world;
    const { home, workspace, store, digestFolder } = tampered;
    const plant = (folder: string, name: string): string => {
      fs.mkdirSync(path.join(folder, name), { recursive: true });
      fs.writeFileSync(path.join(folder, name, 'index.js'), `module.exports = 'planted';`);
      return name;
    };
    const above = [
      plant(path.join(digestFolder, 'node_modules'), 'planted-above'),
      plant(path.join(store, 'node_modules'), 'planted-in-store'),
      plant(path.join(home, 'node_modules'), 'planted-in-home'),
    ];
    const elsewhere = [
      plant(path.join(home, '.node_modules'), 'planted-in-dot-modules'),
      plant(path.join(home, '.node_libraries'), 'planted-in-libraries'),
      plant(path.join(workspace, 'node_modules'), 'planted-in-workspace'),
    ];
    // Control: outside, from the same file, all of them are found.
    const outside = spawnSync(
      process.execPath,
      [
        '-e',
        `const { createRequire } = require('node:module');
         const [, file, ...names] = process.argv;
         for (const name of names) createRequire(file)(name);`,
        tampered.file('server.cjs'),
        ...above,
        ...elsewhere.slice(0, 2),
      ],
      { env: { HOME: home }, cwd: workspace, encoding: 'utf8' },
    );
    expect(outside.status, outside.stderr).toBe(0);

    const launcher = tampered.start();
    await launcher.request('initialize', INITIALIZE);
    const names = [...above, ...elsewhere];
    const answer = await launcher.call('require', { names });
    launcher.child.stdin?.end();
    await launcher.exited;
    expect(answer['result']).toEqual(Object.fromEntries(names.map((name) => [name, 'MODULE_NOT_FOUND'])));
  });
});

describe('SC-30: the audit log', () => {
  const log = ({ home }: TamperedProfile): string => path.join(home, '.local/state/cordon/audit.jsonl');

  it.each<[string, (place: string, tampered: TamperedProfile) => void]>([
    ['a FIFO, without waiting for a reader', (place) => void execFileSync('mkfifo', [place])],
    ['a link to another file', (place, { home }) => fs.symlinkSync(path.join(home, 'elsewhere'), place)],
    ['a folder', (place) => fs.mkdirSync(place)],
  ])('what cannot be logged does not start: %s', async (_what, make) => {
    const tampered = world;
    fs.mkdirSync(path.dirname(log(tampered)), { recursive: true });
    make(log(tampered), tampered);
    const launcher = tampered.start();
    const patience = setTimeout(() => launcher.child.kill('SIGKILL'), 8_000);
    expect(await launcher.request('initialize', INITIALIZE)).toMatchObject({
      error: { code: -32603, data: { source: 'cordon', reason: 'AUDIT_UNWRITABLE' } },
    });
    clearTimeout(patience);
    launcher.child.stdin?.end();
    expect((await launcher.exited).code).toBe(125);
    expect(launcher.stderr()).toContain(log(tampered));
    expect(fs.existsSync(path.join(tampered.home, 'elsewhere'))).toBe(false);
  });
});
