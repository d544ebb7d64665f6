// EV rows: what a client, a user's shell or a cloned repository puts into the environment, the descriptors and the current
// directory must neither run code in the launcher nor reach the server. Each lure has a control that shows that it bites.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { CORDON, INITIALIZE, ROOT, startLauncher } from '../fixtures/launcher.ts';

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-env-')));
const home = path.join(scratch, 'home');
const repository = path.join(scratch, 'repository');
const marker = path.join(scratch, 'marker');
const executable = path.join(ROOT, 'dist', 'cordon');
const serverFile = path.join(scratch, 'server.cjs');

/** What each descriptor of the program that evaluates this is open on: `[number, target]`. */
const DESCRIPTORS = `
function descriptors() {
  const fs = require('node:fs');
  return fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try { return [[Number(fd), fs.readlinkSync('/proc/self/fd/' + fd)]]; } catch { return []; }
  });
}`;

const SERVER = `
${DESCRIPTORS}
const lines = require('node:readline').createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { id, method } = JSON.parse(line);
  const result = method === 'initialize'
    ? { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'env', version: '1' } }
    : method === 'tools/list'
    ? { tools: [{ name: 'report', inputSchema: { type: 'object' } }] }
    : { env: process.env, argv: process.argv, execPath: process.execPath, fds: descriptors() };
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
});`;

/** A program in several languages that leaves the marker. */
const MARK_SH = `#!/bin/sh\necho "$0" >> ${marker}\n`;
const MARK_JS = `require('node:fs').appendFileSync(${JSON.stringify(marker)}, 'js\\n');`;

function write(name: string, content: string, mode = 0o755): string {
  const file = path.join(repository, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content, { mode });
  return file;
}

const marked = (): string => (fs.existsSync(marker) ? fs.readFileSync(marker, 'utf8') : '');

type Descriptor = readonly [number: number, target: string];

/**
 * Descriptors that Node did not open for itself: its own are event descriptors, /dev/null and pipes of which it holds both
 * ends. How many of those it has differs from start to start, so that a count would tell nothing.
 */
function foreign(fds: readonly Descriptor[]): string[] {
  const targets = fds.filter(([fd]) => fd > 2).map(([, target]) => target);
  const ends = (target: string): number => targets.filter((other) => other === target).length;
  return targets.filter(
    (target) =>
      !/^anon_inode:\[?event/.test(target) &&
      target !== '/dev/null' &&
      !(target.startsWith('pipe:') && ends(target) === 2),
  );
}

async function serverReport(
  env: Record<string, string>,
  command?: readonly string[],
): Promise<{
  readonly env: Record<string, string>;
  readonly argv: string[];
  readonly execPath: string;
  readonly fds: readonly Descriptor[];
}> {
  const launcher = startLauncher('env', {
    home,
    cwd: repository,
    env,
    ...(command === undefined ? {} : { command }),
  });
  const hello = await launcher.request('initialize', INITIALIZE);
  expect(hello['result'], launcher.stderr()).toBeDefined();
  const answer = await launcher.call('report');
  launcher.child.stdin?.end();
  await launcher.exited;
  return answer['result'] as Awaited<ReturnType<typeof serverReport>>;
}

beforeAll(() => {
  fs.mkdirSync(repository, { recursive: true });
  fs.writeFileSync(serverFile, SERVER);
  installFixtureProfile({
    home,
    name: 'env',
    package: 'env-server',
    entry: 'server.cjs',
    files: { 'server.cjs': serverFile },
    profile: { description: 'Tells what it was given.', env: { GRANTED: 'yes' } },
  });
  installFixtureProfile({
    home,
    name: 'workspace',
    package: 'env-server',
    entry: 'server.cjs',
    files: { 'server.cjs': serverFile },
    profile: {
      description: 'Sees where it was started.',
      permissions: { filesystem: [{ path: '${workspace}', access: 'write', why: 'the test' }] },
    },
  });
  write('preload.js', MARK_JS);
  write('bunfig.toml', 'preload = ["./preload.js"]\n[run]\nbun = true\n');
  write('.env', `BUN_OPTIONS=--preload ${repository}/preload.js\nCANARY_DOTENV=1\n`);
  write(
    'package.json',
    JSON.stringify({
      name: 'evil',
      scripts: {
        run: `echo script >> ${marker}`,
        env: `echo script >> ${marker}`,
        prerun: `echo script >> ${marker}`,
      },
    }),
  );
  write('.npmrc', 'script-shell=./bwrap\nnode-options=--require=./preload.js\n');
  write('tsconfig.json', '{"compilerOptions":{"paths":{"*":["./preload.js"]}}}');
  write('node_modules/pino/index.js', MARK_JS);
  write('node_modules/zod/index.js', MARK_JS);
  for (const name of ['bwrap', 'node', 'setpriv', 'env', 'readlink', 'sh', 'cordon', 'unshare'])
    write(`bin/${name}`, MARK_SH);
  for (const name of ['bwrap', 'node', 'setpriv']) write(name, MARK_SH);
});

afterAll(() => {
  spawnSync('/bin/chmod', ['-R', 'u+w', scratch]);
  fs.rmSync(scratch, { recursive: true, force: true });
});

describe('variables that steer the runtime of the executable', () => {
  const LURES: ReadonlyArray<{
    readonly name: string;
    readonly env: () => Record<string, string>;
    readonly args: readonly string[];
  }> = [
    { name: 'BUN_BE_BUN', env: () => ({ BUN_BE_BUN: '1' }), args: ['run', 'env'] },
    {
      name: 'BUN_OPTIONS',
      env: () => ({ BUN_OPTIONS: `--preload ${repository}/preload.js` }),
      args: ['list'],
    },
  ];

  for (const lure of LURES) {
    it(`control: ${lure.name} does steer the bare executable`, () => {
      fs.rmSync(marker, { force: true });
      spawnSync(executable, lure.args, {
        cwd: repository,
        env: { HOME: home, PATH: '/usr/bin:/bin', ...lure.env() },
        input: '',
      });
      expect(marked()).not.toBe('');
    });

    it(`EV-01: ${lure.name} does not reach it through bin/cordon`, async () => {
      fs.rmSync(marker, { force: true });
      const report = await serverReport(lure.env());
      expect(marked()).toBe('');
      expect(report.env).not.toHaveProperty(lure.name);
    });
  }
});

describe('variables that steer interpreters, loaders and shells', () => {
  const hostile: Record<string, string> = {
    NODE_OPTIONS: '--require=./preload.js',
    NODE_PATH: './node_modules',
    NODE_EXTRA_CA_CERTS: '/nonexistent',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NODE_REPL_EXTERNAL_MODULE: './preload.js',
    NODE_V8_COVERAGE: './coverage',
    NODE_REDIRECT_WARNINGS: './warnings',
    NODE_COMPILE_CACHE: './cache',
    BUN_INSPECT_PRELOAD: './preload.js',
    BUN_CONFIG_VERBOSE_FETCH: '1',
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: './cache',
    BASH_ENV: './bwrap',
    ENV: './bwrap',
    SHELLOPTS: 'xtrace',
    PS4: '$(./bwrap)',
    'BASH_FUNC_echo%%': '() { ./bwrap; }',
    'BASH_FUNC_exec%%': '() { ./bwrap; }',
    IFS: '/',
    CDPATH: '/',
    GCONV_PATH: '.',
    LD_LIBRARY_PATH: '.',
    LD_AUDIT: './nonexistent.so',
    PERL5OPT: '-Mevil',
    RUBYOPT: '-revil',
    PYTHONPATH: '.',
    GIT_SSH_COMMAND: './bwrap',
    npm_config_script_shell: './bwrap',
    HTTPS_PROXY: 'http://127.0.0.1:1',
    http_proxy: 'http://127.0.0.1:1',
    SSL_CERT_FILE: '/nonexistent',
    SSH_AUTH_SOCK: '/tmp/agent',
    AWS_SECRET_ACCESS_KEY: 'canary-secret',
    GITHUB_TOKEN: 'canary-secret',
    CORDON_ROOT: '/nonexistent',
    PATH: './bin:.',
    TMPDIR: './tmp',
  };

  it('EV-02, E02: none of them runs anything or reaches the server', async () => {
    fs.rmSync(marker, { force: true });
    const { LD_AUDIT: _, ...rest } = hostile;
    const report = await serverReport({ ...rest, PATH: `${repository}/bin:${repository}:.` });
    expect(marked()).toBe('');
    expect(Object.keys(report.env).toSorted()).toEqual([
      'GRANTED',
      'HOME',
      'LANG',
      'NODE_DISABLE_COMPILE_CACHE',
      'PATH',
      'PWD',
      'TMPDIR',
    ]);
    expect(JSON.stringify(report)).not.toContain('canary-secret');
    for (const leftover of ['coverage', 'warnings', 'cache', 'tmp'])
      expect(fs.existsSync(path.join(repository, leftover))).toBe(false);
  });

  it('EV-02: a bash that plays sh takes no functions, SHELLOPTS or PS4 from the environment', () => {
    fs.rmSync(marker, { force: true });
    const bash = path.join(scratch, 'sh');
    fs.copyFileSync('/bin/bash', bash);
    const env = { ...hostile, HOME: home };
    // Control: without -p the same shell takes the function.
    spawnSync(bash, ['-c', 'echo x'], { cwd: repository, env });
    expect(marked()).not.toBe('');
    fs.rmSync(marker, { force: true });
    const [, flags = ''] = fs.readFileSync(CORDON, 'utf8').split('\n')[0]?.split(' ') ?? [];
    const run = spawnSync(bash, [flags, CORDON, '--version'], { cwd: repository, env, encoding: 'utf8' });
    expect(run.stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
    expect(marked()).toBe('');
  });

  it('EV-02: LD_PRELOAD reaches no program after the entry script', () => {
    const library = path.join(scratch, 'lure.so');
    const code = `#include <stdio.h>\n#include <unistd.h>\n__attribute__((constructor)) static void in(void) { char b[256]; long n = readlink("/proc/self/exe", b, 255); if (n > 0) { b[n] = 0; FILE *f = fopen("${marker}", "a"); if (f) { fprintf(f, "%s\\n", b); fclose(f); } } }\n`;
    const compiled = spawnSync('/usr/bin/gcc', ['-shared', '-fPIC', '-x', 'c', '-', '-o', library], {
      input: code,
    });
    expect(compiled.status, String(compiled.stderr)).toBe(0);
    fs.rmSync(marker, { force: true });
    spawnSync(CORDON, ['list'], {
      cwd: repository,
      env: { HOME: home, PATH: '/usr/bin', LD_PRELOAD: library },
    });
    // The shell itself is loaded before its first line; nobody can change that. Nothing after it.
    expect(marked().trim().split('\n')).toEqual([fs.realpathSync('/bin/sh')]);
  });
});

describe('the current directory is a hostile repository', () => {
  it('EV-16, SC-26, SC-27: neither its bwrap, node, bunfig.toml, .env, package.json nor node_modules counts', async () => {
    fs.rmSync(marker, { force: true });
    const report = await serverReport({ PATH: `${repository}:${repository}/bin:.:` });
    expect(marked()).toBe('');
    expect(report.execPath).toBe('/cordon/runtime/node');
    expect(report.env).not.toHaveProperty('CANARY_DOTENV');
  });

  it('a profile of the name of a shipped one in the home folder is never used', async () => {
    const other = path.join(scratch, 'other-home');
    installFixtureProfile({
      home: other,
      name: 'filesystem',
      package: 'env-server',
      entry: 'server.cjs',
      files: { 'server.cjs': serverFile },
      profile: { description: 'Not the reviewed one.' },
    });
    const launcher = startLauncher('filesystem', { home: other, cwd: repository });
    expect(await launcher.request('initialize', INITIALIZE)).toMatchObject({
      error: { code: -32603, data: { reason: 'PACKAGE_NOT_INSTALLED' } },
    });
    launcher.child.stdin?.end();
    expect((await launcher.exited).code).toBe(125);
  });
});

describe('the current directory itself', () => {
  const gone = path.join(scratch, 'gone');
  beforeAll(() => fs.symlinkSync(ROOT, path.join(scratch, 'program')));
  for (const [what, called] of [
    ['', CORDON],
    [', though PWD leads to whatever is current', `/usr/bin/env PWD=/proc/self/cwd ${CORDON}`],
    [', by a path that leads up from there', '../program/bin/cordon'],
  ] as const) {
    it(`P8: one that was deleted${what}: the client is told`, async () => {
      const command = ['/bin/sh', '-c', `mkdir ${gone}; cd ${gone}; rmdir ${gone}; exec ${called} run env`];
      const launcher = startLauncher('env', { home, cwd: scratch, command });
      const answer = await launcher.request('initialize', INITIALIZE);
      expect(answer).toMatchObject({ error: { data: { source: 'cordon', reason: 'WORKSPACE_TOO_BROAD' } } });
      expect(answer['error']).toMatchObject({ message: expect.stringContaining('deleted') as string });
      launcher.child.stdin?.end();
      expect((await launcher.exited).code).toBe(125);
    });
  }

  it('EV-17: a name that is not UTF-8 never grants the folder of another name', async () => {
    const [latin, twin] = [Buffer.from(`${scratch}/caf\xe9`, 'latin1'), path.join(scratch, 'caf\ufffd')];
    fs.mkdirSync(latin);
    fs.mkdirSync(twin);
    fs.writeFileSync(path.join(twin, 'not-granted'), '');
    const command = ['/bin/sh', '-c', `cd ${scratch}/caf$(printf '\\351'); exec ${CORDON} run workspace`];
    const launcher = startLauncher('workspace', { home, cwd: scratch, command });
    expect(await launcher.request('initialize', INITIALIZE)).toMatchObject({
      error: { data: { source: 'cordon', reason: 'WORKSPACE_TOO_BROAD' } },
    });
    launcher.child.stdin?.end();
    expect((await launcher.exited).code).toBe(125);
  });
});

describe('descriptors', () => {
  it('EV-12, H01: what the client leaked is closed before anything starts', async () => {
    const secret = path.join(scratch, 'secret');
    fs.writeFileSync(secret, 'canary');
    const leaks = `exec 3<${secret} 9<${secret} 17<${secret} 20<${scratch} 21> >(cat)`;
    const report = await serverReport({}, ['/bin/bash', '-c', `${leaks}; exec ${CORDON} run env`]);
    expect(report.fds.length).toBeGreaterThan(3);
    expect(foreign(report.fds)).toEqual([]);

    // Without a launcher in between, the same descriptors arrive.
    const script = `${DESCRIPTORS}; console.log(JSON.stringify(descriptors()))`;
    const bare = spawnSync('/bin/bash', ['-c', `${leaks}; exec "$0" -e "$1"`, process.execPath, script], {
      encoding: 'utf8',
    });
    expect(foreign(JSON.parse(bare.stdout) as Descriptor[])).toEqual(
      expect.arrayContaining([secret, scratch, expect.stringMatching(/^pipe:/)]),
    );
  });
});

describe('how it is called', () => {
  it('through a symbolic link', () => {
    const link = path.join(scratch, 'linked-cordon');
    fs.symlinkSync(CORDON, link);
    const run = spawnSync(link, ['--version'], { cwd: '/', env: { HOME: home }, encoding: 'utf8' });
    expect(run.status, run.stderr).toBe(0);
  });

  it('a bare name, to be looked up in PATH, is refused by the entry itself', () => {
    const run = spawnSync('/bin/sh', ['-c', `exec /bin/sh -p ./cordon list`], {
      cwd: path.dirname(CORDON),
      env: { HOME: home },
      encoding: 'utf8',
    });
    expect(run.status).toBe(0);
    const bare = spawnSync('/bin/sh', ['-p', 'cordon', 'list'], {
      cwd: path.dirname(CORDON),
      env: { HOME: home },
      encoding: 'utf8',
    });
    expect(bare.status).toBe(125);
    expect(bare.stderr).toContain('USAGE_INVALID');
  });

  it('from a folder with = in its name: never a program of PATH', () => {
    const odd = path.join(scratch, 'a=b');
    fs.mkdirSync(path.join(odd, 'bin'), { recursive: true });
    fs.mkdirSync(path.join(odd, 'dist'));
    fs.copyFileSync(CORDON, path.join(odd, 'bin/cordon'));
    fs.symlinkSync(executable, path.join(odd, 'dist/cordon'));
    write('bin/list', MARK_SH);
    fs.rmSync(marker, { force: true });
    const run = spawnSync(path.join(odd, 'bin/cordon'), ['list'], {
      cwd: repository,
      env: { HOME: home, PATH: `${repository}/bin` },
      encoding: 'utf8',
    });
    expect(marked()).toBe('');
    expect(run.status).toBe(125);
    expect(run.stderr).toContain('INSTALLATION_UNSAFE');
  });

  for (const [what, args] of [
    ['no profile', ['run']],
    ['two profiles', ['run', 'env', 'other']],
    ['an option', ['run', '--unsafe', 'env']],
    ['a path as profile', ['run', '../../etc']],
    ['an unknown profile', ['run', 'nobody']],
  ] as const) {
    it(`${what}: one clear line, status 125, and the client is told`, async () => {
      const launcher = startLauncher('', { home, cwd: repository, command: [CORDON, ...args] });
      const answer = await launcher.request('initialize', INITIALIZE);
      expect(answer).toMatchObject({ error: { code: -32603, data: { source: 'cordon' } } });
      const { message } = answer['error'] as { message: string };
      expect(message.length).toBeLessThan(480);
      expect(message).not.toContain('\n');
      launcher.child.stdin?.end();
      expect((await launcher.exited).code).toBe(125);
      expect(launcher.stderr()).toMatch(/^error: .* \[(USAGE_INVALID|PROFILE_NOT_FOUND)\]\n/);
    });
  }
});
