// Builds dist/cordon, one executable; `--target darwin-arm64` and its like build dist/cordon-darwin-arm64 with the Bun of that
// platform, which does not run here. Bun signs that for arm64 itself; the one for x64 keeps a signature of Bun that no longer
// matches, and must be signed on a Mac before it is given to anybody.
// `--no-compile-autoload-*`: without them a bunfig.toml or .env in the current directory (any cloned repository) would run
// code in the launcher.
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bunPath } from './bun-path.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
mkdirSync(path.join(root, 'dist'), { recursive: true });
const temporary = path.join(root, 'dist', `.cordon-${process.pid}`);
const { target } = parseArgs({ options: { target: { type: 'string' } } }).values;
const child = spawnSync(
  bunPath(),
  [
    'build',
    '--compile',
    // One chunk per verb: the launch path does not load npm's libraries (18 ms and 5 MiB less at each start).
    '--splitting',
    '--bytecode',
    '--minify',
    '--format=esm',
    '--no-compile-autoload-bunfig',
    '--no-compile-autoload-dotenv',
    ...(target === undefined ? [] : foreign(target)),
    'src/cli.ts',
    '--outfile',
    temporary,
  ],
  { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
);
if (child.status !== 0) process.exit(child.status ?? 1);
renameSync(temporary, path.join(root, 'dist', target === undefined ? 'cordon' : `cordon-${target}`));

function foreign(platform) {
  const fetched = spawnSync(bunPath(), ['run', 'scripts/fetch-bun.ts', platform, process.execPath], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (fetched.status !== 0) process.exit(fetched.status ?? 1);
  return [`--target=bun-${platform}`, `--compile-executable-path=${fetched.stdout.trim()}`];
}
