// What Cordon takes from a package's own package.json: which files are commands, and which scripts npm would run.
import fs from 'node:fs';
import path from 'node:path';

/** Run by npm when a package comes from a registry; by Cordon never. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

/** Commands by name: paths relative to the package, forward slashes, as npm normalizes them. */
export function commandsOf(folder: string): ReadonlyMap<string, string> {
  const manifest = readManifest(folder);
  const { name, bin } = manifest;
  const pairs: ReadonlyArray<readonly [string, unknown]> =
    typeof bin === 'string' && typeof name === 'string'
      ? [[name.replace(/^@[^/]+\//, ''), bin]]
      : isRecord(bin)
        ? Object.entries(bin)
        : [];
  return new Map(
    pairs.flatMap(([command, file]) =>
      // Against `/`, so that `..` cannot leave the package.
      typeof file === 'string' && file !== '' ? [[command, path.posix.join('/', file).slice(1)]] : [],
    ),
  );
}

/** Files that npm makes executable. */
export function executablesOf(folder: string): Iterable<string> {
  return commandsOf(folder).values();
}

/** Names of the scripts that npm would run when installing this package. */
export function installScriptsOf(folder: string): string[] {
  const { scripts } = readManifest(folder);
  const named = isRecord(scripts) ? INSTALL_SCRIPTS.filter((name) => Object.hasOwn(scripts, name)) : [];
  // npm compiles such a package even when it names no script.
  return named.length === 0 && fs.existsSync(path.join(folder, 'binding.gyp')) ? ['install'] : named;
}

function readManifest(folder: string): Readonly<Record<string, unknown>> {
  try {
    const text = fs.readFileSync(path.join(folder, 'package.json'), 'utf8').replace(/^\ufeff/, '');
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
