// The tree that Cordon makes is npm's own: an administrator can check a pin with `npm ci` and coreutils alone.
import fs from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { SERVER, serverPackages } from '../fixtures/registry/packages.ts';
import { startRegistry } from '../fixtures/registry/registry.ts';
import { makeWorkbench } from '../fixtures/registry/workbench.ts';

/** The recipe of the tree digest, in coreutils and findutils. */
const RECIPE = `
cd "$1" && { echo '# tree-manifest 1'
find . -type f -perm -100 -printf '# x %p\\n' | LC_ALL=C sort
find . -type l -printf '# l %p -> %l\\n' | LC_ALL=C sort
find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum; }`;

it('SC-13: the pinned tree equals what npm ci makes of the lockfile', async () => {
  // Where a tarball left files in the place of another package npm mixes the two, or not, as it happens; Cordon replaces.
  const packages = serverPackages().map((fixture) => ({
    ...fixture,
    files: Object.fromEntries(
      Object.entries(fixture.files ?? {}).filter(([file]) => !file.endsWith('stray.js')),
    ),
  }));
  await using registry = await startRegistry(packages);
  using bench = makeWorkbench(registry, SERVER);
  await bench.pin();
  await bench.install();
  const project = path.join(bench.home, 'project');
  fs.mkdirSync(project);
  fs.copyFileSync(
    path.join(bench.profileFolder, 'package-lock.json'),
    path.join(project, 'package-lock.json'),
  );
  const root = { name: 'bench', dependencies: { [SERVER.package]: SERVER.version } };
  fs.writeFileSync(path.join(project, 'package.json'), JSON.stringify(root));
  await execa(
    'npm',
    ['ci', '--ignore-scripts', '--no-bin-links', '--no-audit', '--cache', path.join(bench.home, 'npm')],
    {
      cwd: project,
      extendEnv: false,
      env: { HOME: bench.home, PATH: process.env['PATH'] ?? '' },
    },
  );
  for (const file of ['package.json', 'package-lock.json', 'node_modules/.package-lock.json'])
    fs.rmSync(path.join(project, file));
  const manifest = async (tree: string) =>
    (await execa('sh', ['-c', RECIPE, 'sh', tree], { stripFinalNewline: false })).stdout;
  const installed = path.dirname(bench.inTree('node_modules'));
  expect(await manifest(project)).toBe(await manifest(installed));
  expect(fs.readFileSync(path.join(installed, '../MANIFEST'), 'utf8')).toBe(await manifest(installed));
});
