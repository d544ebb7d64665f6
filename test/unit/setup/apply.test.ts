import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeFrom, setUp, type Target } from '../../../src/setup/apply.ts';
import { keepEdited } from '../../../src/setup/edited.ts';
import { wantedOnMachine } from '../../../src/setup/layout.ts';

const PROGRAM = [
  { path: 'bin/cordon', content: Buffer.from('#!/bin/sh\n') },
  { path: 'dist/cordon', content: Buffer.from('one') },
];
const PROFILES = [{ path: 'memory/profile.json', content: Buffer.from('{}\n') }];

let root = '';
let target: Target;
const at = (file: string) => path.join(root, file);
const modeOf = (file: string) => fs.lstatSync(at(file)).mode & 0o7777;
const apply = (program = PROGRAM) => setUp(wantedOnMachine(program, PROFILES), target);

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-setup-'));
  target = { root, uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1, dryRun: false };
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

describe('setting a machine up', () => {
  it('makes everything whatever the umask, and nothing the second time', () => {
    const before = process.umask(0o077);
    try {
      apply();
    } finally {
      process.umask(before);
    }
    expect(modeOf('opt/cordon/bin/cordon')).toBe(0o755);
    expect(modeOf('var/lib/cordon/store')).toBe(0o755);
    expect(modeOf('etc/cordon/profiles/memory/profile.json')).toBe(0o644);
    expect(apply()).toEqual([]);
  });

  it('there is no moment in which the program runs without policy', () => {
    const order = apply().map(({ path: place }) => place);
    expect(order.indexOf('/etc/cordon/config.json')).toBeLessThan(order.indexOf('/opt/cordon/bin/cordon'));
    const gone = removeFrom(target).map(({ path: place }) => place);
    expect(gone[0]).toBe('/opt/cordon');
    expect(gone).not.toContain('/etc/cordon');
  });

  it('a dry run says the same and changes nothing', () => {
    const planned = setUp(wantedOnMachine(PROGRAM, PROFILES), { ...target, dryRun: true });
    expect(fs.readdirSync(root)).toEqual([]);
    expect(planned).toEqual(apply());
  });

  it('an upgrade replaces the file, so that a running one stays whole, and keeps the configuration', () => {
    apply();
    fs.writeFileSync(at('etc/cordon/config.json'), '{ "schema": 1, "secrets": {} }\n');
    const running = fs.openSync(at('opt/cordon/dist/cordon'), 'r');
    const next = PROGRAM.map((file) =>
      file.path === 'dist/cordon' ? { ...file, content: Buffer.from('two') } : file,
    );
    expect(apply(next)).toEqual([{ what: 'replace', path: '/opt/cordon/dist/cordon' }]);
    expect(fs.readFileSync(running, 'utf8')).toBe('one');
    fs.closeSync(running);
    expect(fs.readFileSync(at('opt/cordon/dist/cordon'), 'utf8')).toBe('two');
    expect(fs.readFileSync(at('etc/cordon/config.json'), 'utf8')).toContain('secrets');
  });

  it.each(['opt/cordon', 'etc/cordon/profiles/memory', 'opt/cordon/dist/cordon', 'etc/cordon/config.json'])(
    'a mode that lets others write is mended: %s',
    (file) => {
      apply();
      const right = modeOf(file);
      fs.chmodSync(at(file), 0o777);
      expect(apply()).toEqual([{ what: 'own', path: `/${file}` }]);
      expect(modeOf(file)).toBe(right);
    },
  );

  it('who had a file open that was writable cannot write to the mended one', () => {
    apply();
    const program = at('opt/cordon/dist/cordon');
    fs.chmodSync(program, 0o777);
    const planted = fs.openSync(program, 'r+');
    apply();
    fs.writeSync(planted, 'evil');
    fs.closeSync(planted);
    expect(fs.readFileSync(program, 'utf8')).toBe('one');
  });

  it('a second name of a file is cut off', () => {
    apply();
    fs.linkSync(at('etc/cordon/config.json'), at('elsewhere'));
    expect(apply()).toEqual([{ what: 'own', path: '/etc/cordon/config.json' }]);
    expect(fs.lstatSync(at('etc/cordon/config.json')).nlink).toBe(1);
  });

  it.each(['opt/cordon', 'etc/cordon/profiles', 'etc/cordon/config.json'])(
    'a link is never followed: %s',
    (file) => {
      fs.mkdirSync(at('outside'));
      fs.mkdirSync(path.dirname(at(file)), { recursive: true, mode: 0o755 });
      fs.symlinkSync(at('outside'), at(file));
      expect(() => apply()).toThrow(/is not a/);
      expect(fs.readdirSync(at('outside'))).toEqual([]);
    },
  );

  it('takes away what another version or a killed setup left in the folder of the program, and nothing outside', () => {
    apply();
    fs.mkdirSync(at('opt/cordon/profiles/gone'), { recursive: true });
    fs.writeFileSync(at('opt/cordon/profiles/gone/profile.json'), '{}');
    fs.writeFileSync(at('opt/cordon/dist/.cordon.new'), 'half');
    fs.mkdirSync(at('outside'));
    fs.writeFileSync(at('outside/file'), '');
    fs.symlinkSync(at('outside'), at('opt/cordon/dist/link'));
    expect(
      apply()
        .map(({ what, path: place }) => `${what} ${place}`)
        .toSorted(),
    ).toEqual([
      'remove /opt/cordon/dist/.cordon.new',
      'remove /opt/cordon/dist/link',
      'remove /opt/cordon/profiles',
    ]);
    expect(fs.readdirSync(at('outside'))).toEqual(['file']);
    expect(apply()).toEqual([]);
  });

  it('a clone in the place of the program is refused, by a setup from it and by a removal', () => {
    apply();
    fs.mkdirSync(at('opt/cordon/src'));
    for (const dryRun of [true, false]) {
      const into = { ...target, dryRun };
      expect(() => setUp(wantedOnMachine(PROGRAM, PROFILES), into)).toThrow(/src" was not put there/);
      expect(() => removeFrom(into)).toThrow(/src" was not put there/);
    }
    expect(fs.readdirSync(at('opt/cordon')).toSorted()).toEqual(['bin', 'dist', 'src']);
  });

  it('leaves what somebody keeps beside the store', () => {
    apply();
    fs.writeFileSync(at('var/lib/cordon/backup'), '');
    expect(removeFrom({ ...target, dryRun: true })).toEqual(removeFrom(target));
    expect(fs.readdirSync(at('var/lib/cordon'))).toEqual(['backup']);
  });

  it('removes program and store, and leaves the policy', () => {
    apply();
    expect(removeFrom({ ...target, dryRun: true })).toHaveLength(2);
    expect(fs.existsSync(at('opt/cordon'))).toBe(true);
    removeFrom(target);
    expect(fs.existsSync(at('opt/cordon'))).toBe(false);
    expect(fs.existsSync(at('var/lib/cordon'))).toBe(false);
    expect(fs.existsSync(at('etc/cordon/config.json'))).toBe(true);
    expect(removeFrom(target)).toEqual([]);
  });
});

describe('profiles on an upgrade', () => {
  const version = (text: string) => [
    { path: 'memory/profile.json', content: Buffer.from(text) },
    { path: 'memory/pins.json', content: Buffer.from(text) },
    { path: 'profile.schema.json', content: Buffer.from(text) },
  ];
  const install = (text: string, into: Target = target) => {
    const profiles = version(text);
    const program = [...PROGRAM, ...profiles.map((file) => ({ ...file, path: `profiles/${file.path}` }))];
    const { files, kept } = keepEdited(profiles, into.root);
    return { kept, changes: setUp(wantedOnMachine(program, files), into) };
  };
  const contents = () =>
    version('').map(({ path: file }) => fs.readFileSync(at(`etc/cordon/profiles/${file}`), 'utf8'));

  it('become those of the new version', () => {
    install('one');
    expect(install('two').kept).toEqual([]);
    expect(contents()).toEqual(['two', 'two', 'two']);
  });

  it('stay as a whole where the administrator changed a file, and are still mended', () => {
    install('one');
    fs.writeFileSync(at('etc/cordon/profiles/memory/pins.json'), 'approved here');
    fs.chmodSync(at('etc/cordon/profiles/memory/profile.json'), 0o666);
    expect(install('two').kept).toEqual(['memory']);
    expect(contents()).toEqual(['one', 'approved here', 'two']);
    expect(modeOf('etc/cordon/profiles/memory/profile.json')).toBe(0o644);
    expect(install('two')).toEqual({ kept: ['memory'], changes: [] });
  });

  it('stay all of them where they came by a signed bundle, also those as they were shipped', () => {
    install('one');
    fs.rmSync(at('etc/cordon/profiles/memory/pins.json'));
    fs.writeFileSync(at('etc/cordon/bundle.json'), '{}');
    expect(install('two').kept).toEqual(['memory']);
    expect(fs.readFileSync(at('etc/cordon/profiles/memory/profile.json'), 'utf8')).toBe('one');
    expect(fs.existsSync(at('etc/cordon/profiles/memory/pins.json'))).toBe(false);
    expect(fs.readFileSync(at('etc/cordon/profiles/profile.schema.json'), 'utf8')).toBe('two');
    expect(fs.readFileSync(at('opt/cordon/profiles/memory/profile.json'), 'utf8')).toBe('two');
  });

  it('are told from changed ones also after an upgrade that stopped in the middle', () => {
    install('one');
    // Where it stops: a folder that cannot be taken for a file.
    fs.mkdirSync(at('opt/cordon/profiles/memory/.profile.json.new/in'), { recursive: true });
    expect(() => install('two')).toThrow(/could not be written/);
    fs.rmSync(at('opt/cordon/profiles/memory/.profile.json.new'), { recursive: true });
    expect(contents()).toEqual(['two', 'two', 'two']);
    expect(install('two').kept).toEqual([]);
    expect(install('three').kept).toEqual([]);
    expect(contents()).toEqual(['three', 'three', 'three']);
  });
});
