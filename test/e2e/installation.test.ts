// The three ways onto a machine (`cordon setup --system` of a clone, of the tarball, and the Debian package) with the real
// program, root's own tools, and nothing of Cordon there before: each gives the same machine, again changes nothing, an upgrade
// keeps what an administrator changed, one that is killed leaves no half of a file, and what is removed is gone.
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ArchiveEntry, tarOf } from '../../scripts/package/archive.ts';
import { debianPackage } from '../../scripts/package/debian.ts';
import { setUp } from '../../src/setup/apply.ts';
import { type SourceFile, wantedOnMachine } from '../../src/setup/layout.ts';
import { profileFiles, programFiles } from '../../src/setup/sources.ts';
import { columns, hasOwnMachine } from '../escape/columns.ts';
import { onCleanMachine, prepareScratch } from '../fixtures/clean-machine.ts';
import { shareProgram } from '../fixtures/installed-machine.ts';
import { ROOT } from '../fixtures/launcher.ts';

const hasDpkg = fs.existsSync('/usr/bin/dpkg') && fs.existsSync('/var/lib/dpkg/info/bubblewrap.list');
const SECONDS = 1_000_000_000;
const EDITED = '{ "schema": 1, "egress": { "mode": "proxy" } }';

/** Shell: what is on the machine now, to `/srv/out/<name>`, and a machine that has nothing again. */
const FUNCTIONS = `
state() {
  { find /opt/cordon /etc/cordon /var/lib/cordon -printf '%y %U:%G %m %p\\n' 2>/dev/null || true
    find /opt/cordon /etc/cordon /var/lib/cordon -type f -size -999k -exec b2sum {} + 2>/dev/null || true
    # Of the program, which is large, both ends and the size.
    find /opt/cordon -type f -size +999k 2>/dev/null | while read -r file; do
      { stat -c %s "$file"; head -c 65536 "$file"; tail -c 65536 "$file"; } | b2sum | sed "s|-$|$file|"
    done
  } | LC_ALL=C sort > "/srv/out/$1"
}
said() { name=$1; shift; "$@" > "/srv/out/$name-said" 2>&1; }
afresh() { rm -rf /opt/cordon /etc/cordon /var/lib/cordon; }
edit() { printf '%s' '${EDITED}' > /etc/cordon/config.json; }
`;

let scratch = '';
const out = (name: string): string => fs.readFileSync(path.join(scratch, 'shared/out', name), 'utf8');
const lines = (name: string): string[] => out(name).trimEnd().split('\n');

/** Root's commands on a machine of their own. */
function onMachine(script: string, dpkg: boolean): void {
  const user = columns().find((column) => column.uid !== 0);
  if (user === undefined) throw new Error('there is no ordinary user');
  const asUser = `as_user() { ${user.as(['"$@"']).join(' ')}; }`;
  const [file = '', ...args] = onCleanMachine({ scratch, user, dpkg }, `${FUNCTIONS}\n${asUser}\n${script}`, [
    '/bin/true',
  ]);
  const { status, stderr, stdout } = spawnSync(file, args, {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
  });
  expect(status, stdout + stderr).toBe(0);
}

/** Another program, another text of the profile, one profile more. */
function older(files: readonly SourceFile[]): readonly SourceFile[] {
  return files.map((file) => {
    if (file.path === 'dist/cordon') return { ...file, content: Buffer.from('#!/bin/sh\nexit 3\n') };
    return file.path.endsWith('memory/profile.json') ? { ...file, content: Buffer.from('{}\n') } : file;
  });
}

function share(): void {
  const shared = path.join(scratch, 'shared');
  fs.mkdirSync(path.join(shared, 'out'));
  shareProgram(scratch);
  const program = programFiles(ROOT);
  const profiles = profileFiles(ROOT, ['memory'], () => false);
  const now = wantedOnMachine(program, profiles);
  const gone = { path: 'profiles/gone/profile.json', content: Buffer.from('{}\n') };
  const before = wantedOnMachine([...older(program), gone], older(profiles));
  const common = {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    license: Buffer.alloc(1),
  } as const;
  for (const [version, wanted] of [
    ['1.0', before],
    ['1.1', now],
    ['2.0', wantedOnMachine(older(program), [])],
  ] as const)
    fs.writeFileSync(
      path.join(shared, `${version}.deb`),
      debianPackage({ ...common, version, wanted, seconds: SECONDS, level: 0 }),
    );
  fs.mkdirSync(path.join(shared, 'older'));
  setUp(before, { root: path.join(shared, 'older'), uid: 0, gid: 0, dryRun: false });
  const entries = program.map(
    ({ path: file, content }): ArchiveEntry => ({
      path: `cordon/${file}`,
      mode: file.startsWith('bin/') || file.startsWith('dist/') ? 0o755 : 0o644,
      content,
    }),
  );
  fs.writeFileSync(path.join(shared, 'cordon.tar.gz'), gzipSync(tarOf(entries, SECONDS), { level: 0 }));
}

describe.runIf(hasOwnMachine)('an installation', () => {
  beforeAll(() => {
    scratch = prepareScratch('installation');
    share();
    onMachine(
      `
      umask 077
      said planned /srv/program/bin/cordon setup --system memory --dry-run; state nothing
      said set-up /srv/program/bin/cordon setup --system memory; state set-up
      said again /srv/program/bin/cordon setup --system memory; state again
      said listed as_user /opt/cordon/bin/cordon list
      said image /srv/program/bin/cordon setup --system memory --root /root/image; stat -c %a /root/image/etc > /srv/out/image-mode
      rm -rf /root/image; mkdir /root/image; ln -s /home/user /root/image/opt
      said out sh -c '! /srv/program/bin/cordon setup --system memory --root /root/image'; ls -A /home/user > /srv/out/out
      touch /var/lib/cordon/store/package
      said removed /opt/cordon/bin/cordon setup --system --remove; state removed

      afresh; mkdir /root/from; tar -xzf /srv/cordon.tar.gz -C /root/from
      /root/from/cordon/bin/cordon setup --system memory; state tarball

      afresh; cp -a /srv/older/. /; edit
      said upgraded /srv/program/bin/cordon setup --system; state upgraded

      afresh; cp -a /srv/older/. /
      for after in 0.03 0.08 0.12 0.16 0.22 0.3; do
        timeout -s KILL $after /srv/program/bin/cordon setup --system memory >/dev/null 2>&1 || true
        state killed-$after
      done
      /srv/program/bin/cordon setup --system memory; state mended`,
      false,
    );
    if (!hasDpkg) return;
    onMachine(
      `
      said dpkg dpkg -i /srv/1.1.deb; state dpkg
      said verified dpkg -V cordon
      said dpkg-listed as_user /opt/cordon/bin/cordon list
      dpkg -P cordon; state purged-at-once

      mkdir -p /etc/cordon/profiles/memory; echo '{ }' > /etc/cordon/profiles/memory/profile.json
      dpkg -i /srv/1.1.deb < /dev/null || true; said unasked as_user /opt/cordon/bin/cordon list
      dpkg --force-confold --configure cordon; state asked; dpkg -P cordon

      dpkg -i /srv/1.0.deb; state small
      edit; touch /var/lib/cordon/store/package
      dpkg -i /srv/1.1.deb; rm /var/lib/cordon/store/package; state dpkg-upgraded
      touch /var/lib/cordon/store/package
      dpkg -r cordon; state dpkg-removed
      dpkg -P cordon; state purged

      dpkg -i /srv/1.0.deb; dpkg -i /srv/2.0.deb; state withdrawn
      rm -r /etc/cordon/profiles/memory; dpkg -i /srv/2.0.deb; state taken
      dpkg -i /srv/1.0.deb; state back; dpkg -P cordon

      mkdir -p /opt/cordon/dist /etc/cordon/profiles; chown -R 1 /opt/cordon; chmod -R 777 /etc/cordon
      dpkg -i /srv/1.0.deb; state dpkg-mended
      chmod 666 /etc/cordon/config.json; chown 1 /etc/cordon/profiles/memory/pins.json
      dpkg -i /srv/1.0.deb; state dpkg-mended-files
      dpkg -P cordon
      mkdir -p /opt; ln -s /home/user /opt/cordon
      said linked sh -c '! dpkg -i /srv/1.0.deb'; state linked; ls -A /home/user > /srv/out/home`,
      true,
    );
  });
  afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

  it('is all of it root’s, whatever the umask, and a user finds the profile', () => {
    const files = lines('set-up').filter((line) => /^[a-z] /.test(line));
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((line) => !/^(?:d 0:0 755|f 0:0 (?:755|644)) /.test(line))).toEqual([]);
    expect(out('listed-said')).toMatch(/^memory .* managed .* not installed$/m);
  });

  it('below a folder is the same, and never outside of it', () => {
    expect(out('image-said')).toBe(out('set-up-said'));
    expect(out('image-mode')).toBe('755\n');
    expect(out('out-said')).toContain('leads out of');
    expect(out('out')).toBe('');
  });

  it('a dry run names all of it and makes nothing; again changes nothing', () => {
    expect(out('nothing')).toBe('');
    expect(lines('planned-said').map((line) => line.replace('would create', 'created'))).toEqual(
      lines('set-up-said'),
    );
    expect(out('again-said')).toContain('nothing to do');
    expect(out('again')).toBe(out('set-up'));
  });

  it('from the tarball is the same', () => {
    expect(out('tarball')).toBe(out('set-up'));
  });

  it('an upgrade keeps the configuration, and brings everything else to what it is now', () => {
    const configuration = (line: string): boolean => line.endsWith('/etc/cordon/config.json');
    expect(lines('upgraded').filter((line) => !configuration(line))).toEqual(
      lines('set-up').filter((line) => !configuration(line)),
    );
    expect(out('upgraded-said')).toContain('removed: "/opt/cordon/profiles/gone"');
    expect(out('upgraded').includes(hashOf(EDITED))).toBe(true);
  });

  it('one that is killed leaves whole files alone, old or new, and the next one finishes it', () => {
    const whole = new Set(
      [...lines('set-up'), ...lines('killed-0.03')].filter((line) => /^[0-9a-f]{128}/.test(line)),
    );
    let unfinished = 0;
    for (const name of fs
      .readdirSync(path.join(scratch, 'shared/out'))
      .filter((one) => one.startsWith('killed-'))) {
      const files = lines(name).filter((line) => /^[0-9a-f]{128}/.test(line) && !line.endsWith('.new'));
      expect(files.filter((line) => !whole.has(line))).toEqual([]);
      if (out(name) !== out('set-up')) unfinished += 1;
    }
    expect(unfinished).toBeGreaterThan(0);
    expect(out('mended')).toBe(out('set-up'));
  });

  it('removed, only the policy is left', () => {
    expect(lines('removed').filter((line) => !line.includes('/etc/cordon'))).toEqual([]);
    expect(lines('removed')).toEqual(lines('set-up').filter((line) => line.includes(' /etc/cordon')));
  });

  describe.runIf(hasDpkg)('by dpkg', () => {
    it('is the same, and dpkg finds nothing changed', () => {
      expect(out('dpkg')).toBe(out('set-up'));
      expect(out('verified-said')).toBe('');
      expect(out('dpkg-listed-said')).toBe(out('listed-said'));
    });

    it('one that stops at a question leaves a machine that obeys its policy', () => {
      expect(out('unasked-said')).toMatch(/^memory .* managed /m);
      expect(out('unasked-said')).not.toContain(' shipped ');
      const isOther = (line: string): boolean => !/memory\/profile\.json/.test(line);
      expect(lines('asked').filter(isOther)).toEqual(lines('dpkg').filter(isOther));
    });

    it('an upgrade keeps what was changed, as setup does', () => {
      expect(out('dpkg-upgraded')).toBe(out('upgraded'));
    });

    it('removed, policy and store are left; purged, nothing is', () => {
      expect(lines('dpkg-removed').filter((line) => line.includes('/opt/'))).toEqual([]);
      expect(out('dpkg-removed')).toContain(' /etc/cordon/profiles/memory/profile.json');
      expect(out('dpkg-removed')).toContain(' /var/lib/cordon/store/package');
      expect(out('purged')).toBe('');
      expect(out('purged-at-once')).toBe('');
    });

    it('a profile that a package no longer has stays until it is taken away, and comes back with one that has it', () => {
      const file = ' /etc/cordon/profiles/memory/profile.json';
      expect(out('withdrawn')).toContain(file);
      expect(out('taken')).not.toContain('/etc/cordon/profiles/memory');
      expect(out('back')).toContain(file);
    });

    it('folders and files that were somebody else’s become root’s', () => {
      expect(out('dpkg-mended')).toBe(out('small'));
      expect(out('dpkg-mended-files')).toBe(out('small'));
    });

    it('a link in the place of a folder is refused, and nothing is written behind it', () => {
      expect(out('linked-said')).toContain('/opt/cordon is not a folder');
      expect(out('home')).toBe('');
    });
  });
});

function hashOf(text: string): string {
  return crypto.createHash('blake2b512').update(text).digest('hex');
}
