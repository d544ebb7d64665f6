import { Parser, type ReadEntry } from 'tar';
import { describe, expect, it } from 'vitest';
import { debianPackage, type DebianPackage } from '../../../scripts/package/debian.ts';
import { wantedOnMachine } from '../../../src/setup/layout.ts';
import { profileFiles } from '../../../src/setup/sources.ts';
import { ROOT } from '../../fixtures/launcher.ts';

const content = Buffer.from('{}\n');
const SOURCE: DebianPackage = {
  version: '1.2.3',
  architecture: 'amd64',
  wanted: wantedOnMachine(
    [
      { path: 'bin/cordon', content },
      { path: 'dist/cordon', content },
      { path: 'profiles/memory/profile.json', content },
    ],
    [{ path: 'memory/profile.json', content }],
  ),
  license: content,
  seconds: 1_000_000_000,
  level: 1,
};

/** Members of an ar archive, as its own headers say. */
function membersOf(ar: Buffer): Map<string, Buffer> {
  const members = new Map<string, Buffer>();
  for (let at = 8; at < ar.length; ) {
    const header = ar.subarray(at, at + 60).toString('latin1');
    const size = Number(header.slice(48, 58));
    members.set(header.slice(0, 16).trimEnd(), ar.subarray(at + 60, at + 60 + size));
    at += 60 + size + (size % 2);
  }
  return members;
}

async function entriesOf(member: string): Promise<ReadonlyArray<{ entry: ReadEntry; text: string }>> {
  const entries: Array<{ entry: ReadEntry; text: string }> = [];
  const parser = new Parser({
    onReadEntry: (entry) => {
      const chunks: Buffer[] = [];
      entry.on('data', (chunk) => chunks.push(chunk));
      entry.on('end', () => entries.push({ entry, text: Buffer.concat(chunks).toString() }));
    },
  });
  const done = new Promise<void>((resolve) => parser.on('end', resolve));
  parser.end(membersOf(debianPackage(SOURCE)).get(member) ?? Buffer.alloc(0));
  await done;
  return entries;
}

describe('profiles that are asked for', () => {
  it('are whole, with the schemas, and no others', () => {
    const paths = profileFiles(ROOT, ['memory'], () => false).map(({ path }) => path);
    const folders = paths.filter((path) => path.includes('/')).map((path) => path.split('/')[0]);
    expect(new Set(folders)).toEqual(new Set(['memory']));
    expect(paths).toEqual(expect.arrayContaining(['memory/pins.json', 'profile.schema.json']));
  });

  it('that are not there are refused, with the one that was meant', () => {
    const details = [expect.stringContaining('"memory"'), expect.stringContaining('filesystem')];
    expect(() => profileFiles(ROOT, ['memry'], () => false)).toThrow(
      expect.objectContaining({ code: 'PROFILE_NOT_FOUND', details }) as Error,
    );
    for (const name of ['..', '../profiles/memory', 'profile.schema.json', ''])
      expect(() => profileFiles(ROOT, [name], () => false), name).toThrow('no profile of that name');
  });
});

describe('a Debian package', () => {
  it('is the same, byte for byte, when it holds the same', () => {
    expect(debianPackage(SOURCE).equals(debianPackage(SOURCE))).toBe(true);
    expect([...membersOf(debianPackage(SOURCE)).keys()]).toEqual([
      'debian-binary',
      'control.tar.gz',
      'data.tar.gz',
    ]);
  });

  it('holds what a setup brings, all of it root’s and of one time', async () => {
    const entries = await entriesOf('data.tar.gz');
    const paths = new Map(entries.map(({ entry }) => [entry.path, entry]));
    for (const one of SOURCE.wanted) {
      const entry = paths.get(one.kind === 'folder' ? `.${one.path}/` : `.${one.path}`);
      expect(entry, one.path).toMatchObject({ mode: one.kind === 'folder' ? 0o755 : one.mode });
    }
    for (const { entry } of entries)
      expect([entry.uid, entry.gid, entry.mtime?.getTime()]).toEqual([0, 0, SOURCE.seconds * 1000]);
    // Each folder before what is in it, else dpkg makes one with a mode of its own.
    const order = entries.map(({ entry }) => entry.path);
    for (const place of order.filter((one) => one !== './'))
      expect(order.indexOf(`${place.replace(/[^/]+\/?$/, '')}`), place).toBeLessThan(order.indexOf(place));
  });

  it('leaves what is below /etc to the administrator, and needs bubblewrap', async () => {
    const control = new Map((await entriesOf('control.tar.gz')).map(({ entry, text }) => [entry.path, text]));
    expect(control.get('./conffiles')).toBe(
      '/etc/cordon/config.json\n/etc/cordon/profiles/memory/profile.json\n',
    );
    expect(control.get('./control')).toMatch(/^Package: cordon\nVersion: 1\.2\.3\nArchitecture: amd64\n/);
    expect(control.get('./control')).toMatch(/^Depends: .*\bbubblewrap\b/m);
    expect(control.get('./md5sums')).toContain('8a80554c91d9fca8acb82f023de02f11  opt/cordon/bin/cordon\n');
  });

  it('a path that a header cannot hold is an error, never cut', () => {
    const long = { path: `${'long/'.repeat(60)}profile.json`, content };
    const wanted = wantedOnMachine([], [long]);
    expect(() => debianPackage({ ...SOURCE, wanted })).toThrow('too long');
  });
});
