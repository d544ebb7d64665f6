// The verbs as a newcomer types them, on a home folder that has nothing yet, in a current directory that is full of traps.
// Whatever is called: that directory stays as it is, and every error has its code and its cure.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CORDON, INITIALIZE, startLauncher } from '../fixtures/launcher.ts';

const SHIPPED = [
  'brave-search',
  'context7',
  'everything',
  'filesystem',
  'firecrawl',
  'github',
  'memory',
  'notion',
  'sequential-thinking',
];
const VERBS = ['run', 'list', 'explain', 'install', 'verify', 'pin', 'doctor'];

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-cli-')));
const home = path.join(scratch, 'home');
const cwd = path.join(scratch, 'repository');
const ownProfile = path.join(home, '.config/cordon/profiles/tiny');
const store = path.join(home, '.local/share/cordon/store');

interface Transcript {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function listing(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
    const { size, mtimeMs, ino } = fs.lstatSync(path.join(folder, name));
    return `${name} ${ino} ${size} ${mtimeMs}`;
  });
}

/** Every call also proves that the current directory was left alone. */
function cordon(...args: readonly string[]): Transcript {
  const before = listing(cwd);
  const { status, stdout, stderr } = spawnSync(CORDON, args, {
    cwd,
    env: { HOME: home, PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(listing(cwd)).toEqual(before);
  // In a pipe nothing is coloured, and no line is drawn over another.
  for (const control of ['\u001b', '\r']) expect(stdout + stderr).not.toContain(control);
  return { status, out: stdout, err: stderr };
}

function json(...args: readonly string[]): Record<string, unknown> {
  const { status, out, err } = cordon(...args, '--json');
  expect([status, err]).toEqual([0, '']);
  return JSON.parse(out) as Record<string, unknown>;
}

beforeAll(() => {
  fs.mkdirSync(home);
  fs.mkdirSync(path.join(cwd, 'node_modules/which'), { recursive: true });
  const traps: Readonly<Record<string, string>> = {
    'package.json': '{"name":"trap","scripts":{"list":"touch trapped","install":"touch trapped"}}',
    '.npmrc': 'registry=http://127.0.0.1:1/\nscript-shell=/bin/false\n',
    'bunfig.toml': 'preload = ["./trap.js"]\n',
    'trap.js': 'require("node:fs").writeFileSync("trapped", "")',
    '.env': 'HOME=/nonexistent\n',
    'profile.json': '{}',
    memory: 'a file of the name of a profile',
  };
  for (const [name, content] of Object.entries(traps)) fs.writeFileSync(path.join(cwd, name), content);
});
afterAll(() => {
  spawnSync('/bin/chmod', ['-R', 'u+w', scratch]);
  fs.rmSync(scratch, { recursive: true, force: true });
});

describe('before anything is installed', () => {
  it('--version prints the version alone', () => {
    const { version } = JSON.parse(
      fs.readFileSync(path.join(path.dirname(CORDON), '../package.json'), 'utf8'),
    ) as { version: string };
    expect(cordon('--version')).toEqual({ status: 0, out: `${version}\n`, err: '' });
  });

  it('--help names every verb, shows examples and tells the exit status', () => {
    const { status, out } = cordon('--help');
    expect(status).toBe(0);
    for (const verb of VERBS) expect(out).toMatch(new RegExp(`^  ${verb} .*\\S`, 'm'));
    expect(out).toContain('cordon explain filesystem');
    expect(out).toContain('125');
  });

  it.each([
    ['run', 'relay JSON-RPC'],
    ['list', 'profiles'],
    ['explain', 'what a server will see'],
    ['install', 'into the store'],
    ['verify', 'hash installed packages'],
    ['pin', 'lockfile'],
    ['doctor', 'every protection'],
  ])('%s --help says what it does', (verb, words) => {
    const help = cordon(verb, '--help');
    expect([help.status, help.err]).toEqual([0, '']);
    expect(help.out).toMatch(new RegExp(`^Usage: cordon ${verb} \\[options\\]`));
    expect(help.out.replaceAll(/\s+/g, ' ')).toContain(words);
    // `run` has a client on stdout, so that there is no document to print.
    expect(help.out.includes('--json')).toBe(verb !== 'run');
    expect(cordon('help', verb).out).toBe(help.out);
  });

  it('list shows the shipped profiles, and how to install them', () => {
    const { status, out, err } = cordon('list');
    expect(status).toBe(0);
    const [heading, ...rows] = out.trimEnd().split('\n');
    expect(heading).toMatch(/^PROFILE +PACKAGE +ORIGIN +DIGEST +STATE$/);
    expect(rows.map((row) => row.split(/\s/)[0])).toEqual(SHIPPED);
    for (const row of rows)
      expect(row).toMatch(/@\d+\.\d+\.\d+ +shipped +sha256:[0-9a-f]{12} +not installed$/);
    expect(err).toBe(`hint: cordon install ${SHIPPED.join(' ')}\n`);
  });

  it('list --json has the same', () => {
    const { err, out } = cordon('list', '--json');
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({
      platform: expect.stringMatching(/^linux-/),
      profiles: SHIPPED.map((name) => ({
        name,
        origin: 'shipped',
        state: 'not-installed',
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      })),
    });
  });

  it('explain says in words what the server will get, and what not', () => {
    const { status, out } = cordon('explain', 'filesystem');
    expect(status).toBe(0);
    for (const section of ['command', 'files', 'network', 'environment', 'secrets', 'mcp', 'limits'])
      expect(out).toMatch(new RegExp(`^${section}$`, 'm'));
    expect(out).toMatch(new RegExp(`^ +write +${cwd} `, 'm'));
    expect(out).toContain("the server reads and edits the project's files");
    expect(out).toContain('not yet: cordon install filesystem');
    expect(out).toContain('none: an empty network');
  });

  it('explain --json is the plan', () => {
    const plan = json('explain', 'filesystem');
    expect(plan).toMatchObject({
      profile: 'filesystem',
      command: { program: '/cordon/runtime/node' },
      workingDirectory: cwd,
    });
    expect(plan['mounts']).toContainEqual(expect.objectContaining({ target: cwd, access: 'write' }));
    for (const part of ['environment', 'limits', 'seccomp', 'network']) expect(plan).toHaveProperty(part);
  });

  it('verify without names passes over what is not installed; by name that is a fault', () => {
    expect(cordon('verify').status).toBe(0);
    const named = cordon('verify', 'memory');
    expect(named.status).toBe(1);
    expect(named.out).toMatch(/^memory +not installed /);
    expect(named.err).toBe('hint: cordon install memory\n');
  });

  it('run of what is not installed tells the client and the user how to install it', async () => {
    const launcher = startLauncher('sequential-thinking', { home, cwd });
    const answer = await launcher.request('initialize', INITIALIZE);
    expect(answer).toMatchObject({ error: { code: -32603, data: { reason: 'PACKAGE_NOT_INSTALLED' } } });
    launcher.child.stdin?.end();
    expect((await launcher.exited).code).toBe(125);
    expect(launcher.stderr()).toMatch(
      /^error: .* \[PACKAGE_NOT_INSTALLED\]\nhint: cordon install sequential-thinking\n$/,
    );
    // The log of that refusal is all that a home folder has seen so far.
    const files = fs.readdirSync(home, { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => fs.statSync(path.join(home, name)).isFile())).toEqual([
      '.local/state/cordon/audit.jsonl',
    ]);
    fs.rmSync(path.join(home, '.local'), { recursive: true });
  });

  it('none of these wrote anything into the home folder', () => {
    for (const verb of ['list', 'verify', 'doctor']) cordon(verb);
    cordon('explain', 'memory');
    expect(fs.readdirSync(home)).toEqual([]);
  });
});

describe('errors', () => {
  it.each<[string, readonly string[], string]>([
    ['an unknown verb', ['frobnicate'], 'USAGE_INVALID'],
    ['a misspelt verb', ['lsit'], 'USAGE_INVALID'],
    ['an unknown option', ['list', '--nope'], 'USAGE_INVALID'],
    ['an option before the verb', ['--unsafe', 'list'], 'USAGE_INVALID'],
    ['an operand too many', ['list', 'memory'], 'USAGE_INVALID'],
    ['run with an option', ['run', '--unsafe', 'memory'], 'USAGE_INVALID'],
    ['run without a profile', ['run'], 'USAGE_INVALID'],
    ['explain without a profile', ['explain'], 'USAGE_INVALID'],
    ['explain of two', ['explain', 'memory', 'filesystem'], 'USAGE_INVALID'],
    ['pin without a profile', ['pin'], 'USAGE_INVALID'],
    ['a verb that would move the cursor', ['\u001b[2J\nhint: rm -rf ~'], 'USAGE_INVALID'],
    ['explain of a profile that nobody wrote', ['explain', 'nobody'], 'PROFILE_NOT_FOUND'],
    ['pin of a profile that nobody wrote', ['pin', 'nobody'], 'PROFILE_NOT_FOUND'],
    ['verify of a profile that nobody wrote', ['verify', 'nobody'], 'PROFILE_NOT_FOUND'],
    ['install of a profile that nobody wrote', ['install', 'nobody'], 'PROFILE_NOT_FOUND'],
    ['a path instead of a name', ['explain', '../../etc'], 'PROFILE_NOT_FOUND'],
    ['a name in capitals', ['explain', 'Memory'], 'PROFILE_NOT_FOUND'],
  ])('%s: one line with its code, a hint, status 125', (_what, args, code) => {
    const { status, err } = cordon(...args);
    expect(status).toBe(125);
    // `install` and `verify` go on with other profiles and say first which one it was.
    expect(err).toMatch(
      new RegExp(`^(?:[a-z]+: )?error: [^\\n]+ \\[${code}\\]\\n(?:  [^\\n]+\\n)*hint: cordon [^\\n]+\\n$`),
    );
  });

  it.each<[readonly string[], string]>([
    [['frobnicate'], 'USAGE_INVALID'],
    [['list', '--nope'], 'USAGE_INVALID'],
    [['explain'], 'USAGE_INVALID'],
    [['explain', 'nobody'], 'PROFILE_NOT_FOUND'],
    [['pin', 'nobody'], 'PROFILE_NOT_FOUND'],
  ])('%j --json: the error is the document', (args, code) => {
    const { status, out, err } = cordon(...args, '--json');
    expect([status, err]).toEqual([125, '']);
    expect(JSON.parse(out)).toEqual({
      error: {
        code,
        message: expect.stringMatching(/./),
        details: expect.any(Array),
        hints: [expect.stringMatching(/^cordon /)],
      },
    });
  });

  it.each([['list'], ['list', '--json'], ['explain', 'memory'], ['explain', 'nobody', '--json'], ['--help']])(
    'a disk too full for what %j prints is a fault',
    (...args) => {
      const full = fs.openSync('/dev/full', 'w');
      const { status, stderr } = spawnSync(CORDON, args, {
        cwd,
        env: { HOME: home, PATH: process.env['PATH'] ?? '' },
        encoding: 'utf8',
        stdio: ['ignore', full, 'pipe'],
      });
      fs.closeSync(full);
      expect(status).toBe(125);
      expect(stderr).toMatch(/^error: .*ENOSPC \[OUTPUT_UNWRITABLE\]\nhint: df -h\n$/);
    },
  );

  it('a misspelt profile or verb gets the one that was meant', () => {
    expect(cordon('explain', 'filesytem').err).toContain('did you mean "filesystem"?');
    expect(cordon('lsit').err).toContain('did you mean "list"?');
  });

  it('no verb at all prints the help and is a fault', () => {
    const { status, out } = cordon();
    expect(status).toBe(125);
    expect(out).toContain('Usage: cordon');
  });
});

describe('install, verify and a start', () => {
  it('brings the pinned package in; a second time it is already there', () => {
    const first = cordon('install', 'memory');
    expect([first.status, first.err]).toEqual([0, '']);
    expect(first.out).toMatch(
      /^memory  installed  @modelcontextprotocol\/server-memory@\S+ +sha256:\w{12} +\d+ files/,
    );
    expect(first.out).toContain('servers run on Node.js');
    const second = cordon('install', 'memory');
    expect([second.status, second.err]).toEqual([0, '']);
    expect(second.out).toMatch(/^memory  already there  /);
    expect(json('install', 'memory')).toMatchObject({
      runtime: { name: 'node' },
      profiles: [{ profile: 'memory', status: 'present' }],
    });
    expect(cordon('list').out).toMatch(/^memory .* installed$/m);
    expect(cordon('explain', 'memory').out).not.toContain('not yet');
  });

  it.runIf(fs.existsSync('/usr/bin/script'))('shows progress on a terminal', () => {
    const typed = `${CORDON} install memory`;
    const { stdout } = spawnSync('/usr/bin/script', ['-qec', typed, '/dev/null'], {
      cwd,
      env: { HOME: home, PATH: process.env['PATH'] ?? '' },
      encoding: 'utf8',
      input: '',
    });
    expect(stdout).toContain('installing memory…');
    expect(stdout).toContain('already there');
  });

  it('verify says 0 for what is whole, and 1 with every name for what is not', () => {
    const whole = cordon('verify', 'memory');
    expect([whole.status, whole.err]).toEqual([0, '']);
    expect(whole.out).toMatch(/^memory  unchanged  .* files  \d+ ms\n$/);
    expect(json('verify', 'memory')).toMatchObject({
      profiles: [{ profile: 'memory', status: 'unchanged' }],
    });

    const [digest = ''] = fs.readdirSync(store).filter((name) => /^[0-9a-f]{64}$/.test(name));
    const modules = path.join(store, digest, 'tree/node_modules');
    const entry = '@modelcontextprotocol/server-memory/dist/index.js';
    for (const place of ['zod', 'zod/package.json', entry]) fs.chmodSync(path.join(modules, place), 0o755);
    fs.appendFileSync(path.join(modules, entry), '\n');
    fs.rmSync(path.join(modules, 'zod/package.json'));
    fs.writeFileSync(path.join(modules, 'zod/planted.js'), '', { mode: 0o644 });

    const changed = cordon('verify', 'memory');
    expect(changed.status).toBe(1);
    expect(changed.out).toMatch(/^memory  CHANGED /);
    for (const line of [`${entry}" was changed`, 'zod/package.json" is missing', 'zod/planted.js" was added'])
      expect(changed.out).toContain(`  "node_modules/${line}\n`);
    expect(changed.err).toBe('hint: cordon install memory\n');
    const document = cordon('verify', 'memory', '--json');
    expect(document.status).toBe(1);
    expect(JSON.parse(document.out)).toMatchObject({
      profiles: [{ status: 'changed', changes: [{}, {}, {}] }],
    });

    // More than a pipe holds, for a reader that takes its time.
    spawnSync('/bin/chmod', ['-R', 'a+x', modules]);
    const slow = spawnSync('/bin/sh', ['-c', '"$0" verify memory --json | { sleep 1; cat; }', CORDON], {
      cwd,
      env: { HOME: home, PATH: '/usr/bin:/bin' },
      encoding: 'utf8',
    });
    expect(slow.stdout.length).toBeGreaterThan(100_000);
    expect(JSON.parse(slow.stdout)).toMatchObject({ profiles: [{ status: 'changed' }] });

    expect(cordon('install', 'memory').out).toMatch(/^memory  repaired  /);
    expect(cordon('verify', 'memory').status).toBe(0);
  });

  it('doctor finds what it needs now; its status follows from what failed', () => {
    const { status, out } = cordon('doctor');
    expect(out).toMatch(/^machine\n/);
    expect(out).toMatch(/^ +ok +runtime /m);
    const { out: text, status: again } = cordon('doctor', '--json');
    const document = JSON.parse(text) as { failed: number; findings: ReadonlyArray<{ verdict: string }> };
    expect(document.findings.filter(({ verdict }) => verdict === 'failed')).toHaveLength(document.failed);
    expect([status, again]).toEqual(document.failed === 0 ? [0, 0] : [1, 1]);
  });
});

describe("a profile of the user's own", () => {
  const profile = {
    schema: 1,
    description: 'A small package with a command and a dependency.',
    definitions: 'unpinned',
    source: { type: 'npm', package: 'is-inside-container', version: '1.0.0' },
  };

  it('is listed with what is missing before it is pinned', () => {
    fs.mkdirSync(ownProfile, { recursive: true });
    fs.writeFileSync(path.join(ownProfile, 'profile.json'), JSON.stringify(profile));
    const { out, err } = cordon('list');
    expect(out).toMatch(/^tiny +is-inside-container@1\.0\.0 +user +- +PINS_MISSING: /m);
    expect(err).toContain('hint: cordon pin tiny');
    const { status, err: refused } = cordon('explain', 'tiny');
    expect(status).toBe(125);
    expect(refused).toMatch(/^error: .* \[PINS_MISSING\]\nhint: cordon pin tiny\n$/);
  });

  it('pin writes the lockfile and the digests of every platform, the same every time', () => {
    const { status, out, err } = cordon('pin', 'tiny');
    expect([status, err]).toEqual([0, 'hint: cordon install tiny\n']);
    expect(out).toMatch(/^pinned tiny: is-inside-container@1\.0\.0, 2 packages, starts "/);
    for (const platform of ['linux-x64-glibc', 'linux-arm64-glibc', 'darwin-arm64', 'darwin-x64'])
      expect(out).toMatch(new RegExp(`^  ${platform} +sha256:\\w{12} +\\d+ files$`, 'm'));
    expect(fs.readdirSync(ownProfile).toSorted()).toEqual(['package-lock.json', 'pins.json', 'profile.json']);
    const read = (): string[] =>
      ['package-lock.json', 'pins.json'].map((name) => fs.readFileSync(path.join(ownProfile, name), 'utf8'));
    const [lockfile = '', pins = ''] = read();
    expect(lockfile).not.toContain('://');
    const { packages } = JSON.parse(lockfile) as { packages: Record<string, { integrity?: string }> };
    for (const name of ['is-inside-container', 'is-docker'])
      expect(packages[`node_modules/${name}`]?.integrity).toMatch(/^sha512-/);
    expect(json('pin', 'tiny')).toMatchObject({ profile: 'tiny', packages: 2, pins: JSON.parse(pins) });
    expect(read()).toEqual([lockfile, pins]);
  });

  it('is installed and verified like any other', () => {
    expect(cordon('install', 'tiny').out).toMatch(/^tiny  installed  /);
    expect(cordon('verify', 'tiny', 'memory').status).toBe(0);
    expect(json('explain', 'tiny')).toMatchObject({ package: 'is-inside-container@1.0.0' });
  });

  it('a package that is no MCP server ends, and the client is told its status', async () => {
    const launcher = startLauncher('tiny', { home, cwd });
    expect(await launcher.request('initialize', INITIALIZE)).toMatchObject({
      error: { code: -32603, data: { source: 'cordon', reason: 'SERVER_ENDED' } },
    });
    expect([0, 1, 2]).toContain((await launcher.exited).code);
  });

  it('an edited version makes the pins stale', () => {
    const edited = { ...profile, source: { ...profile.source, version: '1.0.1' } };
    fs.writeFileSync(path.join(ownProfile, 'profile.json'), JSON.stringify(edited));
    for (const verb of ['verify', 'install', 'explain'])
      expect(cordon(verb, 'tiny')).toMatchObject({
        status: 125,
        err: expect.stringMatching(/error: .* \[PIN_STALE\]\n  .*1\.0\.1.*\nhint: cordon pin tiny\n$/),
      });
  });
});
