// Secrets from where people really keep them: a keyring behind a session bus, and a store of pass with a key of its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOwnMachine } from '../escape/columns.ts';
import { whereHomeIs } from '../fixtures/account.ts';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { CORDON, INITIALIZE, ROOT, startLauncher } from '../fixtures/launcher.ts';

// Short: sockets of GnuPG lie below it, and their paths are limited.
const folder = fs.realpathSync(fs.mkdtempSync('/tmp/cordon-src-'));
const home = path.join(folder, 'home');
const workspace = path.join(folder, 'project');
const VALUE = 'canary-"0f3e\' $(id) é';
const why = 'calls the API';

let bus: ChildProcess;
let address: string;

beforeAll(async () => {
  for (const place of [home, workspace]) fs.mkdirSync(place, { mode: 0o700 });
  installFixtureProfile({
    home,
    name: 'needy',
    files: { 'server.mjs': path.join(ROOT, 'test/fixtures/servers/egress-server.mjs') },
    profile: { secrets: { TOKEN: { why }, OTHER: { required: false, why } } },
  });
  address = `unix:path=${path.join(folder, 'bus')}`;
  // A session as a desktop has it: a bus, and a keyring that is unlocked with the password of the login.
  bus = spawn(
    '/usr/bin/dbus-daemon',
    ['--session', '--nofork', `--address=${address}`, '--print-address=1'],
    {
      env: { HOME: home },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  await new Promise((resolve) => bus.stdout?.once('data', resolve));
  const unlocked = spawnSync('/usr/bin/gnome-keyring-daemon', ['--unlock', '--components=secrets'], {
    env: { HOME: home, DBUS_SESSION_BUS_ADDRESS: address },
    input: 'password of the login',
    encoding: 'utf8',
  });
  expect(unlocked.status, unlocked.stderr).toBe(0);
});

afterAll(() => {
  // The keyring ends with its bus.
  bus.kill();
  spawnSync('/usr/bin/gpgconf', ['--kill', 'all'], { env: { GNUPGHOME: path.join(home, '.gnupg') } });
  fs.rmSync(folder, { recursive: true, force: true });
});

function secret(args: readonly string[], options: { input?: string; bus?: string } = {}) {
  const [program, ...words] = whereHomeIs(home, [CORDON, 'secret', ...args]);
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd: workspace,
    env: { HOME: home, DBUS_SESSION_BUS_ADDRESS: options.bus ?? address },
    input: options.input ?? '',
    encoding: 'utf8',
  });
  expect(stdout + stderr).not.toContain('canary');
  return { status, stdout, stderr };
}

function configure(sources: unknown): void {
  const file = path.join(home, '.config/cordon/config.json');
  fs.writeFileSync(file, JSON.stringify({ secrets: sources === undefined ? {} : { needy: sources } }));
}

/** What the server has, or why it was refused. */
async function start(
  withBus: string = address,
  command: readonly string[] = whereHomeIs(home, [CORDON, 'run', 'needy']),
): Promise<unknown> {
  const launcher = startLauncher('needy', {
    home,
    cwd: workspace,
    command,
    env: { DBUS_SESSION_BUS_ADDRESS: withBus },
  });
  const { error } = await launcher.request('initialize', INITIALIZE);
  let seen: unknown = (error as { message?: string } | undefined)?.message;
  if (error === undefined) {
    launcher.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    const { result } = await launcher.call('run', { code: 'return process.env.TOKEN' });
    seen = (JSON.parse((result as { content: [{ text: string }] }).content[0].text) as { ok: unknown }).ok;
  }
  launcher.child.stdin?.end();
  await launcher.exited;
  expect(launcher.stderr()).not.toContain('canary');
  return seen;
}

describe.runIf(hasOwnMachine)('a real keyring', () => {
  it('is filled, shown, used and emptied; no value is printed', async () => {
    configure(undefined);
    const listed = () =>
      (JSON.parse(secret(['list', '--json', 'needy']).stdout) as { secrets: object[] }).secrets[0];
    expect(listed()).toMatchObject({ secret: 'TOKEN', from: null, asked: ['keyring not set'] });
    expect(await start()).toMatch(/TOKEN: keyring not set\); fix: cordon secret set <profile> TOKEN$/);

    expect(secret(['set', 'needy', 'TOKEN'], { input: `${VALUE}\n` })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(listed()).toMatchObject({ from: 'keyring' });
    expect(await start()).toBe(VALUE);
    // A profile of the same name below another HOME is another one.
    expect(await start(address, [CORDON, 'run', 'needy'])).toMatch(
      /HOME is not the home folder of the account/,
    );

    expect(secret(['set', 'needy', 'TOKEN'], { input: 'canary-second' }).status).toBe(0);
    expect(await start()).toBe('canary-second');

    expect(secret(['remove', 'needy', 'TOKEN']).stdout).toContain('no longer in the keyring');
    expect(secret(['remove', 'needy', 'TOKEN']).stdout).toContain('was not in the keyring');
    expect(secret(['list', 'needy']).status).toBe(1);
  });

  it('takes nothing that is no secret, for nothing that no profile asks for', () => {
    for (const input of ['', '\n', 'canary\nmore\n', 'canary\u0000x', 'canary\u001b[2J'])
      expect(secret(['set', 'needy', 'TOKEN'], { input })).toMatchObject({ status: 125, stdout: '' });
    expect(secret(['set', 'needy', 'TOKN'], { input: 'canary' }).stderr).toContain('did you mean "TOKEN"?');
    expect(secret(['set', 'gone', 'TOKEN'], { input: 'canary' }).stderr).toContain('PROFILE_NOT_FOUND');
    expect(secret(['set', 'needy', 'TOKEN', 'canary']).stderr).toContain('USAGE_INVALID');
    for (const words of [
      ['needy', 'canary-0e1f'],
      ['needy', '--token=canary-0e1f', 'TOKEN'],
    ])
      expect(secret(['set', ...words])).toMatchObject({ status: 125, stdout: '' });
    expect(secret(['list', 'needy']).stdout).toContain('keyring not set');
  });

  it('is not said to hold what it does not give back: secret-tool cuts off what is long', () => {
    expect(secret(['set', 'needy', 'OTHER'], { input: 'canary'.repeat(1300) })).toMatchObject({ status: 0 });
    expect(secret(['set', 'needy', 'OTHER'], { input: 'canary'.repeat(2000) })).toMatchObject({
      status: 125,
      stderr: expect.stringContaining('does not give back what was put in') as string,
    });
    expect(secret(['remove', 'needy', 'OTHER']).stdout).toContain('was not in the keyring');
  });

  it('without a bus is told, and another source takes its place', async () => {
    // Before a value is asked for.
    for (const input of ['canary', ''])
      expect(secret(['set', 'needy', 'TOKEN'], { input, bus: '' })).toMatchObject({
        status: 125,
        stderr: expect.stringMatching(/no session bus .*\[SECRET_UNAVAILABLE\]/) as string,
      });
    const file = path.join(home, 'token');
    fs.writeFileSync(file, 'canary-file\n', { mode: 0o600 });
    configure({ TOKEN: [{ keyring: true }, { file: '${home}/token' }] });
    expect(await start('')).toBe('canary-file');
    // A bus that is there and has no keyring behind it fails in the same way.
    expect(await start(`unix:path=${path.join(folder, 'nobody')}`)).toBe('canary-file');
    configure(undefined);
    const marker = path.join(folder, 'ran');
    expect(await start(`unixexec:path=/usr/bin/touch,argv1=${marker}`)).toMatch(/no session bus/);
    expect(fs.existsSync(marker)).toBe(false);
  });
});

describe.runIf(hasOwnMachine)('a person at a terminal', () => {
  const PROMPT = '(is not shown while you type): ';

  interface Step {
    readonly await?: string;
    readonly keys?: string;
    readonly pauseMs?: number;
    readonly signal?: number;
  }

  /** @param term what the terminal says it is; a dumb one does not mark what is pasted */
  async function sit(steps: readonly Step[], term = 'xterm') {
    const script = path.join(ROOT, 'test/fixtures/on-a-terminal.py');
    const person = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const argv = whereHomeIs(home, [CORDON, 'secret', 'set', 'needy', 'OTHER']);
    const env = { HOME: home, DBUS_SESSION_BUS_ADDRESS: address, TERM: term };
    person.stdin.end(JSON.stringify({ argv, env, cwd: workspace, steps }));
    const seen = JSON.parse(await readAll(person.stdout)) as {
      shown: string;
      status: number;
      restored: boolean;
      left: number;
    };
    expect(seen.shown).toContain(PROMPT);
    expect(seen.shown).not.toMatch(/canary|\*/);
    return seen;
  }
  const kept = () => {
    const { stdout } = secret(['list', '--json', 'needy']);
    return (JSON.parse(stdout) as { secrets: Array<{ from: unknown }> }).secrets[1]?.from;
  };
  const asBefore = { restored: true, left: 0 };
  const typed = { await: PROMPT, keys: 'canary' };

  it.concurrent.each([
    ['Ctrl-C', [{ await: PROMPT, keys: 'canary\u0003' }], 1],
    ['Ctrl-D', [{ await: PROMPT, keys: '\u0004' }], 1],
    ['SIGTERM', [{ ...typed, signal: 15 }], -15],
    ['SIGHUP', [{ ...typed, signal: 1 }], -1],
    ['SIGINT of a program', [{ ...typed, signal: 2 }], -2],
    ['a crash', [{ ...typed, pauseMs: 100, signal: 11 }], -11],
  ])('%s leaves the terminal as it was', async (_, steps, status) => {
    expect(await sit(steps)).toMatchObject({ status, ...asBefore });
  });

  it.concurrent.each([
    ['marked', 'xterm', [{ await: PROMPT, keys: '\u001b[200~canary\r' }, { keys: 'canary\r\u001b[201~' }]],
    [
      'marked, and slow',
      'xterm',
      [{ await: PROMPT, keys: '\u001b[200~canary\r', pauseMs: 300 }, { keys: 'canary\r\u001b[201~' }],
    ],
    ['in one piece', 'dumb', [{ await: PROMPT, keys: 'canary\rcanary\rcanary' }]],
    ['in several', 'dumb', [{ await: PROMPT, keys: 'canary\r', pauseMs: 30 }, { keys: 'canary\r' }]],
  ])(
    'several lines that are pasted are refused, and none is left for the shell: %s',
    async (_, term, steps) => {
      const seen = await sit(steps, term);
      expect(seen).toMatchObject({ status: 125, ...asBefore });
      expect(seen.shown).toContain('gave several lines');
    },
  );

  it('types a value, which is not shown, and it is the only one that was kept', async () => {
    expect(kept()).toBeNull();
    expect(await sit([{ await: PROMPT, keys: 'canaryx\u007f\r' }])).toMatchObject({ status: 0, ...asBefore });
    expect(kept()).toBe('keyring');
  });
});

describe.runIf(hasOwnMachine)('a real pass', () => {
  const env = { HOME: home, PATH: '/usr/bin:/bin' };

  beforeAll(() => {
    const gnupg = path.join(home, '.gnupg');
    fs.mkdirSync(gnupg, { mode: 0o700 });
    const made = spawnSync(
      '/usr/bin/gpg',
      [
        '--batch',
        '--passphrase',
        '',
        '--quick-generate-key',
        'test@example.com',
        'future-default',
        'default',
        'never',
      ],
      { env, encoding: 'utf8' },
    );
    expect(made.status, made.stderr).toBe(0);
    for (const [args, input] of [
      [['init', 'test@example.com'], ''],
      [['insert', '--multiline', 'mcp/token'], `${VALUE}\n`],
      [['insert', '--multiline', 'mcp/login'], 'canary-password\nuser: ann\n'],
    ] as const) {
      const { status, stderr } = spawnSync('/usr/bin/pass', args, { env, input, encoding: 'utf8' });
      expect(status, stderr).toBe(0);
    }
  });

  it('gives a line, and nothing else is taken for one', async () => {
    const pass = (entry: string) => configure({ TOKEN: [{ command: ['/usr/bin/pass', 'show', entry] }] });
    pass('mcp/token');
    expect(await start('')).toBe(VALUE);
    pass('mcp/login');
    expect(await start('')).toMatch(/command pass gave several lines/);
    pass('mcp/gone');
    expect(await start('')).toMatch(/TOKEN: command pass ended with status 1\)/);
  });
});
