// What can be said of an installed package without running it: by its lockfile and its files.
import fs from 'node:fs';
import path from 'node:path';
import { type LockedPackage, packagesFor, parseLockfile } from '../resolve/lockfile.ts';
import { lockfileText, type ResolvedServer } from '../resolve/resolve.ts';
import { installScriptsOf } from '../store/package-json.ts';
import type { VerifiedPackage, VerifiedRuntime } from '../verify/verified.ts';
import type { PackageFact, PackageFacts } from './material.ts';

export function packageFacts(
  server: ResolvedServer,
  verified: VerifiedPackage,
  runtime: VerifiedRuntime,
): PackageFacts {
  const lockfile = parseLockfile(lockfileText(server.lockfile));
  const packages = packagesFor(lockfile, server.platform);
  const native = nativeFiles(verified.path, packages);
  const { package: name, version } = server.profile.source;
  return {
    name,
    version,
    tree: server.digest,
    lockfile: server.pins.lockfile,
    files: verified.files,
    bytes: verified.bytes,
    packages: identitiesOf(packages).map(
      ({ locked, ...identity }): PackageFact => ({
        ...identity,
        installScripts: installScriptsOf(path.join(verified.path, locked.path)),
        native: native.get(locked.path) ?? [],
        license: licenseOf(lockfile.graph.nodes.get(locked.path)?.entry.license),
      }),
    ),
    entry: server.entry,
    runtime: `${runtime.name} ${runtime.version}`,
  };
}

/** By what a package of a lockfile is known. */
export function identitiesOf(packages: readonly LockedPackage[]) {
  return packages.map((locked) => ({
    locked,
    name: locked.name,
    version: locked.version,
    integrity: integrityOf(locked, packages),
  }));
}

/** What comes inside the tarball of another package is as it was there. */
function integrityOf(locked: LockedPackage, packages: readonly LockedPackage[]): string {
  if (!locked.bundled) return locked.integrity;
  const parent = locked.path.slice(0, locked.path.lastIndexOf('/node_modules/'));
  const around = packages.find(({ path: place }) => place === parent);
  return around === undefined ? '' : integrityOf(around, packages);
}

function licenseOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** First bytes: ELF, Mach-O of both sizes and for several processors, PE, WebAssembly. */
const MAGICS = ['7f454c46', 'cffaedfe', 'cefaedfe', 'cafebabe', '0061736d'];
const DOS = '4d5a';

/** By package folder: files that hold machine code, whatever their name, relative to the package. */
function nativeFiles(tree: string, packages: readonly LockedPackage[]): ReadonlyMap<string, string[]> {
  const folders = new Set(packages.map((locked) => locked.path));
  const found = new Map<string, string[]>();
  const walk = (folder: string, owner: string): void => {
    for (const entry of fs.readdirSync(path.join(tree, folder), { withFileTypes: true })) {
      const place = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(place, folders.has(place) ? place : owner);
      else if (entry.isFile() && isNative(path.join(tree, place)))
        found.set(owner, [...(found.get(owner) ?? []), place.slice(owner.length + 1)]);
    }
  };
  walk('', '');
  for (const [owner, files] of found) found.set(owner, files.toSorted());
  return found;
}

function isNative(file: string): boolean {
  const fd = fs.openSync(file, 'r');
  try {
    const start = Buffer.alloc(4);
    fs.readSync(fd, start, 0, 4, 0);
    const magic = start.toString('hex');
    return MAGICS.includes(magic) || (magic.startsWith(DOS) && /\.(?:exe|dll|node)$/i.test(file));
  } finally {
    fs.closeSync(fd);
  }
}
