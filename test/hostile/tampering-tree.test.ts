// SC rows through the real `cordon run`: somebody changed the installed package.
// Each row changes one thing, expects the refusal that names it, repairs it and expects the start. What is allowed to differ is
// here as well, as controls.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  changeByte,
  editJson,
  isRoot,
  linkInPlace,
  NOBODY,
  refuses,
  tamperWithAProfile,
  tree,
  world,
} from './tampering-rows.ts';

tamperWithAProfile();

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
