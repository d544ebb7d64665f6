// What the kernel of a Mac does with a policy: each attempt works outside, and inside comes to what the decisions say. Runs on
// macOS alone (test/platforms.ts); until such a run is recorded, nothing of it is claimed.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seatbeltWorld, type StartedServer } from '../fixtures/seatbelt-start.ts';
import { attempt } from '../fixtures/servers/attempts.mjs';

const world = seatbeltWorld();
const at = (name: string): string => path.join(world.scratch, name);
const shared = `/private/tmp/cordon-${process.pid}`;
const socket = at('work/s');
const servers = [net.createServer(), net.createServer()] as const;
let server: StartedServer;
let port = 0;

const file = (name: string): string => {
  fs.mkdirSync(path.dirname(name), { recursive: true });
  fs.writeFileSync(name, 'content');
  return name;
};

beforeAll(async () => {
  for (const name of [
    'work/a.txt',
    'work/.git/hooks/pre-commit',
    'work/.vscode/tasks.json',
    'read/a',
    'secret',
  ])
    file(at(name));
  file(shared);
  fs.symlinkSync(at('secret'), at('work/to-secret'));
  fs.symlinkSync('.git/hooks', at('work/to-hooks'));
  await new Promise<void>((resolve) => servers[0].listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => servers[1].listen(socket, resolve));
  port = (servers[0].address() as net.AddressInfo).port;
  const grant = (name: string, access: 'read' | 'write', optional = false) => ({
    source: at(name),
    target: at(name),
    access,
    optional,
  });
  server = world.start({
    grants: [
      grant('work', 'write'),
      grant('read', 'read'),
      grant('work/.git/hooks', 'read'),
      grant('work/.vscode', 'read'),
      grant('work/.mcp.json', 'read', true),
      grant('work/.config/tool/hooks.json', 'read', true),
    ],
  });
});

afterAll(() => {
  world.stop();
  for (const listening of servers) listening.close();
  fs.rmSync(shared);
  fs.rmSync(world.scratch, { recursive: true, force: true });
});

type Attempt = readonly [what: string, () => readonly [kind: string, ...args: unknown[]]];

const inside = (words: readonly unknown[]): Promise<unknown> => server.ask('attempt', words);
const outside = ([kind, ...args]: readonly [kind: string, ...args: unknown[]]): Promise<string> =>
  attempt(kind, ...args);

it('the server runs (dyld and V8 have what they need)', async () => {
  expect(await inside(['look', world.tree])).toBe('OK');
});

describe('allowed', () => {
  it.each<Attempt>([
    ['its package', () => ['read', path.join(world.tree, 'node_modules/sample/index.js')]],
    ['its runtime, as a child', () => ['run', fs.realpathSync.native(process.execPath)]],
    ['a writable folder', () => ['write', at('work/new.txt')]],
    ['a file in it', () => ['write', at('work/a.txt')]],
    ['another name for a file in it', () => ['rename', at('work/a.txt')]],
    ['a readable folder', () => ['read', at('read/a')]],
    ['what is protected, for reading', () => ['read', at('work/.git/hooks/pre-commit')]],
    ['what Node says of the machine', () => ['describe']],
    ['to look at the way to it', () => ['look', path.dirname(world.scratch)]],
  ])('%s', async (_what, words) => {
    expect(await outside(words())).toBe('OK');
    expect(await inside(words())).toBe('OK');
  });
});

describe('denied', () => {
  it.each<Attempt>([
    ['F01 a file beside the grants', () => ['read', at('secret')]],
    ['F01 over a link in a writable folder', () => ['read', at('work/to-secret')]],
    ['F02 the home folder', () => ['list', process.env['HOME'] ?? '/Users']],
    ['F04 system settings', () => ['read', '/private/etc/hosts']],
    ['F05 the real name of a shared folder', () => ['read', shared]],
    ['F05 the short name of a shared folder', () => ['read', shared.replace('/private', '')]],
    ['F05 a folder that all may write', () => ['write', `${shared}-other`]],
    ['F13 a readable file, for writing', () => ['write', at('read/a')]],
    ['F15 the package, for writing', () => ['write', path.join(world.tree, 'x')]],
    ['F17 what is protected', () => ['write', at('work/.git/hooks/pre-commit')]],
    ['F17 a new file there', () => ['write', at('work/.git/hooks/post-commit')]],
    ['F17 over a link', () => ['write', at('work/to-hooks/post-commit')]],
    ['F17 in another case', () => ['write', at('work/.GIT/Hooks/post-commit')]],
    ['F17 something in place of a folder on the way to it', () => ['write', at('work/.config')]],
    ['F17 what is protected and not there', () => ['write', at('work/.mcp.json')]],
    ['EV-20 to move the folder above it', () => ['rename', at('work/.git')]],
    ['EV-20 to move it', () => ['rename', at('work/.vscode')]],
    ['EV-20 to move the grant', () => ['rename', at('work')]],
    ['L04 a second name', () => ['link', at('work/a.txt'), at('work/b.txt')]],
    ['programs of the system', () => ['run', '/usr/bin/true']],
    ['programs that start others outside', () => ['run', '/usr/bin/open']],
    ['A02 a unix socket in a writable folder', () => ['connect', socket]],
    ['W13 a port of this machine', () => ['connect', port]],
    ['W14 to listen', () => ['listen']],
    ['W02 to look up a name', () => ['lookup', 'localhost']],
    ['P05 to signal another process', () => ['signal', process.pid]],
  ])('%s', async (_what, words) => {
    expect(await outside(words())).toBe('OK');
    expect(await inside(words())).toMatch(/^(?:EPERM|EACCES|ENOTFOUND|EAI_\w+)$/);
  });
});
