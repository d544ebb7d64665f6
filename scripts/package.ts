// `npm run package [-- profile...]`: a Debian package and a tarball in dist/, of the program and with these profiles as the
// policy of the machine. The tarball holds a copy of the program, whose `cordon setup --system` does the rest.
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { renderError, toCordonError } from '../src/messages/render-error.ts';
import { usageInvalid } from '../src/messages/usage.ts';
import { PROGRAM, wantedOnMachine } from '../src/setup/layout.ts';
import { profileFiles, programFiles } from '../src/setup/sources.ts';
import { VERSION } from '../src/version.ts';
import { type ArchiveEntry, LAST_SECOND, tarOf } from './package/archive.ts';
import { debianPackage } from './package/debian.ts';

const root = path.dirname(import.meta.dirname);
const ARCHITECTURES: Readonly<Record<string, 'amd64' | 'arm64'>> = { x64: 'amd64', arm64: 'arm64' };
/** When nobody says otherwise: the same input gives the same bytes. */
const NO_TIME = Date.UTC(2026, 0, 1) / 1000;

try {
  const architecture = ARCHITECTURES[process.arch];
  if (process.platform !== 'linux' || architecture === undefined)
    throw new Error(`there are no packages for ${process.platform}-${process.arch}`);
  const given = process.env['SOURCE_DATE_EPOCH'] ?? String(NO_TIME);
  const seconds = Number(given);
  if (!/^\d+$/.test(given) || seconds > LAST_SECOND)
    throw usageInvalid('SOURCE_DATE_EPOCH must be seconds since 1970');
  const program = programFiles(root);
  const license = fs.readFileSync(path.join(root, 'LICENSE'));
  const wanted = wantedOnMachine(
    program,
    profileFiles(root, process.argv.slice(2), () => false),
  );
  write(
    `cordon_${VERSION}_${architecture}.deb`,
    debianPackage({ version: VERSION, architecture, wanted, license, seconds, level: 9 }),
  );
  const name = `cordon-${VERSION}-linux-${process.arch}`;
  const entries = wanted
    .filter((one) => one.path === PROGRAM || one.path.startsWith(`${PROGRAM}/`))
    .map((one): ArchiveEntry => {
      const place = `${name}${one.path.slice(PROGRAM.length)}`;
      return one.kind === 'file'
        ? { path: place, mode: one.mode, content: one.content }
        : { path: `${place}/`, mode: 0o755, content: Buffer.alloc(0) };
    });
  entries.push({ path: `${name}/LICENSE`, mode: 0o644, content: license });
  write(`${name}.tar.gz`, gzipSync(tarOf(entries, seconds), { level: 9 }));
} catch (error) {
  console.error(renderError(toCordonError(error)));
  process.exitCode = 1;
}

function write(name: string, content: Buffer): void {
  const file = path.join(root, 'dist', name);
  fs.writeFileSync(`${file}.new`, content);
  fs.renameSync(`${file}.new`, file);
  console.log(path.relative(process.cwd(), file));
}
