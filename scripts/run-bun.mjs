// Runs a TypeScript program of this repository with the Bun that npm installed.
import { spawnSync } from 'node:child_process';
import { bunPath } from './bun-path.mjs';

const child = spawnSync(bunPath(), ['run', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(child.status ?? 1);
