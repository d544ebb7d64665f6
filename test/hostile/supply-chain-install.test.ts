// Installing under bad conditions: killed, raced, out of disk, in a hostile folder with a hostile environment. What is
// in the store is whole or not there.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { hasOwnMachine } from '../escape/columns.ts';
import { bunPath } from '../../scripts/bun-path.mjs';
import { unpackTarball } from '../../src/store/unpack.ts';
import { SERVER, serverPackages } from '../fixtures/registry/packages.ts';
import { refusal } from '../fixtures/registry/refusal.ts';
import { startRegistry } from '../fixtures/registry/registry.ts';
import { makeTar } from '../fixtures/registry/tarball.ts';
import { makeWorkbench, type Workbench } from '../fixtures/registry/workbench.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/registry/', import.meta.url));
const INSTALL = path.join(FIXTURES, 'install-child.ts');
const PACKAGE_NAME = /^[0-9a-f]{64}$/;

function installElsewhere(home: string) {
  return execa(bunPath(), ['run', INSTALL, home], { env: { HOME: home }, extendEnv: false, cwd: '/' });
}

function packages(bench: Workbench): string[] {
  return bench.storeNames().filter((name) => PACKAGE_NAME.test(name));
}

describe('an install', () => {
  it('killed half-way leaves nothing that looks installed, and the next one cleans up', async () => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    await using stalling = await startRegistry(serverPackages());
    fs.writeFileSync(path.join(bench.home, '.npmrc'), `registry=${stalling.url}\n`);
    stalling.stall('fixture-deep@2.0.0');
    const child = spawn(bunPath(), ['run', INSTALL, bench.home], {
      env: { HOME: bench.home },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    await stalling.stalled;
    child.kill('SIGKILL');
    await ended;
    expect(packages(bench)).toEqual([]);
    expect(bench.storeNames()).toHaveLength(1);
    expect((await refusal(bench.verify())).code).toBe('PACKAGE_NOT_INSTALLED');

    fs.writeFileSync(path.join(bench.home, '.npmrc'), `registry=${registry.url}\n`);
    expect((await bench.install()).status).toBe('installed');
    expect(bench.storeNames()).toEqual(packages(bench));
    await bench.verify();
  });

  it.each([
    ['the list of versions', '/fixture-deep'],
    ['a tarball', '/fixture-deep/-/2.0.0.tgz'],
  ])(
    'asks again for %s that breaks off half-way, or that the registry cannot give yet',
    async (_what, asked) => {
      await using registry = await startRegistry(serverPackages());
      using bench = makeWorkbench(registry, SERVER);
      await bench.pin();
      const pins = fs.readFileSync(path.join(bench.profileFolder, 'pins.json'));
      fs.writeFileSync(path.join(bench.home, '.npmrc'), `registry=${registry.url}\n`);
      for (const failures of [['cut'], ['cut', 503], [429, 'cut']] as const) {
        registry.fail(asked, ...failures);
        await bench.pin();
        expect(fs.readFileSync(path.join(bench.profileFolder, 'pins.json'))).toEqual(pins);
      }
      registry.fail(asked, 'cut', 'cut');
      expect((await bench.install()).status).toBe('installed');
      await bench.verify();
    },
  );

  it('gives up when it breaks off each time, or when npm is told not to ask again', async () => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    const asked = '/fixture-deep/-/2.0.0.tgz';
    const times = () => registry.requests.filter((path) => path === asked).length;
    for (const [npmrc, attempts] of [
      ['fetch-retries=0\n', 1],
      ['', 4],
    ] as const) {
      fs.writeFileSync(path.join(bench.home, '.npmrc'), `registry=${registry.url}\n${npmrc}`);
      registry.fail(asked, 'cut', 'cut', 'cut', 'cut');
      const before = times();
      expect((await refusal(bench.install())).code).toBe('PACKAGE_UNAVAILABLE');
      expect(times() - before).toBe(attempts);
      expect(bench.storeNames()).toEqual([]);
    }
  });

  it('asks as often as npm does, and not more, where no answer comes', async () => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    const retries = 'fetch-retries=2\nfetch-retry-mintimeout=10\nfetch-retry-maxtimeout=10\n';
    fs.writeFileSync(path.join(bench.home, '.npmrc'), `registry=${registry.url}\n${retries}`);
    for (const asked of ['/fixture-deep', '/fixture-deep/-/2.0.0.tgz']) {
      registry.fail(asked, ...Array.from({ length: 30 }, () => 'none' as const));
      const before = registry.requests.length;
      expect((await refusal(bench.install())).code).toBe('PACKAGE_UNAVAILABLE');
      expect(registry.requests.slice(before).filter((path) => path === asked)).toHaveLength(3);
      registry.fail(asked);
    }
  });

  it('asks again for a tarball that ends too early without a word', async () => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    fs.writeFileSync(path.join(bench.home, '.npmrc'), `registry=${registry.url}\n`);
    registry.fail('/fixture-deep/-/2.0.0.tgz', 'short');
    expect((await bench.install()).status).toBe('installed');
  });

  it("leaves npm's own cache as it is, whatever the registry serves", async () => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    const lockfile = fs.readFileSync(path.join(bench.profileFolder, 'package-lock.json'), 'utf8');
    const kept = [...lockfile.matchAll(/"sha512-([^"]+)"/g)].map(([, digest = '']) => {
      const hex = Buffer.from(digest, 'base64').toString('hex');
      const places = ['.npm/_cacache/content-v2/sha512', hex.slice(0, 2), hex.slice(2, 4), hex.slice(4)];
      const file = path.join(bench.home, ...places);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, 'as it is');
      return file;
    });
    registry.replace('fixture-deep@2.0.0', { name: 'x', version: '1.0.0' }, { metadata: true });
    const { stdout } = await installElsewhere(bench.home);
    expect(stdout).toContain('INTEGRITY_MISMATCH');
    expect(kept.filter((file) => !fs.existsSync(file))).toEqual([]);
  });

  it('EV-10: four at once, in three processes, end in one whole package', async () => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    const outcomes = await Promise.all([
      bench.install(),
      bench.install(),
      installElsewhere(bench.home).then(({ stdout }) => JSON.parse(stdout) as { status: string }),
      installElsewhere(bench.home).then(({ stdout }) => JSON.parse(stdout) as { status: string }),
    ]);
    const statuses = outcomes.map(({ status }) => status);
    expect(statuses).toContain('installed');
    expect(statuses.filter((status) => status !== 'installed' && status !== 'present')).toEqual([]);
    expect(bench.storeNames()).toEqual(packages(bench));
    await bench.verify();
  });

  it('EV-10: two that repair at once end in one whole package', async () => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    await bench.install();
    bench.tamper((tree) => fs.writeFileSync(path.join(tree, 'extra.js'), '', { mode: 0o444 }));
    await Promise.all([bench.install(), bench.install()]);
    expect(bench.storeNames()).toEqual(packages(bench));
    await bench.verify();
  });

  it.runIf(hasOwnMachine)('on a full disk says so and leaves the store as it was', async (test) => {
    await using registry = await startRegistry([
      ...serverPackages().filter(({ name }) => name !== 'fixture-deep'),
      { name: 'fixture-deep', version: '1.0.0', files: { 'index.js': 'x'.repeat(400_000) } },
      { name: 'fixture-deep', version: '2.0.0', files: { 'index.js': 'y'.repeat(400_000) } },
    ]);
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    const { store } = bench.installation;
    fs.mkdirSync(store, { recursive: true });
    // A disk of 256 KiB, seen by the child alone; what is left on it is listed before it vanishes.
    const script = `mount -t tmpfs -o size=256k,mode=755 tmpfs "$1" && "$2" run "$3" "$4"; ls -A "$1"`;
    const unshare = ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh'];
    const { stdout, exitCode } = await execa('unshare', [...unshare, store, bunPath(), INSTALL, bench.home], {
      env: { HOME: bench.home, PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
      extendEnv: false,
      reject: false,
    });
    if (exitCode !== 0) test.skip('this machine allows no private mounts');
    const [answer = '', ...left] = stdout.split('\n');
    expect(JSON.parse(answer)).toMatchObject({
      code: 'STORE_UNWRITABLE',
      message: expect.stringContaining('ENOSPC'),
    });
    expect(left.join('')).toBe('');
  });

  it('into a store that cannot be written says so', async () => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    fs.mkdirSync(path.dirname(bench.installation.store), { recursive: true });
    fs.writeFileSync(bench.installation.store, '');
    const error = await refusal(bench.install());
    expect(['STORE_UNWRITABLE', 'INSTALLATION_UNSAFE']).toContain(error.code);
  });

  it('refuses a tree that is not the pinned one, though every tarball is', async () => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    const file = path.join(bench.profileFolder, 'pins.json');
    const pins = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, pins.replaceAll(/(-(?:glibc|x64|arm64)": "sha256:)[0-9a-f]{4}/g, '$10000'));
    expect((await refusal(bench.install())).code).toBe('TREE_CHANGED');
    expect(bench.storeNames()).toEqual([]);
  });

  it('of a package that is there asks the registry nothing', async () => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    await bench.install();
    const asked = registry.requests.length;
    expect((await bench.install()).status).toBe('present');
    expect(registry.requests).toHaveLength(asked);
  });

  it('leaves files and folders read-only, whatever the umask', async () => {
    await using registry = await startRegistry(serverPackages());
    using bench = makeWorkbench(registry, SERVER);
    await bench.pin();
    await bench.install();
    const mode = (file: string) => (fs.lstatSync(bench.inTree(file)).mode & 0o7777).toString(8);
    expect(mode('node_modules/@fixture/server/dist/index.js')).toBe('555');
    expect(mode('node_modules/@fixture/server/dist/lib.js')).toBe('444');
    expect(mode('node_modules/@fixture/server/dist')).toBe('555');
  });
});

describe('SC-04: where packages come from', () => {
  it('is not chosen by the current directory or by npm_config_ variables', async () => {
    await using registry = await startRegistry();
    using bench = makeWorkbench(registry, SERVER);
    const project = path.join(bench.home, 'project');
    fs.mkdirSync(project);
    const evil = 'http://127.0.0.1:1/';
    fs.writeFileSync(path.join(project, '.npmrc'), `registry=${evil}\n@fixture:registry=${evil}\n`);
    fs.writeFileSync(path.join(project, 'package.json'), '{"name":"project"}');
    const { stdout } = await execa(
      bunPath(),
      ['run', path.join(FIXTURES, 'print-npm-options.ts'), bench.home],
      {
        cwd: project,
        extendEnv: false,
        env: {
          HOME: bench.home,
          npm_config_registry: evil,
          NPM_CONFIG_REGISTRY: evil,
          npm_config_userconfig: '/x',
        },
      },
    );
    expect((JSON.parse(stdout) as { registry: string }).registry).toBe(registry.url);
    expect(stdout).not.toContain(evil);
  });

  it('is all that is taken from an npmrc', async () => {
    await using registry = await startRegistry();
    using bench = makeWorkbench(registry, SERVER);
    fs.appendFileSync(
      path.join(bench.home, '.npmrc'),
      'before=2001-01-01\nlegacy-peer-deps=true\nomit=optional\nignore-scripts=false\nallow-git=all\n//127.0.0.1:9/:_authToken=secret\n',
    );
    const { stdout } = await execa(
      bunPath(),
      ['run', path.join(FIXTURES, 'print-npm-options.ts'), bench.home],
      {
        extendEnv: false,
        env: { HOME: bench.home },
      },
    );
    const options = JSON.parse(stdout) as Record<string, unknown>;
    expect(options).toMatchObject({ registry: registry.url, '//127.0.0.1:9/:_authToken': 'secret' });
    for (const key of ['before', 'legacyPeerDeps', 'omit', 'ignoreScripts', 'allowGit', 'cache'])
      expect(options).not.toHaveProperty(key);
  });
});

describe('SC-18: a tarball that grows', () => {
  // Members of a gzip file are read one after the other: seventeen times 64 MiB of zeros in little more than 1 MiB.
  const gigabyte = (): Buffer[] => {
    const zeros = zlib.gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 1 });
    return Array.from({ length: 17 }, () => zeros);
  };

  it('after its end is not read', async () => {
    await using registry = await startRegistry();
    using bench = makeWorkbench(registry, SERVER);
    const tarball = Buffer.concat([
      zlib.gzipSync(makeTar([{ path: 'package/a.js', content: 'x' }])),
      ...gigabyte(),
    ]);
    const unpacked = await unpackTarball(tarball, 'long@1.0.0', path.join(bench.home, 'long'));
    expect(unpacked).toEqual({ files: 1, bytes: 1 });
  });

  it('inside a header is refused', async () => {
    await using registry = await startRegistry();
    using bench = makeWorkbench(registry, SERVER);
    const header = makeTar([{ path: 'pax', type: 'x', claimedSize: 7 * 1024 ** 3 }]).subarray(0, 512);
    const bomb = Buffer.concat([zlib.gzipSync(header), ...gigabyte()]);
    const error = await refusal(unpackTarball(bomb, 'bomb@1.0.0', path.join(bench.home, 'bomb')));
    expect(error.code).toBe('TREE_UNSAFE');
  });
});
