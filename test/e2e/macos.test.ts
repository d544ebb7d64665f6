// `cordon run` on a Mac, whole: refused until the configuration says that it may, then a server that answers and is gone with
// its launcher. Runs on macOS alone (test/platforms.ts).
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { INITIALIZE, processesWith, ROOT, startLauncher, until } from '../fixtures/launcher.ts';

const scratch = fs.realpathSync.native(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-mac-')));
const home = path.join(scratch, 'home');
const cwd = path.join(scratch, 'work');
fs.mkdirSync(cwd, { recursive: true });
fs.mkdirSync(path.join(home, '.config/cordon'), { recursive: true });
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

const token = `cordon-token-${process.pid}`;
installFixtureProfile({
  home,
  name: 'sample',
  package: 'lifecycle-server',
  entry: 'server.mjs',
  files: { 'server.mjs': path.join(ROOT, 'test/fixtures/servers/lifecycle-server.mjs') },
  profile: { description: 'A server.', args: ['plain', token] },
});

it('P7: nothing starts until the configuration says that it may', async () => {
  const launcher = startLauncher('sample', { home, cwd });
  const answer = await launcher.request('initialize', INITIALIZE);
  expect(answer['error']).toMatchObject({ message: expect.stringContaining('"macos": "untried"') });
  launcher.child.stdin?.end();
  expect((await launcher.exited).code).toBe(125);
});

it('X02 P5: then a server answers, and is gone when its launcher is killed', async () => {
  fs.writeFileSync(path.join(home, '.config/cordon/config.json'), '{"macos":"untried"}');
  const launcher = startLauncher('sample', { home, cwd });
  const answer = await launcher.request('initialize', INITIALIZE);
  expect(answer['result'], launcher.stderr()).toMatchObject({ serverInfo: { name: 'lifecycle' } });
  expect(processesWith(token)).not.toEqual([]);
  launcher.child.kill('SIGKILL');
  await until(() => processesWith(token).length === 0, 2000, 'the end of the server');
  const launches = path.join(home, '.local/state/cordon/launches');
  await until(() => fs.readdirSync(launches).length === 0, 2000, 'the end of its folders');
});
