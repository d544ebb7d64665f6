// `fetch-bun.ts PLATFORM NODE`: Bun for a platform that this is not, which npm does not install, and the path of it. It is the
// package that our lockfile names, byte for byte; Bun itself would fetch one that nothing here has a digest of.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { extract } from 'tar';
import { fetchTarball } from '../src/store/fetch-tarball.ts';
import { loadNpmOptions } from '../src/store/npm-options.ts';
import { bunPackage } from './bun-path.mjs';

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;
}

const root = path.dirname(import.meta.dirname);
const [platform = '', node = ''] = process.argv.slice(2);
const name = bunPackage(platform);
const lockfile = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as Lockfile;
const locked = lockfile.packages[`node_modules/${name}`];
if (locked === undefined) throw new Error(`package-lock.json has no ${name}`);

const folder = path.join(root, '.cache', 'bun', `${platform}-${locked.version}`);
if (!fs.existsSync(folder)) {
  const wanted = { ...locked, name, path: `node_modules/${name}`, optional: true, bundled: false } as const;
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const temporary = fs.mkdtempSync(`${folder}.`);
  try {
    const npm = { ...(await loadNpmOptions(os.homedir(), node)), cache: path.join(temporary, 'cache') };
    const tarball = path.join(temporary, 'package.tgz');
    fs.writeFileSync(tarball, await fetchTarball(wanted, npm));
    const unpacked = path.join(temporary, 'package');
    fs.mkdirSync(unpacked);
    await extract({ file: tarball, cwd: unpacked, strip: 1, strict: true });
    fs.renameSync(unpacked, folder);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}
console.log(path.join(folder, 'bin', 'bun'));
