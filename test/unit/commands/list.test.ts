import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../src/commands/context.ts';
import { type ListedProfile, listCommand, renderList } from '../../../src/commands/list.ts';
import { digestFromHex } from '../../../src/digest.ts';
import { packageLayout } from '../../../src/store/layout.ts';

const digest = digestFromHex('ab'.repeat(32));

function listed(profile: Partial<ListedProfile> & Pick<ListedProfile, 'name'>): ListedProfile {
  return {
    origin: 'shipped',
    folder: `/p/${profile.name}`,
    package: 'pkg@1.0.0',
    digest,
    definitions: 'pinned',
    narrowedBy: null,
    state: 'installed',
    ...profile,
  } as ListedProfile;
}

describe('renderList', () => {
  it('shows every state in aligned columns', async () => {
    const text = renderList([
      listed({ name: 'filesystem', package: '@scope/server-filesystem@2026.8.31' }),
      listed({ name: 'new', state: 'not-installed' }),
      listed({ name: 'loose', definitions: 'unpinned' }),
      listed({ name: 'broken', state: 'damaged' }),
      listed({ name: 'same', origin: 'user', package: null, digest: null, state: 'shadowed', by: 'shipped' }),
      listed({
        name: 'typo',
        origin: 'user',
        package: null,
        digest: null,
        state: 'invalid',
        code: 'PROFILE_INVALID',
        message: 'the profile has 1 problem: netwrok: unknown key',
        hints: [],
      }),
    ]);
    await expect(text).toMatchFileSnapshot('list.txt');
  });

  it('escapes what a profile says', () => {
    const text = renderList([
      listed({
        name: 'evil',
        package: null,
        digest: null,
        state: 'invalid',
        code: 'PROFILE_INVALID',
        message: 'a\u001b[2Jb\nc',
        hints: [],
      }),
    ]);
    expect(text).not.toContain('\u001b');
    expect(text).toContain('a\\x1b[2Jb\\nc');
    expect(text.split('\n')).toHaveLength(3);
  });
});

describe('listCommand', () => {
  let folder: string;
  let out: string;
  let err: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'cordon-list-')));
    out = '';
    err = '';
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const context = (json: boolean): CommandContext => ({
    installation: {
      mode: 'unmanaged',
      configFile: path.join(folder, 'config.json'),
      profileFolders: [
        { path: path.join(folder, 'shipped'), origin: 'shipped' },
        { path: path.join(folder, 'user'), origin: 'user' },
      ],
      store: path.join(folder, 'store'),
      stateRoot: path.join(folder, 'state'),
      auditFile: path.join(folder, 'audit.jsonl'),
      home: folder,
      accountHome: folder,
    },
    json,
    out: (text) => (out += text),
    err: (text) => (err += text),
    isTerminal: false,
    color: false,
    columns: undefined,
    searchPath: '',
  });

  function addProfile(place: 'shipped' | 'user', name: string): string {
    const target = path.join(folder, place, name);
    const source = { type: 'npm', package: 'pkg', version: '1.0.0' };
    mkdirSync(target, { recursive: true });
    writeFileSync(path.join(target, 'profile.json'), JSON.stringify({ schema: 1, description: 'd', source }));
    return target;
  }

  function pin(target: string): void {
    const lockfile = '{}';
    const sha = digestFromHex(createHash('sha256').update(lockfile).digest('hex'));
    const trees = Object.fromEntries(
      ['linux-x64-glibc', 'linux-arm64-glibc', 'darwin-arm64', 'darwin-x64'].map((name) => [name, digest]),
    );
    writeFileSync(path.join(target, 'package-lock.json'), lockfile);
    writeFileSync(
      path.join(target, 'pins.json'),
      JSON.stringify({
        schema: 1,
        package: 'pkg@1.0.0',
        lockfile: sha,
        entry: 'node_modules/pkg/x.js',
        trees,
      }),
    );
  }

  async function states(): Promise<Record<string, string>> {
    out = '';
    expect(await listCommand(context(true))).toBe(0);
    const { profiles } = JSON.parse(out) as { profiles: ListedProfile[] };
    return Object.fromEntries(
      profiles.map((profile) => [`${profile.origin}/${profile.name}`, profile.state]),
    );
  }

  it('tells installed, not installed and damaged apart without hashing', async () => {
    pin(addProfile('shipped', 'one'));
    expect(await states()).toEqual({ 'shipped/one': 'not-installed' });
    const layout = packageLayout(path.join(folder, 'store'), digest);
    mkdirSync(layout.tree, { recursive: true });
    expect(await states()).toEqual({ 'shipped/one': 'damaged' });
    writeFileSync(layout.manifest, '# tree-manifest 1\n');
    expect(await states()).toEqual({ 'shipped/one': 'installed' });
  });

  it('hides nothing: unpinned, invalid and shadowed profiles are shown with their reason', async () => {
    const one = addProfile('shipped', 'one');
    pin(one);
    cpSync(one, path.join(folder, 'user', 'one'), { recursive: true });
    addProfile('user', 'unpinned');
    writeFileSync(path.join(addProfile('user', 'typo'), 'profile.json'), '{"schema": 1, "schema": 1}');
    expect(await states()).toEqual({
      'shipped/one': 'not-installed',
      'user/one': 'shadowed',
      'user/typo': 'invalid',
      'user/unpinned': 'invalid',
    });
    out = '';
    await listCommand(context(false));
    expect(out).toContain('PINS_MISSING');
    expect(out).toContain('PROFILE_INVALID');
    expect(err).toContain('hint: cordon install one\n');
    expect(err).toContain('hint: cordon pin unpinned\n');
  });

  it('prints nothing but one JSON document on stdout with --json', async () => {
    addProfile('user', 'unpinned');
    await listCommand(context(true));
    expect(Object.keys(JSON.parse(out) as object)).toEqual(['platform', 'profiles']);
    expect(err).toBe('');
  });

  it('says of each profile whether its definitions are pinned, which unpinned ones show as weaker', async () => {
    pin(addProfile('shipped', 'strict'));
    const loose = addProfile('user', 'loose');
    pin(loose);
    const file = path.join(loose, 'profile.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('{', '{"definitions":"unpinned",'));
    await listCommand(context(true));
    const { profiles } = JSON.parse(out) as { profiles: ListedProfile[] };
    expect(profiles.map(({ name, definitions }) => [name, definitions])).toEqual([
      ['loose', 'unpinned'],
      ['strict', 'pinned'],
    ]);
    out = '';
    await listCommand(context(false));
    expect(
      out
        .split('\n')
        .filter((line) => line.includes('weaker'))
        .join(),
    ).toMatch(/^loose /);
  });

  it('says where it looked when there are no profiles', async () => {
    expect(await listCommand(context(false))).toBe(0);
    expect(out).toBe('');
    expect(err).toContain(path.join(folder, 'user'));
  });
});
