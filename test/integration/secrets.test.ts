// Secrets, from where they are kept into the server and nowhere else.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { INITIALIZE, type Launcher, ROOT, startLauncher } from '../fixtures/launcher.ts';

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-secrets-')));
const home = path.join(folder, 'home');
const workspace = path.join(folder, 'project');
const server = path.join(ROOT, 'test/fixtures/servers/egress-server.mjs');
const why = 'calls the API';

beforeAll(() => {
  for (const place of [home, workspace]) fs.mkdirSync(place, { mode: 0o755 });
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function install(name: string, profile: Readonly<Record<string, unknown>>, sources?: unknown): void {
  installFixtureProfile({ home, name, files: { 'server.mjs': server }, profile });
  write(
    '.config/cordon/config.json',
    JSON.stringify({ secrets: sources === undefined ? {} : { [name]: sources } }),
  );
}

function write(name: string, content: string, mode = 0o600): string {
  const file = path.join(home, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, content, { mode });
  return file;
}

async function run<T>(name: string, use: (launcher: Launcher) => Promise<T>): Promise<T> {
  const launcher = startLauncher(name, { home, cwd: workspace });
  try {
    await launcher.request('initialize', INITIALIZE);
    launcher.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return await use(launcher);
  } finally {
    launcher.child.stdin?.end();
    await launcher.exited;
  }
}

async function evaluate(launcher: Launcher, code: string): Promise<unknown> {
  const { result, error } = (await launcher.call('run', { code })) as {
    result?: { content: [{ text: string }] };
    error?: unknown;
  };
  if (result === undefined) throw new Error(JSON.stringify(error));
  return (JSON.parse(result.content[0].text) as { ok: unknown }).ok;
}

describe('P4: the three ways into the server', () => {
  it('a variable, a file that it alone can read, the end of an argument', async () => {
    const print = write('bin/print', '#!/bin/sh\nprintf "%s\\n" "$1"\n', 0o755);
    install(
      'ways',
      {
        args: ['--plain', '--password=${secret:PASSWORD}', '${secret:PASSWORD}'],
        env: { KEY: '/run/secrets/KEY' },
        secrets: {
          TOKEN: { why },
          KEY: { deliver: 'file', why },
          PASSWORD: { deliver: 'argument', why },
          OPTIONAL: { required: false, why },
          OPTIONAL_FILE: { required: false, deliver: 'file', why },
        },
      },
      {
        TOKEN: [{ file: write('token', 'token canary "\'$(id)\n') }],
        KEY: [{ command: [print, 'key-canary'] }],
        PASSWORD: [{ command: [print, 'password $HOME `id` canary'] }],
      },
    );
    const seen = await run('ways', (launcher) =>
      evaluate(
        launcher,
        `const fs = await load('node:fs');
         const stat = fs.statSync('/run/secrets/KEY');
         return { env: process.env, argv: process.argv.slice(2), key: fs.readFileSync(process.env.KEY, 'utf8'),
           mode: stat.mode & 0o7777, files: fs.readdirSync('/run/secrets'), disk: fs.statfsSync('/run/secrets/KEY').type };`,
      ),
    );
    expect(seen).toMatchObject({
      env: { TOKEN: 'token canary "\'$(id)', KEY: '/run/secrets/KEY' },
      argv: ['--plain', '--password=password $HOME `id` canary', 'password $HOME `id` canary'],
      key: 'key-canary',
      mode: 0o400,
      files: ['KEY'],
      disk: 0x01021994,
    });
    const { env } = seen as { env: Record<string, string> };
    expect(Object.keys(env).filter((name) => /^CORDON|OPTIONAL|PASSWORD|^_$/.test(name))).toEqual([]);
  });
});
