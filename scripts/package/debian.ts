// A Debian package that brings a machine to what `cordon setup --system` brings it to. What is below /etc is the
// administrator's once it is there, in dpkg's way: changed files stay, and a purge takes them away.
import crypto from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Wanted, WantedFile } from '../../src/setup/layout.ts';
import { type ArchiveEntry, arOf, tarOf } from './archive.ts';
import { postinst, postrm, preinst } from './maintainer-scripts.ts';

export interface DebianPackage {
  readonly version: string;
  readonly architecture: 'amd64' | 'arm64';
  readonly wanted: readonly Wanted[];
  readonly license: Buffer;
  /** Time of every file in it, since 1970. */
  readonly seconds: number;
  /** Of gzip: 9 makes the smallest package, 1 is made quickest. */
  readonly level: number;
}

export function debianPackage(source: DebianPackage): Buffer {
  const { wanted, seconds, level } = source;
  const folders = wanted.flatMap((one) => (one.kind === 'folder' ? [one.path] : []));
  const files: readonly WantedFile[] = [
    ...wanted.filter((one) => one.kind === 'file'),
    {
      kind: 'file',
      path: '/usr/share/doc/cordon/copyright',
      mode: 0o644,
      content: source.license,
      keep: false,
    },
  ];
  const conffiles = files.map(({ path }) => path).filter((path) => path.startsWith('/etc/'));
  const control: readonly ArchiveEntry[] = [
    text('./control', controlOf(source, files)),
    text('./conffiles', lines(conffiles)),
    text('./md5sums', lines(files.filter(({ path }) => !conffiles.includes(path)).map(md5Line))),
    text(
      './preinst',
      preinst(
        folders,
        files.filter(({ keep }) => keep),
      ),
      0o755,
    ),
    text('./postinst', postinst(conffiles), 0o755),
    text('./postrm', postrm, 0o755),
  ];
  const packed = (entries: readonly ArchiveEntry[]) => gzipSync(tarOf(entries, seconds), { level });
  return arOf(
    [
      { name: 'debian-binary', content: Buffer.from('2.0\n') },
      { name: 'control.tar.gz', content: packed([folderEntry('/'), ...control]) },
      { name: 'data.tar.gz', content: packed(dataEntries(folders, files)) },
    ],
    seconds,
  );
}

function controlOf({ version, architecture }: DebianPackage, files: readonly WantedFile[]): string {
  const kibibytes = files.reduce((sum, { content }) => sum + Math.ceil(content.length / 1024), 0);
  return lines([
    'Package: cordon',
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    'Maintainer: Cordon maintainers',
    `Installed-Size: ${kibibytes}`,
    // The server's runtime is not among them: which one counts is recorded by `cordon install`.
    'Depends: bubblewrap, libc6',
    'Suggests: nodejs, libsecret-tools',
    'Section: admin',
    'Priority: optional',
    'Description: starts reviewed MCP servers, byte for byte, inside an OS sandbox',
    ' Cordon is the one command that a policy of MCP clients allows. It starts a',
    ' server only when its files are the reviewed ones, in a sandbox that holds',
    ' what its profile grants, and relays only what was judged.',
  ]);
}

/** With the folders above, which dpkg has to know, each before what is in it. */
function dataEntries(folders: readonly string[], files: readonly WantedFile[]): readonly ArchiveEntry[] {
  const all = new Set<string>(['/']);
  for (const place of [...folders.map((folder) => `${folder}/`), ...files.map(({ path }) => path)])
    for (let slash = place.indexOf('/', 1); slash !== -1; slash = place.indexOf('/', slash + 1))
      all.add(place.slice(0, slash));
  return [
    ...[...all].toSorted().map(folderEntry),
    ...files.map(({ path, mode, content }) => ({ path: `.${path}`, mode, content })),
  ];
}

function folderEntry(path: string): ArchiveEntry {
  return { path: path === '/' ? './' : `.${path}/`, mode: 0o755, content: Buffer.alloc(0) };
}

function text(path: string, content: string, mode = 0o644): ArchiveEntry {
  return { path, mode, content: Buffer.from(content) };
}

function md5Line({ path, content }: WantedFile): string {
  return `${crypto.createHash('md5').update(content).digest('hex')}  ${path.slice(1)}`;
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
