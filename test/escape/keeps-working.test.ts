// The other half of a sandbox: what servers do every day still works in it (NC-17), as root and as an ordinary user.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns } from './columns.ts';
import { inside, installProbeServer, type Server } from './harness.ts';
import { setStage } from './stage.ts';
import { buildWorld, type World } from './world.ts';

const stage = setStage();
afterAll(() => stage.remove());

describe.each(columns())('$name', (column) => {
  let world: World;
  let server: Server | undefined;

  beforeAll(async () => {
    world = await buildWorld(stage.folder, column, stage.probe);
    installProbeServer(column, world);
    server = await inside(column, world, { cordon: stage.cordon, profile: 'workspace' });
  });
  afterAll(async () => {
    await server?.close();
    await world?.close();
  });

  test('NC-17: threads, children, wasm, fs.watch, http on its own loopback and their like', async () => {
    const results = await server?.call('keepsWorking');
    expect(Object.keys(results ?? {}).length).toBeGreaterThan(15);
    expect(Object.entries(results ?? {}).filter(([, result]) => result !== 'ok')).toEqual([]);
  });
});
