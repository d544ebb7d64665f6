// Rows that need more than one answer of one server: a second start, somebody who knocks from outside, a client that goes.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { processesWith, until } from '../fixtures/launcher.ts';
import { columns } from './columns.ts';
import { inside, installProbeServer, outside, type ProbeRunner } from './harness.ts';
import { setStage } from './stage.ts';
import { buildWorld, type World } from './world.ts';

const stage = setStage();
afterAll(() => stage.remove());

describe.each(columns())('$name', (column) => {
  let world: World;
  const running: ProbeRunner[] = [];

  beforeAll(async () => {
    world = await buildWorld(stage.folder, column, stage.probe);
    installProbeServer(column, world);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.close()));
  });
  afterAll(async () => world?.close());

  const startInside = async (profile = 'workspace'): Promise<ProbeRunner> => {
    const runner = await inside(column, world, { cordon: stage.cordon, profile });
    running.push(runner);
    return runner;
  };
  const startOutside = (): ProbeRunner => {
    const runner = outside(column, world);
    running.push(runner);
    return runner;
  };

  describe('L03: a link is planted where the next start would mount', () => {
    const trap = (name: string, target: string): void => {
      const link = path.join(world.workspace, 'trap');
      fs.rmSync(link, { force: true });
      fs.symlinkSync(target, link);
      installFixtureProfile({
        home: world.home,
        name,
        runtime: world.runtime,
        package: `probe-${name}`,
        files: world.packageFiles,
        executable: ['probe'],
        profile: {
          description: 'Protects a path behind a link.',
          permissions: {
            filesystem: [
              { path: '${workspace}', access: 'write' },
              { path: '${workspace}/trap/planted', access: 'read', optional: true },
            ],
          },
        },
        owner: column,
      });
    };

    test.each([
      ['to the real folder', (home: string) => path.join(home, '.ssh')],
      ['by the name that bubblewrap uses while it sets up', (home: string) => `/oldroot${home}/.ssh`],
    ])('%s', async (_, target) => {
      trap('trap', target(world.home));
      const before = fs.readdirSync(path.join(world.home, '.ssh'));
      // The refusal reaches the client; whatever the link means, nothing is made behind it.
      await expect(startInside('trap')).rejects.toThrow(/GRANT_PATH_UNSAFE/);
      expect(fs.readdirSync(path.join(world.home, '.ssh'))).toEqual(before);
      fs.rmSync(path.join(world.workspace, 'trap'));
    });
  });

  test('F17: a protected path that was missing and appears is reported', async () => {
    const planted = path.join(world.workspace, '.envrc');
    fs.rmSync(planted, { force: true });
    const server = await startInside();
    expect(await server.run('plant')).toEqual({ '.envrc': 'OK' });
    await server.close();
    expect(server.conversation.stderr()).toContain(planted);
    const log = fs.readFileSync(path.join(world.home, '.local/state/cordon/audit.jsonl'), 'utf8');
    expect(log).toContain('path-appeared');
    fs.rmSync(planted);
  });

  test('T05: escape sequences on stderr reach nobody', async () => {
    const control = startOutside();
    await control.run('T05');
    await until(() => control.conversation.stderr().includes(' end'));
    expect(control.conversation.stderr()).toContain('\u001b]0;');

    const server = await startInside();
    await server.run('T05');
    await until(() => server.conversation.stderr().includes(' end'));
    expect(server.conversation.stderr()).toContain('begin');
    // As bytes: escape, bell, and U+009B in UTF-8.
    // oxlint-disable-next-line no-control-regex
    expect(server.conversation.stderr()).not.toMatch(/[\u0000-\u0009\u000b-\u001f]|\u00c2[\u0080-\u009f]/);
  });

  test('W14: a port of the server cannot be reached from the machine', async () => {
    const listenAndKnock = async (runner: ProbeRunner): Promise<string> => {
      const { listen } = await runner.run('W14');
      return knock(Number(/^port (\d+)$/.exec(listen ?? '')?.[1]));
    };
    expect(await listenAndKnock(startOutside())).toBe('from the probe');
    expect(await listenAndKnock(await startInside())).not.toBe('from the probe');
  });

  test('G02: a server that stops itself ends with its client', async () => {
    const server = await startInside();
    await server.run('G02');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const begun = performance.now();
    await server.close();
    await until(() => processesWith(world.workspace).length === 0);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  test('R05: a server that spins on four threads can still be asked, and ended', async () => {
    const server = await startInside();
    await server.run('R05');
    const asked = performance.now();
    await server.run('C02');
    expect(performance.now() - asked).toBeLessThan(5000);
    const closed = performance.now();
    await server.close();
    expect(performance.now() - closed).toBeLessThan(1500);
  });

  test('Z02: what is left in the home folder is gone at the next start', async () => {
    for (const [start, found] of [
      [async () => startOutside(), 'OK'],
      [async () => startInside(), 'ENOENT'],
    ] as const) {
      const first = await start();
      expect(await first.run('Z02')).toEqual({ write: 'OK' });
      await first.close();
      const second = await start();
      expect(await second.run('Z02', { second: true })).toEqual({ 'find it again': found });
      await second.close();
      // Of the outside half; inside, the real home must not have it either.
      const real = path.join(world.home, '.bashrc-of-probe');
      expect(fs.existsSync(real)).toBe(found === 'OK');
      fs.rmSync(real, { force: true });
    }
  });
});

function knock(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on('close', () => resolve(heard));
  });
}
