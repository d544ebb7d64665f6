// A managed machine with the real clients on it: only what the administrator pushed starts, through Cordon, and whoever uses the
// client reads why something does not. The machine is this one with folders of the test's own over /etc, /opt and /var/lib, in a
// mount namespace; needs root to make it, and the clients run as an ordinary user in it.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bunPath } from '../../scripts/bun-path.mjs';
import { columns, copyProgram, isRoot } from '../escape/columns.ts';
import { approveFixture } from '../fixtures/approve-fixture.ts';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { processesWith, ROOT, until } from '../fixtures/launcher.ts';

const CORDON = '/opt/cordon/bin/cordon';
const CLIENTS = path.join(ROOT, 'test/clients/node_modules');
const CLAUDE = '/opt/clients/@anthropic-ai/claude-code-linux-x64/claude';
const CODEX = '/opt/clients/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex';
const GEMINI = '/opt/clients/@google/gemini-cli/bundle/gemini.js';
const TOKEN = `cordon-token-${process.pid}-clients`;

let scratch = '';
let user: ReturnType<typeof columns>[number];

interface Ran {
  readonly status: number | null;
  readonly out: string;
}

/** Argv that makes the managed machine, changes it as root by `change`, and becomes the command as an ordinary user. */
function onMachine(change: string, command: readonly string[]): readonly string[] {
  const machine = [
    'set -e',
    'layer() { mkdir -p "$1/w-$2" "$1/u-$2"; mount -t overlay overlay -o "lowerdir=$1/$2:$3,upperdir=$1/u-$2,workdir=$1/w-$2" "$3"; }',
    // What one test changes is gone for the next.
    'mount -t tmpfs -o mode=755 tmpfs "$1/layers"',
    'cp -a "$1/etc" "$1/opt" "$1/lib" "$1/layers"',
    'layer "$1/layers" etc /etc; layer "$1/layers" opt /opt; layer "$1/layers" lib /var/lib',
    `mount --bind "${CLIENTS}" /opt/clients`,
    // Managed, HOME does not count: the home folder is the one of the account.
    `sed -i -E "/^[^:]*:[^:]*:${user.uid}:/s|[^:]*(:[^:]*)$|$1/home\\1|" /etc/passwd`,
    `for client in claude-code codex gemini; do ${CORDON} export $client --out / >/dev/null; done`,
    change,
    'cd "$1/home/project"',
    'shift',
    'exec "$@"',
  ];
  return [
    '/usr/bin/unshare',
    '--mount',
    '/bin/bash',
    '-c',
    machine.join('\n'),
    'bash',
    scratch,
    ...user.as(command),
  ];
}

const environment = (): Record<string, string> => ({
  HOME: path.join(scratch, 'home'),
  PATH: '/usr/local/bin:/usr/bin:/bin',
  TERM: 'dumb',
  DISABLE_AUTOUPDATER: '1',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
});

function run(command: readonly string[], change = ''): Ran {
  const [file = '', ...args] = onMachine(change, command);
  const { status, stdout, stderr } = spawnSync(file, args, {
    env: environment(),
    encoding: 'utf8',
    timeout: 60_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { status, out: stdout + stderr };
}

/** The line of one server in a client's list. */
function lineOf(ran: Ran, server: string): string {
  const line = ran.out.split('\n').find((one) => one.includes(`${server}: `) || one.includes(` ${server} `));
  return line ?? ran.out;
}

describe.runIf(isRoot)('a managed machine', () => {
  beforeAll(() => {
    scratch = fs.mkdtempSync('/var/tmp/cordon-clients-');
    fs.chmodSync(scratch, 0o755);
    const found = columns().find((column) => column.uid !== 0);
    if (found === undefined) throw new Error('there is no ordinary user');
    user = found;
    const home = path.join(scratch, 'home');
    for (const folder of ['home/project', 'layers', 'etc/cordon', 'opt/clients', 'lib/cordon'])
      fs.mkdirSync(path.join(scratch, folder), { recursive: true });
    copyProgram(scratch);
    fs.renameSync(path.join(scratch, 'program'), path.join(scratch, 'opt/cordon'));
    const bundle = path.join(scratch, 'modern.mjs');
    const source = path.join(ROOT, 'test/fixtures/servers/modern-server.ts');
    spawnSync(bunPath(), ['build', source, '--target=node', '--format=esm', '--outfile', bundle]);
    const legacy = path.join(ROOT, 'test/fixtures/servers/lifecycle-server.mjs');
    for (const [name, file, args] of [
      ['legacy', legacy, ['plain', TOKEN]],
      ['modern', bundle, []],
      ['drifted', legacy, ['plain']],
      ['silent', legacy, ['exit-before-answer', TOKEN]],
    ] as const)
      installFixtureProfile({
        home: path.join(scratch, 'made'),
        name,
        package: `${name}-server`,
        entry: 'server.mjs',
        files: { 'server.mjs': file },
        profile: { args, ...(name === 'drifted' ? { definitions: 'pinned' } : {}) },
      });
    const made = path.join(scratch, 'made');
    const profiles = path.join(scratch, 'etc/cordon/profiles');
    fs.renameSync(path.join(made, '.config/cordon/profiles'), profiles);
    fs.renameSync(path.join(made, '.local/share/cordon/store'), path.join(scratch, 'lib/cordon/store'));
    fs.writeFileSync(path.join(scratch, 'etc/cordon/config.json'), '{}\n');
    // Approved as another server than the one that starts.
    approveFixture(path.join(profiles, 'drifted'), [
      {
        context: { generation: 'legacy', protocolVersion: '2025-11-25', clientCapabilities: {} },
        serverInfo: { name: 'lifecycle', version: '0.9.0' },
        capabilities: { tools: {} },
        instructions: null,
        tools: [],
        prompts: [],
        resources: [],
        templates: [],
      },
    ]);
    spawnSync('/bin/chmod', ['-R', 'go-w,a+rX', scratch]);
    spawnSync('/bin/chown', ['-R', `${user.uid}:${user.gid}`, home]);
  });
  afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

  it('doctor calls the policy of every client in force, and says what a change of it opens', () => {
    const findings = (
      change = '',
    ): ReadonlyArray<{ id: string; section: string; verdict: string; detail: string }> => {
      const { out } = run([CORDON, 'doctor', '--json'], change);
      return (JSON.parse(out) as { findings: [] }).findings;
    };
    const clients = findings().filter(({ section }) => section === 'clients');
    expect(clients.length).toBeGreaterThanOrEqual(6);
    // Whose users can lift it.
    const weaker = clients.filter(({ verdict }) => verdict !== 'ok');
    expect(weaker.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual(['client-gemini weaker']);
    const hidden = findings('chmod 0600 /etc/claude-code/managed-mcp.json').filter(
      ({ verdict }) => verdict === 'failed',
    );
    expect(hidden.map(({ id }) => id)).toEqual(['client-claude-code', 'claude-broken']);
    for (const { detail } of hidden) {
      expect(detail).toContain('may not be read by this user');
      expect(detail).not.toContain('JSON');
    }
    const opened = findings(
      `chmod 0666 /etc/gemini-cli/settings.json; echo '{"allowManagedMcpServersOnly":false}' > /etc/claude-code/managed-settings.d/99.json`,
    );
    expect(opened.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id)).toEqual(
      expect.arrayContaining(['client-gemini', 'claude-lock']),
    );
  });

  describe('Claude Code', () => {
    it('NC-02: connects to servers of both generations through cordon, and says why another one does not start', () => {
      const list = run([CLAUDE, 'mcp', 'list']);
      expect(lineOf(list, 'legacy')).toBe(`legacy: ${CORDON} run legacy - ✔ Connected`);
      expect(lineOf(list, 'modern')).toBe(`modern: ${CORDON} run modern - ✔ Connected`);
      expect(lineOf(list, 'drifted')).toMatch(/✘ Failed to connect — .*DEFINITION_DRIFT/);
      expect(run([CLAUDE, 'mcp', 'get', 'legacy']).out).toContain(
        'Scope: Enterprise config (managed by your organization)',
      );
    });

    it('takes nothing else', () => {
      const add = run([CLAUDE, 'mcp', 'add', 'extra', '/bin/true']);
      expect([add.status, add.out]).toEqual([1, expect.stringContaining('Cannot add MCP server')]);
      const repository = `echo '{"mcpServers":{"extra":{"command":"/bin/true"}}}' > "$1/home/project/.mcp.json"`;
      expect(run([CLAUDE, 'mcp', 'list'], repository).out).not.toContain('extra');
      const remove = run([CLAUDE, 'mcp', 'remove', 'legacy']);
      expect([remove.status, remove.out]).toEqual([1, expect.stringContaining('cannot be removed')]);
    });

    it.each([
      [
        'a changed package',
        'for f in /var/lib/cordon/store/*/tree/node_modules/legacy-server/server.mjs; do echo >> $f; done',
        'TREE_CHANGED',
      ],
      [
        'no bubblewrap',
        'mount --bind /bin/true /usr/bin/bwrap; mount --bind /dev/null /usr/bin/bwrap',
        'SANDBOX_UNAVAILABLE',
      ],
      [
        'a profile that others can write',
        'chmod 0666 /etc/cordon/profiles/legacy/profile.json',
        'INSTALLATION_UNSAFE',
      ],
    ])('%s: the reason stands in its list', (_, change, code) => {
      expect(lineOf(run([CLAUDE, 'mcp', 'list'], change), 'legacy')).toMatch(
        new RegExp(`^legacy: .* - ✘ Failed to connect — .*${code}`),
      );
    });

    it('P5: killed while it waits for a server, it leaves nothing behind', async () => {
      const [file = '', ...args] = onMachine('', [CLAUDE, 'mcp', 'list']);
      const client = spawn(file, args, { env: environment(), stdio: 'ignore' });
      await until(() => processesWith(TOKEN).length >= 3, 20_000, 'a server that does not answer');
      client.kill('SIGKILL');
      await once(client, 'exit');
      await until(() => processesWith(TOKEN).length === 0, 5000, 'the end of everything');
    });
  });

  it('Codex: the servers of the policy are there; one of the user’s own is disabled by it', () => {
    const own =
      'mkdir -p "$1/home/.codex"; printf "[mcp_servers.extra]\\ncommand = \\"/bin/true\\"\\n" > "$1/home/.codex/config.toml"';
    const list = run([CODEX, 'mcp', 'list'], `${own}; chown -R ${user.uid}:${user.gid} "$1/home"`);
    expect(lineOf(list, 'legacy')).toMatch(/cordon\s+run legacy.*enabled/);
    expect(list.out).toMatch(/^extra .*disabled: requirements \(\/etc\/codex\/requirements.toml\)/m);
  });

  it('Gemini CLI: connects to the servers of the policy; one of the user’s own is blocked', () => {
    const own = [
      'mkdir -p "$1/home/.gemini"',
      `echo '{"mcpServers":{"extra":{"command":"/bin/true"}}}' > "$1/home/.gemini/settings.json"`,
      'echo "{\\"$1/home/project\\":\\"TRUST_FOLDER\\"}" > "$1/home/.gemini/trustedFolders.json"',
      `chown -R ${user.uid}:${user.gid} "$1/home"`,
    ].join('; ');
    const list = run([process.execPath, GEMINI, 'mcp', 'list'], own);
    expect(lineOf(list, 'legacy')).toContain('Connected');
    expect(lineOf(list, 'extra')).toContain('Blocked');
  });
});
