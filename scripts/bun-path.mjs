// The Bun that builds the executable: npm's own platform packages hold the binary itself, so that a plain
// `npm ci` (without install scripts) is enough. The wrapper package `bun` would need its install script.
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const platforms = {
  'linux-x64': 'bun-linux-x64',
  'linux-arm64': 'bun-linux-aarch64',
  'darwin-arm64': 'bun-darwin-aarch64',
  'darwin-x64': 'bun-darwin-x64',
};

export function bunPath() {
  const name = bunPackage(`${process.platform}-${process.arch}`);
  return path.join(path.dirname(require.resolve(`${name}/package.json`)), 'bin', 'bun');
}

/** Name of npm's package for a platform. */
export function bunPackage(platform) {
  const name = platforms[platform];
  if (name === undefined)
    throw new Error(`no Bun package for ${platform}; there are ${Object.keys(platforms).join(', ')}`);
  return `@oven/${name}`;
}
