// `cordon export` from the command line: what it prints, writes and compares, on folders of its own.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS } from '../../src/export/policy.ts';
import { CORDON } from '../fixtures/launcher.ts';

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-export-')));
const home = path.join(scratch, 'home');
const own = path.join(home, '.config/cordon/profiles');
const root = path.join(scratch, 'root');
const MANAGED_MCP = '/etc/claude-code/managed-mcp.json';

function cordon(...args: readonly string[]) {
  return shell('exec "$@"', CORDON, ...args);
}

function shell(script: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script, 'sh', ...args], {
    cwd: scratch,
    env: { HOME: home, PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

beforeAll(() => fs.mkdirSync(own, { recursive: true }));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

it('prints each client’s policy, and what the client does not enforce', () => {
  for (const client of CLIENTS) {
    const { status, out } = cordon('export', client, 'filesystem');
    expect(status).toBe(0);
    expect(out).toContain(CORDON);
    expect(out).toMatch(/^what .* does not enforce:\n {2}- /m);
    const { out: json } = cordon('export', client, 'filesystem', '--json');
    expect(JSON.parse(json)).toMatchObject({ client });
  }
});

describe('--out', () => {
  it('writes the files once, for everybody to read, and keeps what is not ours', () => {
    const file = path.join(root, MANAGED_MCP);
    const first = cordon('export', 'claude-code', '--out', root);
    expect([first.status, first.out]).toEqual([0, expect.stringContaining(`written: ${file}\n`)]);
    expect(fs.statSync(file).mode & 0o7777).toBe(0o644);
    expect(fs.statSync(path.dirname(file)).mode & 0o7777).toBe(0o755);
    expect(cordon('export', 'claude-code', '--out', root).out).toContain(`already so: ${file}\n`);

    const document = JSON.parse(fs.readFileSync(file, 'utf8')) as { mcpServers: Record<string, unknown> };
    document.mcpServers['corp'] = { type: 'http', url: 'https://mcp.corp.example' };
    fs.writeFileSync(file, JSON.stringify(document));
    expect(cordon('export', 'claude-code', 'memory', '--out', root).status).toBe(0);
    const { mcpServers } = JSON.parse(fs.readFileSync(file, 'utf8')) as typeof document;
    expect(Object.keys(mcpServers)).toEqual(expect.arrayContaining(['corp', 'memory']));
    expect(Object.keys(mcpServers)).toHaveLength(2);
  });

  it('every user’s client finds them, whatever the umask', () => {
    const out = path.join(scratch, 'umask');
    const command = [CORDON, 'export', 'claude-code', '--out', out];
    expect(shell('umask 077; exec "$@"', ...command).status).toBe(0);
    for (const place of fs.readdirSync(out, { recursive: true, encoding: 'utf8' })) {
      const stat = fs.statSync(path.join(out, place));
      expect([place, stat.mode & 0o777]).toEqual([place, stat.isDirectory() ? 0o755 : 0o644]);
    }
  });

  it('a file that others could change, or not read, is made anew', () => {
    const file = path.join(root, MANAGED_MCP);
    for (const mode of [0o666, 0o600]) {
      fs.chmodSync(file, mode);
      const planted = fs.openSync(file, 'r+');
      const args = ['export', 'claude-code', 'memory', '--out', root];
      expect(cordon(...args).out).toContain(`written: ${file}\n`);
      expect(cordon(...args).out).toContain(`already so: ${file}\n`);
      fs.writeSync(planted, 'evil');
      fs.closeSync(planted);
      expect(fs.readFileSync(file, 'utf8')).toMatch(/^\{\n/);
      expect(fs.statSync(file).mode & 0o777).toBe(0o644);
    }
  });

  it('a link out of the folder is not followed, one within it is', () => {
    const image = path.join(scratch, 'image');
    const outside = path.join(scratch, 'outside');
    for (const folder of [path.join(image, 'usr/etc'), outside]) fs.mkdirSync(folder, { recursive: true });
    fs.symlinkSync(outside, path.join(image, 'etc'));
    const { status, err } = cordon('export', 'codex', '--out', image);
    expect([status, err]).toEqual([125, expect.stringContaining('leads out of')]);
    expect(fs.readdirSync(outside)).toEqual([]);
    fs.rmSync(path.join(image, 'etc'));
    fs.symlinkSync('usr/etc', path.join(image, 'etc'));
    expect(cordon('export', 'codex', '--out', image).status).toBe(0);
    expect(fs.readdirSync(path.join(image, 'usr/etc'))).toEqual(['codex']);
  });

  it('refuses to replace what it cannot keep', () => {
    for (const content of ['{', '# mine\n']) {
      const file = path.join(root, '/etc/codex/requirements.toml');
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
      const { status, err } = cordon('export', 'codex', '--out', root);
      expect([status, err]).toEqual([125, expect.stringContaining('OUTPUT_UNWRITABLE')]);
      expect(fs.readFileSync(file, 'utf8')).toBe(content);
      fs.rmSync(file);
    }
  });

  it('writes no file of a client where another of its files must stay', () => {
    const [ours, theirs] = ['requirements.toml', 'config.toml'].map((name) =>
      path.join(scratch, 'half/etc/codex', name),
    ) as [string, string];
    fs.mkdirSync(path.dirname(theirs), { recursive: true });
    fs.writeFileSync(theirs, 'model = "x"\n');
    const { status, err } = cordon('export', 'codex', '--out', path.join(scratch, 'half'));
    expect([status, err]).toEqual([125, expect.stringContaining(theirs)]);
    expect(fs.existsSync(ours)).toBe(false);
  });

  it('says so where a client takes no files, and when a folder cannot be written', () => {
    expect(cordon('export', 'cursor', '--out', root).out).toContain('takes no files');
    fs.writeFileSync(path.join(scratch, 'file'), '');
    const { status, err } = cordon('export', 'gemini', '--out', path.join(scratch, 'file'));
    expect([status, err]).toEqual([125, expect.stringContaining('OUTPUT_UNWRITABLE')]);
  });
});

describe.runIf(process.getuid?.() === 0)('--check, on a machine of its own', () => {
  /** In a mount namespace in which the files of the test lie over the machine's /etc. */
  function check(...args: readonly string[]) {
    const script = 'mount -t overlay overlay -o "lowerdir=$0:/etc" /etc && exec "$@"';
    const command = [CORDON, 'export', 'claude-code', '--check', ...args];
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', '--propagation', 'private', 'sh', '-c', script, path.join(root, 'etc'), ...command],
      { cwd: scratch, env: { HOME: home, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, encoding: 'utf8' },
    );
    return { status, out: stdout, err: stderr };
  }
  const policy = path.join(root, 'etc/claude-code');

  it('tells what is missing, what differs, and who could change it', () => {
    fs.rmSync(policy, { recursive: true, force: true });
    fs.mkdirSync(policy, { recursive: true });
    const missing = check();
    expect([missing.status, missing.out]).toEqual([1, expect.stringContaining(`${MANAGED_MCP}: missing\n`)]);
    expect(missing.err).toContain('hint: cordon export claude-code --out /\n');

    cordon('export', 'claude-code', '--out', root);
    expect(check()).toMatchObject({
      status: 0,
      out: expect.stringContaining('as it should be\n') as string,
    });
    const differs = check('memory');
    expect([differs.status, differs.out]).toEqual([1, expect.stringContaining('differs in mcpServers\n')]);

    fs.chmodSync(path.join(policy, 'managed-mcp.json'), 0o666);
    const open = check();
    expect([open.status, open.out]).toEqual([1, expect.stringContaining('writable by group or others')]);
    fs.chmodSync(path.join(policy, 'managed-mcp.json'), 0o644);
    fs.writeFileSync(path.join(policy, 'managed-mcp.json'), '{,}');
    expect(check().out).toContain('is not JSON');
  });

  it.each([
    ['managed-mcp.json', 0o666, 'writable by group or others'],
    ['managed-mcp.json', 0o600, 'must be readable by every user'],
    ['managed-settings.d', 0o777, 'writable by group or others'],
    ['', 0o700, 'must let every user in'],
  ])('what it says mends %j with mode %o', (name, mode, words) => {
    fs.rmSync(policy, { recursive: true, force: true });
    cordon('export', 'claude-code', '--out', root);
    const place = path.join(policy, name);
    fs.chmodSync(place, mode);
    const { status, out, err } = check();
    expect([status, out]).toEqual([1, expect.stringContaining(words)]);
    const [, command = ''] = /^hint: (.*)$/m.exec(err) ?? [];
    expect(shell(command.replaceAll('sudo ', '').replaceAll('/etc/', `${root}/etc/`)).status).toBe(0);
    expect(check()).toMatchObject({ status: 0 });
  });
});

describe('what is wrong', () => {
  it('a client, a system or a profile that there is not', () => {
    for (const [args, words] of [
      [['claude'], 'did you mean "claude-code"?'],
      [['emacs'], 'known are claude-code'],
      [['codex', '--system', 'beos'], 'linux'],
      [['codex', '--out', root, '--check'], 'only one'],
      [['codex', 'no-such'], 'PROFILE_NOT_FOUND'],
    ] as const) {
      const { status, err } = cordon('export', ...args);
      expect([status, err], args.join(' ')).toEqual([125, expect.stringContaining(words)]);
    }
  });

  it('among all profiles, a broken one is left out with a word', () => {
    fs.mkdirSync(path.join(own, 'broken'));
    fs.writeFileSync(path.join(own, 'broken', 'profile.json'), '{}');
    const { status, out, err } = cordon('export', 'codex');
    expect([status, err]).toEqual([0, expect.stringContaining('broken is left out: PROFILE_INVALID')]);
    expect(out).not.toContain('broken');
    fs.rmSync(path.join(own, 'broken'), { recursive: true });
  });
});
