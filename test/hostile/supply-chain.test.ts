// SC rows: what a registry, a tarball or somebody with access to the store may try. Each must refuse with a code, name
// what it found, and leave nothing behind.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CordonError } from '../../src/errors.ts';
import { packageLayout } from '../../src/store/layout.ts';
import { openFolder } from '../../src/verify/descriptor.ts';
import { walkTree } from '../../src/verify/tree-walk.ts';
import { SERVER, serverPackages } from '../fixtures/registry/packages.ts';
import { type FixturePackage, type Registry, startRegistry } from '../fixtures/registry/registry.ts';
import { refusal } from '../fixtures/registry/refusal.ts';
import type { TarEntry } from '../fixtures/registry/tarball.ts';
import { makeWorkbench, type Workbench } from '../fixtures/registry/workbench.ts';

const ENTRY = 'node_modules/@fixture/server/dist/index.js';

describe('the registry', () => {
  it('SC-01: install scripts are listed when pinning and never run', async () => {
    await using registry = await startRegistry();
    const marker = '/tmp/cordon-fixture-marker-SC-01';
    const script = `touch ${marker}`;
    registry.publish({
      name: 'fixture-scripts',
      version: '1.0.0',
      files: { 'index.js': '' },
      manifest: {
        bin: 'index.js',
        scripts: { preinstall: script, install: script, postinstall: script, prepare: script },
      },
    });
    using bench = makeWorkbench(registry, { package: 'fixture-scripts', version: '1.0.0' });
    const report = await bench.pin();
    expect(report.scripts).toEqual([
      { package: 'fixture-scripts@1.0.0', scripts: ['preinstall', 'install', 'postinstall'] },
    ]);
    await bench.install();
    await bench.verify();
    expect(fs.existsSync(marker)).toBe(false);
  });

  it.each([
    ['SC-02: another tarball for the same version', false],
    ['SC-03: another tarball, and metadata that agrees with it', true],
  ])('%s is refused by the pin', async (_row, metadata) => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    const evil: FixturePackage = {
      name: 'fixture-deep',
      version: '2.0.0',
      files: { 'index.js': 'evil();\n' },
    };
    registry.replace('fixture-deep@2.0.0', evil, { metadata });
    const error = await refusal(bench.install());
    expect(error.code).toBe('INTEGRITY_MISMATCH');
    expect(error.message).toContain('fixture-deep@2.0.0');
    expect(bench.storeNames()).toEqual([]);
  });

  it('SC-04: a scope goes to the registry that the user named for it, and nowhere else', async () => {
    await using open = await startRegistry([
      {
        name: '@corp/tool',
        version: '1.0.0',
        files: { 'index.js': 'evil();\n' },
        manifest: { bin: 'index.js' },
      },
    ]);
    await using internal = await startRegistry([
      {
        name: '@corp/tool',
        version: '1.0.0',
        files: { 'index.js': 'fine();\n' },
        manifest: { bin: 'index.js' },
      },
    ]);
    using bench = makeWorkbench(open, { package: '@corp/tool', version: '1.0.0' });
    fs.appendFileSync(path.join(bench.home, '.npmrc'), `@corp:registry=${internal.url}\n`);
    await bench.pin();
    await bench.install();
    expect(fs.readFileSync(bench.inTree('node_modules/@corp/tool/index.js'), 'utf8')).toBe('fine();\n');
    expect(open.requests).toEqual([]);
  });

  it('SC-04: its credentials go to its own host, where tarballs lie elsewhere too, and to no other', async () => {
    await using registry = await startRegistry(serverPackages());
    await using other = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    const api = `${other.url}api/`;
    fs.writeFileSync(
      path.join(bench.home, '.npmrc'),
      `registry=${registry.url}\n@fixture:registry=${api}\n${api.replace('http:', '')}:_authToken=canary\n`,
    );
    await bench.pin();
    await bench.install();
    expect(new Set(other.authorized)).toEqual(new Set(['/@fixture/server', '/@fixture/server/-/1.2.3.tgz']));
    expect(registry.authorized).toEqual([]);
  });

  it.each([403, 'none'] as const)('whose address has a password is refused without it: %s', async (how) => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    const address = registry.url.replace('//', '//user:canary@');
    fs.writeFileSync(path.join(bench.home, '.npmrc'), `registry=${address}\nfetch-retries=0\n`);
    registry.fail('/@fixture/server', how);
    const { message, details } = await refusal(bench.pin());
    expect(registry.authorized).toEqual(['/@fixture/server']);
    expect(details.join()).toContain('127.0.0.1');
    expect([message, ...details].join()).not.toContain('canary');
  });

  it('a git, file or URL dependency cannot be pinned', async () => {
    for (const spec of ['git+https://127.0.0.1/x.git', 'http://127.0.0.1:9/x.tgz', 'file:../x']) {
      await using registry = await startRegistry([
        {
          name: 'fixture-foreign',
          version: '1.0.0',
          files: { 'index.js': '' },
          manifest: { bin: 'index.js', dependencies: { other: spec } },
        },
      ]);
      using bench = makeWorkbench(registry, { package: 'fixture-foreign', version: '1.0.0' });
      const error = await refusal(bench.pin());
      expect(error.code).toBe('PACKAGE_UNAVAILABLE');
      expect(fs.readdirSync(bench.profileFolder)).toEqual(['profile.json']);
    }
  });

  it.each(['my server.js', 'sérver.js'])('a command that pins cannot name is refused: %s', async (entry) => {
    await using registry = await startRegistry([
      { name: 'fixture-named', version: '1.0.0', files: { [entry]: '' }, manifest: { bin: entry } },
    ]);
    using bench = makeWorkbench(registry, { package: 'fixture-named', version: '1.0.0' });
    const error = await refusal(bench.pin());
    expect([error.code, error.details]).toEqual([
      'PACKAGE_UNAVAILABLE',
      ['entry: must be a path below node_modules/ in printable ASCII without spaces'],
    ]);
    expect(fs.readdirSync(bench.profileFolder)).toEqual(['profile.json']);
  });

  it('a package that is gone is reported, and nothing is left', async () => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, { package: 'fixture-none', version: '1.0.0' });
    expect((await refusal(bench.pin())).code).toBe('PACKAGE_UNAVAILABLE');
    expect(fs.readdirSync(bench.profileFolder)).toEqual(['profile.json']);
  });
});

describe('the tarball', () => {
  const hostile = (entries: readonly TarEntry[]): FixturePackage => ({
    name: 'fixture-hostile',
    version: '1.0.0',
    files: { 'index.js': '' },
    manifest: { bin: 'index.js' },
    entries,
  });
  const pin = async (entries: readonly TarEntry[]): Promise<CordonError> => {
    await using registry = await startRegistry([hostile(entries)]);
    using bench = makeWorkbench(registry, { package: 'fixture-hostile', version: '1.0.0' });
    const error = await refusal(bench.pin());
    expect(fs.readdirSync(bench.profileFolder)).toEqual(['profile.json']);
    return error;
  };

  const escapes: ReadonlyArray<readonly [string, TarEntry[]]> = [
    ['`..` in the middle', [{ path: 'package/../../../../tmp/cordon-escaped', content: 'x' }]],
    ['`..` at the start', [{ path: '../cordon-escaped', content: 'x' }]],
    ['an absolute path', [{ path: '/tmp/cordon-escaped', content: 'x' }]],
    ['a dot segment', [{ path: 'package/./a.js', content: 'x' }]],
    ['an empty segment', [{ path: 'package//a.js', content: 'x' }]],
    ['a backslash', [{ path: 'package/..\\a.js', content: 'x' }]],
    ['a newline in a name', [{ path: `package/a\n${'0'.repeat(64)}  .js`, content: 'x' }]],
    ['a control character in a name', [{ path: 'package/a\u0007.js', content: 'x' }]],
    ['a name that is not NFC', [{ path: 'package/cafe\u0301.js', content: 'x' }]],
    ['one file twice', [{ path: 'package/index.js', content: 'evil();' }]],
    [
      'a file where a folder is',
      [
        { path: 'package/a/b.js', content: 'x' },
        { path: 'package/a', content: 'x' },
      ],
    ],
    [
      'a folder where a file is',
      [
        { path: 'package/a', content: 'x' },
        { path: 'package/a/b.js', content: 'x' },
      ],
    ],
    [
      'names that differ by case',
      [
        { path: 'package/A.js', content: 'x' },
        { path: 'package/a.js', content: 'y' },
      ],
    ],
    [
      'folders that differ by case',
      [
        { path: 'package/Lib/a.js', content: 'x' },
        { path: 'package/lib/b.js', content: 'y' },
      ],
    ],
    ['a symbolic link', [{ path: 'package/link', type: '2', linkname: '/etc/passwd' }]],
    [
      'a link and a file through it',
      [
        { path: 'package/link', type: '2', linkname: '/tmp' },
        { path: 'package/link/cordon-escaped', content: 'x' },
      ],
    ],
    ['a hard link', [{ path: 'package/link', type: '1', linkname: 'package/index.js' }]],
    ['a device', [{ path: 'package/null', type: '3' }]],
    ['a FIFO', [{ path: 'package/pipe', type: '6' }]],
  ];
  it.each(escapes)('SC-17: %s is refused before it is written', async (_what, entries) => {
    expect((await pin(entries)).code).toBe('TREE_UNSAFE');
    expect(fs.existsSync('/tmp/cordon-escaped')).toBe(false);
  });

  it('SC-17: bytes that are not a tar archive are refused', async () => {
    expect((await pin([{ path: 'package/cut.js', content: '', claimedSize: 5000 }])).code).toBe(
      'TREE_UNSAFE',
    );
  });

  it('SC-18: a file of ten gigabytes is refused by its header', async () => {
    const error = await pin([{ path: 'package/zeros', content: 'x', claimedSize: 7 * 1024 ** 3 }]);
    expect(error.message).toContain('too large');
  });

  it('SC-18: a million files are refused long before they are written', async () => {
    const entries = Array.from({ length: 50_001 }, (_value, index) => ({
      path: `package/f/${index}/`,
      type: '5',
    }));
    expect((await pin(entries)).message).toContain('too large');
  });

  it('SC-19: the pins hold the exact ASCII name, version and sha512 of every package', async () => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    const text = fs.readFileSync(path.join(bench.profileFolder, 'package-lock.json'), 'utf8');
    expect(text).not.toContain('http://');
    const { packages } = JSON.parse(text) as {
      packages: Record<string, { integrity?: string; inBundle?: true }>;
    };
    for (const [place, entry] of Object.entries(packages).filter(([key]) => key !== ''))
      expect(entry.inBundle === true || entry.integrity?.startsWith('sha512-') === true, place).toBe(true);
  });
});

describe('the installed tree', () => {
  let registry: Registry;
  let bench: Workbench;

  beforeAll(async () => {
    registry = await startRegistry(serverPackages());
    bench = makeWorkbench(registry, SERVER);
    await bench.pin();
  });
  afterAll(async () => {
    bench[Symbol.dispose]();
    await registry[Symbol.asyncDispose]();
  });

  /** Installs afresh if need be, changes the tree, and returns what verification and repair say. */
  async function changed(change: (tree: string) => void): Promise<CordonError> {
    await bench.install();
    expect((await bench.verify()).entry).toBe(ENTRY);
    bench.tamper(change);
    const error = await refusal(bench.verify());
    expect((await bench.install()).status).toBe('repaired');
    await bench.verify();
    return error;
  }
  const write = (file: string, content: string) => (tree: string) => {
    fs.mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    fs.writeFileSync(path.join(tree, file), content, { mode: 0o444 });
  };

  it.each([
    ['SC-05: one changed byte', ENTRY, "#!/usr/bin/env node\nrequire('./lib.jS');\n"],
    ['SC-07: a file cut to nothing', ENTRY, ''],
    ['SC-11: another native addon', 'node_modules/@fixture/server/addon/build.node', '\u007fELF other\n'],
    ['SC-11: other WebAssembly', 'node_modules/@fixture/server/addon/code.wasm', '\u0000asm other\n'],
    ['SC-13: a changed transitive dependency', 'node_modules/fixture-deep/index.js', 'evil();\n'],
    [
      'SC-14: another `bin` in package.json',
      'node_modules/@fixture/server/package.json',
      '{"bin":{"fixture-server":"dist/other.js"}}',
    ],
  ])('%s is refused by name', async (_row, file, content) => {
    const error = await changed(write(file, content));
    expect(error.code).toBe('TREE_CHANGED');
    expect(error.details).toEqual([`"${file}" was changed`]);
    expect(error.hints).toEqual(['cordon install bench']);
  });

  it.each([
    ['SC-06: a file beside the entry', 'node_modules/@fixture/server/dist/extra.js'],
    ['SC-06: node_modules/.hooks', 'node_modules/.hooks/install'],
    [
      'SC-06: a nested package that shadows',
      'node_modules/@fixture/server/node_modules/fixture-dependency/index.js',
    ],
    ['SC-06: a package above the tree of packages', 'fixture-deep.js'],
    ['SC-11: an added addon', 'node_modules/@fixture/server/addon/more.node'],
    ['SC-12: node_modules/.package-lock.json', 'node_modules/.package-lock.json'],
  ])('%s is refused by name', async (_row, file) => {
    const error = await changed(write(file, 'x'));
    expect(error.code).toBe('TREE_CHANGED');
    expect(error.details).toEqual([`"${file}" was added`]);
  });

  it('SC-07: a removed file is refused by name', async () => {
    const error = await changed((tree) => fs.rmSync(path.join(tree, ENTRY)));
    expect(error.details).toEqual([`"${ENTRY}" is missing`]);
  });

  it('a changed execute bit is refused by name', async () => {
    const file = 'node_modules/fixture-deep/index.js';
    const error = await changed((tree) => fs.chmodSync(path.join(tree, file), 0o555));
    expect([error.code, error.details]).toEqual(['TREE_CHANGED', [`"${file}" became executable`]]);
  });

  it('SC-05: many changes are counted, and the first twenty named', async () => {
    const error = await changed((tree) => {
      for (let index = 0; index < 30; index += 1) write(`node_modules/added/${index}.js`, 'x')(tree);
    });
    expect(error.message).toContain('30 files differ');
    expect(error.details).toHaveLength(21);
    expect(error.details.at(-1)).toContain('and 10 more');
  });

  const kinds: ReadonlyArray<readonly [string, string, (file: string) => void]> = [
    ['SC-08: a link to /etc', 'a symbolic link', (file) => fs.symlinkSync('/etc', file)],
    ['SC-08: a link to a file of the tree', 'a symbolic link', (file) => fs.symlinkSync('lib.js', file)],
    ['SC-09: a FIFO, without waiting for a writer', 'a FIFO', (file) => void execFileSync('mkfifo', [file])],
    [
      'SC-09: a hard link to a file outside',
      'a hard link',
      (file) => {
        const outside = path.join(bench.home, 'outside');
        fs.writeFileSync(outside, 'x', { mode: 0o444 });
        fs.linkSync(outside, file);
      },
    ],
    ['a setuid file', 'setuid', (file) => (fs.writeFileSync(file, 'x'), fs.chmodSync(file, 0o4555))],
    [
      'a file that others can write',
      'other users',
      (file) => (fs.writeFileSync(file, 'x'), fs.chmodSync(file, 0o666)),
    ],
    [
      'a name that could forge a line',
      'control character',
      (file) => fs.writeFileSync(`${file}\n`, 'x', { mode: 0o444 }),
    ],
  ];
  it.each(kinds)('%s is refused', async (_row, words, make) => {
    const error = await changed((tree) => make(path.join(tree, 'node_modules/@fixture/server/dist/planted')));
    expect(error.code).toBe('TREE_UNSAFE');
    expect(error.message).toContain('node_modules/@fixture/server/dist/planted');
    expect(error.message).toContain(words);
  });

  it('SC-09: a socket is refused', async () => {
    const server = net.createServer();
    await bench.install();
    // The path of a socket is short: bound elsewhere, then moved in.
    const place = path.join(bench.home, 's');
    await new Promise<void>((resolve) => server.listen(place, resolve));
    bench.tamper((tree) => fs.renameSync(place, path.join(tree, 'node_modules/s')));
    const error = await refusal(bench.verify());
    server.close();
    expect([error.code, error.message]).toEqual(['TREE_UNSAFE', expect.stringContaining('a socket')]);
    expect((await bench.install()).status).toBe('repaired');
  });

  it.runIf(process.getuid?.() === 0)('SC-09: a device is refused without being opened', async () => {
    const error = await changed(
      (tree) => void execFileSync('mknod', [path.join(tree, 'zero'), 'c', '1', '5']),
    );
    expect([error.code, error.message]).toEqual(['TREE_UNSAFE', expect.stringContaining('a device')]);
  });

  it.runIf(process.getuid?.() === 0)('a file of another user is refused', async () => {
    const error = await changed((tree) => fs.chownSync(path.join(tree, ENTRY), 12_345, 0));
    expect([error.code, error.message]).toEqual(['TREE_UNSAFE', expect.stringContaining('another user')]);
  });

  it.each([
    ['tree', 'SC-08: the tree itself as a link'],
    ['folder', 'SC-08: the package folder as a link'],
  ] as const)('%s: %s', async (which, _row) => {
    await bench.install();
    const place = packageLayout(bench.installation.store, bench.server().digest)[which];
    const moved = `${place}-moved`;
    fs.renameSync(place, moved);
    fs.symlinkSync(moved, place);
    const error = await refusal(bench.verify().catch((thrown: unknown) => Promise.reject(thrown)));
    expect(['TREE_UNSAFE', 'INSTALLATION_UNSAFE']).toContain(error.code);
    fs.unlinkSync(place);
    fs.renameSync(moved, place);
    await bench.verify();
  });

  it('SC-12: an edited package-lock.json does not fit its pins', async () => {
    const file = path.join(bench.profileFolder, 'package-lock.json');
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.replace('"2.0.0"', '"1.0.0"'));
    expect((await refusal(bench.install())).code).toBe('PIN_STALE');
    fs.writeFileSync(file, text);
  });

  it('SC-14: the pinned entry counts, whatever the package says', async () => {
    await bench.install();
    expect((await bench.verify()).entry).toBe(ENTRY);
    expect(bench.server().pins.entry).toBe(ENTRY);
  });

  it.each([
    ['link', false],
    ['link', true],
    ['file', false],
    ['file', true],
  ] as const)(
    'SC-16: a folder swapped for a %s during the walk is refused (changing the current folder: %s)',
    async (by, mayChangeFolder) => {
      await bench.install();
      const tree = path.join(bench.home, 'swapped');
      fs.mkdirSync(path.join(tree, 'a/b'), { recursive: true });
      fs.writeFileSync(path.join(tree, 'a/b/c.js'), 'x', { mode: 0o644 });
      const folder = openFolder(tree);
      const current = process.cwd();
      let seen = 0;
      const walk = async () =>
        walkTree(folder, '', {
          owner: 'user',
          mayChangeFolder,
          onFolder: () => {
            seen += 1;
            if (seen !== 2) return;
            // The walk is in `a`: what it reads next is not what it listed in the tree's top.
            fs.renameSync(path.join(tree, 'a'), path.join(tree, 'gone'));
            if (by === 'link') fs.symlinkSync('/etc', path.join(tree, 'a'));
            else fs.writeFileSync(path.join(tree, 'a'), 'x');
          },
        });
      const error = await refusal(walk());
      process.chdir(current);
      fs.closeSync(folder.fd);
      fs.rmSync(tree, { recursive: true });
      expect([error.code, error.message]).toEqual(['TREE_UNSAFE', expect.stringContaining('changed while')]);
    },
  );

  it('SC-26: nothing that Node would search lies above the tree', async () => {
    await bench.install();
    const { folder } = packageLayout(bench.installation.store, bench.server().digest);
    expect(fs.readdirSync(folder).toSorted()).toEqual(['MANIFEST', 'SHARES', 'tree']);
    expect(fs.readdirSync(path.join(folder, 'tree'))).toEqual(['node_modules']);
  });

  it('says so when the manifest was changed along with the tree', async () => {
    await bench.install();
    const { manifest } = packageLayout(bench.installation.store, bench.server().digest);
    fs.chmodSync(manifest, 0o644);
    fs.appendFileSync(manifest, '# x ./y\n');
    await bench.verify();
    bench.tamper(write(ENTRY, 'x'));
    const error = await refusal(bench.verify());
    expect([error.code, error.details]).toEqual(['TREE_CHANGED', []]);
    expect((await bench.install()).status).toBe('repaired');
  });

  it('a forged list of shares changes who hashes and not what', async () => {
    await bench.install();
    const { shares } = packageLayout(bench.installation.store, bench.server().digest);
    fs.chmodSync(shares, 0o644);
    fs.writeFileSync(shares, '../../..\nnode_modules\n/etc\n');
    await bench.verify();
  });
});
