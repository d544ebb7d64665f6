import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bunPath } from '../../../scripts/bun-path.mjs';
import { holdStaging } from '../../../src/bundle/hold-staging.ts';
import { installBundle, swap } from '../../../src/bundle/install-bundle.ts';
import { installedText } from '../../../src/bundle/installed-bundle.ts';
import type { BundleIndex } from '../../../src/bundle/index-file.ts';
import type { CordonError } from '../../../src/errors.ts';
import type { ArchivedFile } from '../../../src/bundle/archive.ts';
import { sha256Hex } from '../../../src/sha256.ts';
import type { Target } from '../../../src/setup/apply.ts';
import {
  bundleOf,
  indexOf,
  type Key,
  makeKey,
  NOW,
  open,
  policyFiles,
  refusalOf,
} from '../../fixtures/bundles.ts';

const SWAP = new URL('../../../src/bundle/install-bundle.ts', import.meta.url).href;

let keys = '';
let key: Key;
let root = '';
let target: Target;
beforeAll(() => {
  keys = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-keys-'));
  key = makeKey(keys, 'ed25519');
});
afterAll(() => fs.rmSync(keys, { recursive: true, force: true }));
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-install-'));
  target = { root, uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1, dryRun: false };
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const at = (name: string): string => path.join(root, 'etc/cordon', name);
const opened = new Map<string, ReturnType<typeof open>>();
/** Opened once for all tests: none of them changes it. */
function bundle(more: Partial<BundleIndex> = {}, files: readonly ArchivedFile[] = policyFiles()) {
  const index = indexOf(files, more);
  const name = JSON.stringify(index);
  const known = opened.get(name) ?? open(bundleOf(key, { files, index: () => index }), key);
  opened.set(name, known);
  return known;
}
const install = (more: Partial<BundleIndex> = {}, files?: readonly ArchivedFile[], now = NOW) =>
  installBundle(bundle(more, files), target, now);
const withConfig = (text: string): ArchivedFile[] =>
  policyFiles().map((file) => (file.path === 'config.json' ? { ...file, content: Buffer.from(text) } : file));
const PROXIED = withConfig('{ "schema": 1, "egress": { "mode": "proxy" } }\n');

/** Every name with what tells two states apart. */
function state(folder = at('')): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const stat = fs.lstatSync(path.join(folder, name));
      const content = stat.isFile()
        ? `${stat.nlink} ${sha256Hex(fs.readFileSync(path.join(folder, name)))}`
        : '';
      return `${name} ${stat.uid} ${(stat.mode & 0o7777).toString(8)} ${content}`;
    });
}

async function rejectionOf(act: () => Promise<unknown>): Promise<CordonError> {
  const thrown: unknown = await act().then(
    () => new Error('was taken'),
    (error: unknown) => error,
  );
  return thrown as CordonError;
}

describe('installing', () => {
  it('writes all of it with owner and mode, whatever the umask; the second time nothing is to do', async () => {
    const before = process.umask(0o077);
    try {
      expect((await install()).map(({ what, path: name }) => `${what} ${name}`)).toEqual([
        'create bundle.json',
        'create config.json',
        ...['approved', 'package-lock', 'pins', 'profile'].map(
          (name) => `create profiles/memory/${name}.json`,
        ),
      ]);
    } finally {
      process.umask(before);
    }
    for (const { path: name, content } of policyFiles()) {
      expect(fs.readFileSync(at(name)).equals(content), name).toBe(true);
      expect(fs.statSync(at(name)).mode & 0o7777, name).toBe(0o644);
    }
    for (const name of ['', 'profiles', 'profiles/memory'])
      expect(fs.statSync(at(name)).mode & 0o7777, name).toBe(0o755);
    expect(fs.readdirSync(at(''))).toEqual(['bundle.json', 'config.json', 'profiles']);
    expect(await install()).toEqual([]);
  });

  it('a dry run says the same and changes nothing', async () => {
    const planned = await installBundle(bundle(), { ...target, dryRun: true }, NOW);
    expect(fs.readdirSync(root)).toEqual([]);
    expect(planned).toEqual(await install());
  });

  it('is the whole policy: what is not in it goes, what is the machine’s own stays', async () => {
    await install();
    fs.mkdirSync(at('profiles/old'));
    fs.writeFileSync(at('profiles/old/profile.json'), '{}');
    fs.symlinkSync('/etc', at('profiles/link'));
    fs.writeFileSync(at('allowed_signers'), 'ops');
    fs.writeFileSync(at('profiles/profile.schema.json'), '{}');
    const changes = await install({ version: 8 }, PROXIED);
    expect(changes.map(({ what, path: name }) => `${what} ${name}`)).toEqual([
      'replace bundle.json',
      'replace config.json',
      'remove profiles/link',
      'remove profiles/old',
      'remove profiles/old/profile.json',
    ]);
    expect(fs.readdirSync(at(''))).toEqual(['allowed_signers', 'bundle.json', 'config.json', 'profiles']);
    expect(fs.readdirSync(at('profiles'))).toEqual(['memory', 'profile.schema.json']);
    expect(fs.existsSync('/etc/passwd')).toBe(true);
  });

  it.each<[string, (name: string) => void]>([
    ['a mode that lets others write', (name) => fs.chmodSync(at(name), 0o666)],
    ['an execute bit', (name) => fs.chmodSync(at(name), 0o755)],
    ['a second name', (name) => fs.linkSync(at(name), path.join(root, 'elsewhere'))],
    ['another content', (name) => fs.writeFileSync(at(name), '{}')],
    ['a missing file', (name) => fs.rmSync(at(name))],
  ])('%s is mended by the same bundle', async (_what, change) => {
    await install();
    const right = state();
    for (const name of ['config.json', 'profiles/memory/pins.json']) {
      change(name);
      expect(state()).not.toEqual(right);
      expect((await install()).map(({ path: changed }) => changed)).toEqual([name]);
      expect(state()).toEqual(right);
      fs.rmSync(path.join(root, 'elsewhere'), { force: true });
    }
  });

  it('a folder that others can write is mended', async () => {
    await install();
    fs.chmodSync(at('profiles'), 0o777);
    expect(await install()).toEqual([{ what: 'own', path: 'profiles' }]);
    expect(fs.statSync(at('profiles')).mode & 0o7777).toBe(0o755);
  });

  it.each(['000', '277'])('with a umask of %s as well', async (mask) => {
    fs.mkdirSync(at(''), { recursive: true });
    const before = process.umask(Number.parseInt(mask, 8));
    try {
      expect(await install()).not.toEqual([]);
    } finally {
      process.umask(before);
    }
    expect(await install()).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)('a file of another user is mended', async () => {
    await install();
    fs.chownSync(at('config.json'), 1, 1);
    expect(await install()).toEqual([{ what: 'own', path: 'config.json' }]);
    expect(fs.statSync(at('config.json')).uid).toBe(0);
  });
});

describe('what a machine never takes', () => {
  const refusal = async (act: () => Promise<unknown>): Promise<string> => {
    const { code, message } = await rejectionOf(act);
    return `${code}: ${message}`;
  };

  it.each<[string, Partial<BundleIndex>, ArchivedFile[] | undefined, number, string]>([
    [
      'an older version',
      { version: 6 },
      undefined,
      NOW,
      'BUNDLE_OUTDATED: this machine has version 7 already, and this is version 6',
    ],
    [
      'the same version with other files',
      {},
      PROXIED,
      NOW,
      'BUNDLE_OUTDATED: this machine has another version 7 of this bundle',
    ],
    [
      'the same files as another version 7',
      { created: '2027-01-02T00:00:00Z' },
      undefined,
      NOW,
      'BUNDLE_OUTDATED: this machine has another version 7 of this bundle',
    ],
    [
      'another bundle',
      { name: 'other', version: 99 },
      undefined,
      NOW,
      'BUNDLE_OUTDATED: this machine takes the bundle "corp-policy", and this is "other"',
    ],
    [
      'one that expired',
      { version: 8 },
      undefined,
      Date.parse('2027-03-01T00:00:00Z'),
      'BUNDLE_OUTDATED: the bundle expired at 2027-03-01T00:00:00Z',
    ],
    [
      'one from the future',
      { version: 8, created: '2027-01-15T12:06:00Z' },
      undefined,
      NOW,
      'BUNDLE_OUTDATED: the bundle was made at 2027-01-15T12:06:00Z, which is still to come',
    ],
  ])('%s', async (_what, more, files, now, words) => {
    await install();
    const before = state();
    expect(await refusal(() => install(more, files, now))).toBe(words);
    expect(state()).toEqual(before);
  });

  it('one that the clock of another machine made a minute from now is taken', async () => {
    expect(await install({ created: '2027-01-15T12:01:00Z' })).not.toEqual([]);
  });

  it('the version counts when the record was spoilt: it is never taken for none', async () => {
    await install();
    for (const text of [
      '',
      '{}',
      '{"schema":1}',
      fs.readFileSync(at('bundle.json'), 'utf8').replace('7', '"7"'),
    ]) {
      fs.writeFileSync(at('bundle.json'), text);
      expect(await refusal(() => install({ version: 8 }))).toMatch(
        /^INSTALLATION_UNSAFE: .*which says what this machine has/,
      );
    }
    fs.rmSync(at('bundle.json'));
    fs.symlinkSync('/dev/null', at('bundle.json'));
    expect(await refusal(() => install({ version: 8 }))).toMatch(/^INSTALLATION_UNSAFE/);
  });

  it.each(['', 'profiles', 'config.json'])(
    'a link in the place of etc/cordon/%s is never followed',
    async (name) => {
      fs.mkdirSync(path.join(root, 'outside'));
      fs.mkdirSync(path.dirname(at(name)), { recursive: true });
      fs.symlinkSync(path.join(root, 'outside'), at(name).replace(/\/$/, ''));
      expect(await refusal(() => install())).toMatch(/^INSTALLATION_UNSAFE/);
      expect(fs.readdirSync(path.join(root, 'outside'))).toEqual([]);
    },
  );
});

describe('all or nothing', () => {
  it('what cannot be given its name leaves everything as it was', async () => {
    await install();
    const before = state();
    const staging = at('.staging');
    for (const name of ['new', 'new/profiles', 'old'])
      fs.mkdirSync(path.join(staging, name), { recursive: true });
    fs.writeFileSync(path.join(staging, 'new/bundle.json'), 'new');
    // The new config.json is not there: the third name cannot be given, when two have been.
    expect(
      refusalOf(() => swap(at(''), staging, { folder: 'profiles', files: ['bundle.json', 'config.json'] }))
        .code,
    ).toBe('OUTPUT_UNWRITABLE');
    fs.rmSync(staging, { recursive: true });
    expect(state()).toEqual(before);
  });

  it('what one leaves that was killed with the profiles in its hands is put back, and holds nobody up', async () => {
    await install();
    fs.writeFileSync(at('profiles/profile.schema.json'), '{}');
    const before = state();
    fs.mkdirSync(at('.bundle'), { mode: 0o700 });
    fs.mkdirSync(at('.bundle/old'));
    fs.writeFileSync(at('.bundle/rest'), '');
    fs.renameSync(at('profiles'), at('.bundle/old/profiles'));
    expect(await install()).toEqual([]);
    expect(state()).toEqual(before);
  });

  it.each([1, 2, 3, 4])(
    'one that was killed at its step %i left no profiles of another policy',
    async (step) => {
      await install();
      const policy = (files: readonly ArchivedFile[]) =>
        Object.fromEntries(files.map(({ path: name, content }) => [name, sha256Hex(content)]));
      const found = () => {
        const names = fs.existsSync(at('profiles/memory')) ? fs.readdirSync(at('profiles/memory')) : [];
        const files = ['config.json', ...names.map((name) => `profiles/memory/${name}`)];
        return policy(files.map((name) => ({ path: name, content: fs.readFileSync(at(name)) })));
      };
      const newer = PROXIED.filter(({ path: name }) => !name.endsWith('approved.json'));
      fs.mkdirSync(at('.bundle'), { mode: 0o700 });
      for (const { path: name, content } of [...newer, { path: 'bundle.json', content: Buffer.from('8') }]) {
        const place = at(`.bundle/new/${name}`);
        fs.mkdirSync(path.dirname(place), { recursive: true });
        fs.writeFileSync(place, content);
      }
      fs.mkdirSync(at('.bundle/old'));
      const script = path.join(root, 'killed.ts');
      fs.writeFileSync(
        script,
        `import fs from 'node:fs';
      const { renameSync } = fs;
      let steps = 0;
      fs.renameSync = (from, to) => {
        renameSync(from, to);
        if (++steps === ${step}) process.kill(process.pid, 'SIGKILL');
      };
      const { swap } = await import(${JSON.stringify(SWAP)});
      swap(${JSON.stringify(at(''))}, ${JSON.stringify(at('.bundle'))},
        { folder: 'profiles', files: ['bundle.json', 'config.json'] });`,
      );
      expect(spawnSync(bunPath(), ['run', script]).signal).toBe('SIGKILL');
      const whole = [policy(policyFiles()), policy(newer)];
      const isWhole = whole.some((one) => isDeepStrictEqual(one, found()));
      expect(isWhole || !fs.existsSync(at('profiles'))).toBe(true);
      holdStaging(at('')).release();
      expect(whole).toContainEqual(found());
    },
  );

  it.each<[string, () => void]>([
    ['that others can open', () => fs.mkdirSync(at('.bundle'), { mode: 0o755 })],
    [
      'by a link',
      () => {
        const elsewhere = path.join(root, 'elsewhere');
        fs.mkdirSync(elsewhere, { mode: 0o700 });
        fs.symlinkSync(elsewhere, at('.bundle'));
      },
    ],
    ...(process.getuid?.() === 0
      ? [
          [
            'of another user',
            () => {
              fs.mkdirSync(at('.bundle'), { mode: 0o700 });
              fs.chownSync(at('.bundle'), 1, 1);
            },
          ] as [string, () => void],
        ]
      : []),
  ])('a place to work in %s is not worked in', async (_what, make) => {
    await install();
    make();
    const before = state(root);
    expect((await rejectionOf(() => install({ version: 8 }))).code).toMatch(
      /^(?:INSTALLATION_UNSAFE|OUTPUT_UNWRITABLE)$/,
    );
    expect(state(root)).toEqual(before);
  });

  it('one that was killed at its very end is tidied up when there is nothing else to do', async () => {
    await install();
    const before = state();
    fs.mkdirSync(at('.bundle'), { mode: 0o700 });
    fs.mkdirSync(at('.bundle/old/profiles/memory'), { recursive: true });
    expect(await install()).toEqual([]);
    expect(state()).toEqual(before);
  });

  it('two at once: the second is told, and touches nothing', async () => {
    await install();
    const first = install({ version: 8 }, PROXIED);
    const before = state();
    expect((await rejectionOf(() => install({ version: 9 }))).message).toBe(
      'another cordon bundle install is at work',
    );
    expect(state()).toEqual(before);
    await first;
    expect(fs.readFileSync(at('bundle.json'), 'utf8')).toContain('"version": 8');
    expect(fs.readdirSync(at(''))).toEqual(['bundle.json', 'config.json', 'profiles']);
  });

  it('one that another overtook is judged by the version that it finds then', async () => {
    await install();
    const newer = installedText(indexOf(policyFiles(), { version: 9 }), bundle().digest);
    const { files, ...late } = bundle({ version: 8 }, PROXIED);
    const overtaken = {
      ...late,
      // Asked for after the first look at the version.
      get files() {
        fs.writeFileSync(at('bundle.json'), newer);
        return files;
      },
    } as ReturnType<typeof open>;
    expect((await rejectionOf(() => installBundle(overtaken, target, NOW))).message).toBe(
      'this machine has version 9 already, and this is version 8',
    );
    expect(fs.readFileSync(at('config.json'), 'utf8')).toBe('{ "schema": 1 }\n');
    expect(fs.readdirSync(at(''))).toEqual(['bundle.json', 'config.json', 'profiles']);
  });
});
