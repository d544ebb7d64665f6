// A start as on macOS and its end, from outside: what the launcher does around sandbox-exec, on either system. On Linux that one
// program is a stand-in that applies no sandbox; on a Mac it is its own.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { processesWith, until } from '../fixtures/launcher.ts';
import type { SeatbeltStart } from '../fixtures/seatbelt-launcher.ts';
import { seatbeltWorld } from '../fixtures/seatbelt-start.ts';

const world = seatbeltWorld();
const { scratch, tree, launches, start, isGone } = world;

afterEach(() => world.stop());
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

it('a server has the limits of its profile', async () => {
  const server = start();
  expect(await server.ask('limits')).toMatchObject({
    core_file_size_blocks: { soft: 0, hard: 0 },
    file_size_blocks: { soft: 268_435_456, hard: 268_435_456 },
    open_files: { soft: 1024, hard: 1024 },
  });
});

describe('the end (P5)', () => {
  it('of a killed launcher takes children, orphans of other sessions and strangers along (X02, M04)', async () => {
    const server = start();
    for (const action of ['deaf', 'child', 'daemon', 'stranger']) await server.ask(action);
    await until(() => processesWith(server.token).length >= 5, 5000, 'all of them');
    expect(fs.readdirSync(launches)).toHaveLength(1);
    server.child.kill('SIGKILL');
    await until(() => isGone(server), 3000, 'the end of everything');
  });

  it('of the server ends what it left behind (X05)', async () => {
    const server = start();
    await server.ask('child');
    await server.ask('daemon');
    void server.ask('exit', 7);
    expect(await server.exited).toBe(0);
    expect(server.stderr()).toContain('{"kind":"exited","code":7}');
    await until(() => isGone(server), 1000, 'the end of everything');
  });

  it('by the client: end of input, SIGTERM, SIGKILL, as on Linux', async () => {
    const endOf = async (mode?: string): Promise<{ readonly took: number; readonly said: string }> => {
      const server = start();
      await server.ask(mode ?? 'environment');
      const began = performance.now();
      server.child.stdin?.end();
      await server.exited;
      await until(() => isGone(server), 1000, 'the end of everything');
      return { took: performance.now() - began, said: server.stderr() };
    };
    expect((await endOf()).said).toContain('{"kind":"exited","code":0}');
    expect((await endOf('polite')).said).toContain('{"kind":"exited","code":3}');
    const deaf = await endOf('deaf');
    expect(deaf.said).toContain('{"kind":"exited","code":137}');
    expect(deaf.took).toBeLessThan(1500);
  });

  it('of the watchdog ends the server, which nobody would end otherwise', async () => {
    const server = start();
    await server.ask('deaf');
    const [folder = ''] = fs.readdirSync(launches);
    const [watchdog = 0, ...more] = processesWith(` watchdog ${path.join(launches, folder)}`);
    expect(more).toEqual([]);
    process.kill(watchdog, 'SIGKILL');
    expect(await server.exited).toBe(0);
    expect(processesWith(server.token)).toEqual([]);
    await until(() => isGone(server), 1000, 'the end of everything');
  });
});

describe('what does not start', () => {
  const refused = async (more: Partial<SeatbeltStart>): Promise<string> => {
    const server = start(more);
    await server.exited;
    await until(() => isGone(server), 1000, 'the end of everything');
    return server.stderr();
  };

  it('a package that is another one by now (P1)', async () => {
    const [one, other] = [path.join(scratch, 'one/tree'), path.join(scratch, 'other')];
    fs.mkdirSync(one, { recursive: true });
    fs.cpSync(tree, other, { recursive: true });
    expect(await refused({ package: one, swap: other })).toContain('TREE_UNSAFE');
  });

  it('a package with node_modules above it', async () => {
    const above = path.join(scratch, 'store/node_modules');
    fs.mkdirSync(above);
    expect(await refused({})).toContain('INSTALLATION_UNSAFE');
    fs.rmdirSync(above);
  });
});

describe('the network', () => {
  it('is one port with a password of this start (W16)', async () => {
    const far = net.createServer((socket) => socket.end('far away'));
    await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
    const { port } = far.address() as net.AddressInfo;
    const grant = { host: 'localhost', ports: [port], protocol: 'tcp', addresses: [] } as const;
    const server = start({ hosts: [grant] });
    const env = (await server.ask('environment')) as Readonly<Record<string, string>>;
    expect(env).toMatchObject({ NODE_USE_ENV_PROXY: '1', NO_PROXY: '' });
    for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'https_proxy', 'http_proxy', 'all_proxy'])
      expect(env[name]).toMatch(/^http:\/\/cordon:[0-9a-f]{48}@127\.0\.0\.1:\d+$/);
    const connect = (header: string): Promise<unknown> =>
      server.ask('connect', { request: `CONNECT localhost:${port} HTTP/1.1\r\n${header}\r\n` });
    expect(await connect('Proxy-Authorization: Basic AUTHORIZATION\r\n')).toMatch(
      /^HTTP\/1\.1 200 [^]*far away$/,
    );
    expect(await connect('')).toMatch(/^HTTP\/1\.1 407 /);
    expect(await connect('Proxy-Authorization: Basic eHg6eHg=\r\n')).toMatch(/^HTTP\/1\.1 407 /);
    server.child.stdin?.end();
    await server.exited;
    expect(server.stderr()).toMatch(/"verdict":"allowed"[^]*"reason":"not-authorized"/);
    far.close();
  });
});
