import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CordonError } from '../../../src/errors.ts';
import { installPathOf, isPlacedName, placedNames } from '../../../src/resolve/install-path.ts';
import { packagesFor, parseLockfile } from '../../../src/resolve/lockfile.ts';

const INTEGRITY = `sha512-${'A'.repeat(86)}==`;
type Json = Record<string, unknown>;

const entry = (more: Json = {}): Json => ({ version: '1.0.0', integrity: INTEGRITY, ...more });

/** A lockfile whose root asks for `top`; `undefined` takes an entry out. */
function lockfile(packages: Json = {}, more: Json = {}): string {
  return JSON.stringify({
    name: 'profile',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { dependencies: { top: '1.0.0' } },
      'node_modules/top': entry(),
      ...packages,
    },
    ...more,
  });
}

function faultsOf(text: string): readonly string[] {
  try {
    parseLockfile(text);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(CordonError);
    const error = thrown as CordonError;
    expect(error.code).toBe('LOCKFILE_INVALID');
    return error.details;
  }
  return [];
}

const needs = (...names: string[]) =>
  entry({ dependencies: Object.fromEntries(names.map((name) => [name, '^1.0.0'])) });

describe('parseLockfile takes', () => {
  test('the packages with their names, versions and integrity, sorted', () => {
    const parsed = parseLockfile(
      lockfile({
        'node_modules/top': needs('b', '@a/a'),
        'node_modules/b': entry({
          license: 'MIT',
          engines: { node: '>=18' },
          bin: { b: 'b.js' },
          hasInstallScript: true,
          workspaces: ['x'],
        }),
        'node_modules/@a/a': needs('b'),
        'node_modules/@a/a/node_modules/b': entry({ version: '2.0.0-rc.1' }),
      }),
    );
    expect([...parsed.dependencies]).toEqual([['top', '1.0.0']]);
    expect(parsed.packages.map(({ path, name, version }) => [path, name, version])).toEqual([
      ['node_modules/@a/a', '@a/a', '1.0.0'],
      ['node_modules/@a/a/node_modules/b', 'b', '2.0.0-rc.1'],
      ['node_modules/b', 'b', '1.0.0'],
      ['node_modules/top', 'top', '1.0.0'],
    ]);
    expect(parsed.packages.every((locked) => locked.integrity === INTEGRITY && !locked.bundled)).toBe(true);
  });

  test('an alias that a package asks for', () => {
    const parsed = parseLockfile(
      lockfile({
        'node_modules/top': entry({ dependencies: { 'wrap-cjs': 'npm:@x/wrap@^1.0.0' } }),
        'node_modules/wrap-cjs': entry({ name: '@x/wrap' }),
      }),
    );
    expect(parsed.packages.find((locked) => locked.path === 'node_modules/wrap-cjs')?.name).toBe('@x/wrap');
  });

  test('bundled packages without integrity, below the one that brings them', () => {
    const parsed = parseLockfile(
      lockfile({
        'node_modules/top': entry({ bundleDependencies: ['in'], dependencies: { in: '1' } }),
        'node_modules/top/node_modules/in': {
          version: '1.0.0',
          inBundle: true,
          dependencies: { deep: 'github:x/y' },
        },
        'node_modules/top/node_modules/in/node_modules/deep': { version: '1.0.0', inBundle: true },
      }),
    );
    expect(parsed.packages.map((locked) => locked.bundled)).toEqual([false, true, true]);
  });

  test('peers and optional packages that are not there', () => {
    expect(
      faultsOf(
        lockfile({
          'node_modules/top': entry({
            peerDependencies: { react: '*' },
            optionalDependencies: { fsevents: '2' },
          }),
        }),
      ),
    ).toEqual([]);
  });
});

describe('parseLockfile refuses', () => {
  const at = (path: string) => `packages["node_modules/${path}"]`;
  test.each<[string, string, string[]]>([
    [
      'text that is no JSON',
      '{',
      ['line 1, column 2: expected a key in double quotes or "}", found the end'],
    ],
    [
      'a duplicate key',
      lockfile().replace('"requires":true', '"requires":true,"requires":true'),
      ['requires: this key is there twice'],
    ],
    ['lockfile version 2', lockfile({}, { lockfileVersion: 2 }), ['lockfileVersion: must be 3']],
    ['the dependencies of version 1', lockfile({}, { dependencies: {} }), ['dependencies: unknown key']],
    ['no root', '{"lockfileVersion":3,"packages":{}}', ['packages: must hold the entry ""']],
    [
      'a root without dependencies',
      lockfile({ '': {} }),
      ['packages[""].dependencies: must name the package that the profile is for'],
    ],
    [
      'workspaces',
      lockfile({ '': { dependencies: { top: '1.0.0' }, workspaces: ['a'] } }),
      ['packages[""].workspaces: workspaces are not supported'],
    ],
    [
      'a range at the root',
      lockfile({ '': { dependencies: { top: '^1.0.0' } } }),
      ['packages[""].dependencies.top: must be one exact version, not a range, a tag or an alias'],
    ],
    [
      'a root version that is not the locked one',
      lockfile({ '': { dependencies: { top: '1.0.1' } } }),
      [`${at('top')}.version: is 1.0.0, but 1.0.1 is asked for`],
    ],
    [
      'a missing root package',
      lockfile({ '': { dependencies: { top: '1.0.0', other: '1.0.0' } } }),
      ['packages[""].dependencies.other: is not in the lockfile'],
    ],
    [
      'a root alias',
      lockfile({ 'node_modules/top': entry({ name: 'evil' }) }),
      [`${at('top')}.name: must not be an alias`],
    ],
    [
      'missing integrity',
      lockfile({ 'node_modules/top': { version: '1.0.0' } }),
      [`${at('top')}.integrity: must be there`],
    ],
    [
      'sha1 integrity',
      lockfile({ 'node_modules/top': entry({ integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }) }),
      [`${at('top')}.integrity: must be one sha512 digest, "sha512-" and 88 characters of base64`],
    ],
    [
      'two digests',
      lockfile({ 'node_modules/top': entry({ integrity: `${INTEGRITY} ${INTEGRITY}` }) }),
      [`${at('top')}.integrity: must be one sha512 digest, "sha512-" and 88 characters of base64`],
    ],
    [
      'a short digest',
      lockfile({ 'node_modules/top': entry({ integrity: 'sha512-AAAA' }) }),
      [`${at('top')}.integrity: must be one sha512 digest, "sha512-" and 88 characters of base64`],
    ],
    [
      'a place to fetch from',
      lockfile({ 'node_modules/top': entry({ resolved: 'https://example.com/top.tgz' }) }),
      [`${at('top')}.resolved: must not be there: packages are named by integrity, not by place`],
    ],
    [
      'a link',
      lockfile({ 'node_modules/top': entry({ link: true }) }),
      [`${at('top')}.link: links are not supported`],
    ],
    [
      'an extraneous package',
      lockfile({ 'node_modules/top': entry({ extraneous: true }) }),
      [`${at('top')}.extraneous: no package may be extraneous`],
    ],
    [
      'a development package',
      lockfile({ 'node_modules/top': entry({ dev: true }) }),
      [`${at('top')}.dev: development packages do not belong here`],
    ],
    [
      'a git version',
      lockfile({ 'node_modules/top': entry({ version: 'git+ssh://git@example.com/a.git#abc' }) }),
      [`${at('top')}.version: must be one exact version`],
    ],
    [
      'no version',
      lockfile({ 'node_modules/top': { integrity: INTEGRITY } }),
      [`${at('top')}.version: must be there`],
    ],
    [
      'a package nothing depends on',
      lockfile({ 'node_modules/zod': entry() }),
      [`${at('zod')}: nothing depends on it`],
    ],
    [
      'two that depend only on each other',
      lockfile({ 'node_modules/a': needs('b'), 'node_modules/b': needs('a') }),
      [`${at('a')}: nothing depends on it`, `${at('b')}: nothing depends on it`],
    ],
    [
      'a dependency that is not locked',
      lockfile({ 'node_modules/top': needs('gone') }),
      [`${at('top')}.dependencies.gone: is not in the lockfile`],
    ],
    [
      'a package under the name of another',
      lockfile({ 'node_modules/top': needs('a'), 'node_modules/a': entry({ name: 'evil' }) }),
      [`${at('a')}.name: is "evil", but ${at('top')}.dependencies.a asks for "a"`],
    ],
    [
      'an alias to another package',
      lockfile({
        'node_modules/top': entry({ dependencies: { a: 'npm:good@1' } }),
        'node_modules/a': entry({ name: 'evil' }),
      }),
      [`${at('a')}.name: is "evil", but ${at('top')}.dependencies.a asks for "good"`],
    ],
    [
      'an alias that the entry does not own to',
      lockfile({
        'node_modules/top': entry({ dependencies: { a: 'npm:good@1' } }),
        'node_modules/a': entry(),
      }),
      [`${at('a')}.name: is "a", but ${at('top')}.dependencies.a asks for "good"`],
    ],
    [
      'two names that differ by case',
      lockfile({ 'node_modules/top': needs('a', 'A'), 'node_modules/a': entry(), 'node_modules/A': entry() }),
      [`${at('A')}: differs from node_modules/a only by case`],
    ],
    [
      'a package inside one that is not there',
      lockfile({ 'node_modules/gone/node_modules/a': entry() }),
      [
        `${at('gone/node_modules/a')}: stands inside node_modules/gone, which is not in the lockfile`,
        `${at('gone/node_modules/a')}: nothing depends on it`,
      ],
    ],
    [
      'a bundled package that nobody bundles',
      lockfile({ 'node_modules/top': needs('a'), 'node_modules/a': { version: '1.0.0', inBundle: true } }),
      [`${at('a')}.inBundle: no package above it bundles others`],
    ],
    [
      'a fetched package inside a bundled one',
      lockfile({
        'node_modules/top': entry({ bundleDependencies: true, dependencies: { in: '1' } }),
        'node_modules/top/node_modules/in': { version: '1.0.0', inBundle: true, dependencies: { x: '1' } },
        'node_modules/top/node_modules/in/node_modules/x': entry(),
      }),
      [`${at('top/node_modules/in/node_modules/x')}: stands inside a bundled package without being bundled`],
    ],
    ...[
      'git+https://example.com/a.git',
      'file:../a',
      'link:../a',
      'https://example.com/a.tgz',
      'someone/a',
      'github:someone/a',
      'workspace:*',
      'npm:a@file:x',
    ].map((range): [string, string, string[]] => [
      `a dependency by ${range}`,
      lockfile({ 'node_modules/top': entry({ dependencies: { a: range } }), 'node_modules/a': entry() }),
      [
        `${at('top')}.dependencies.a: must be a range of the registry, not git, a file, a link or a URL: "${range}"`,
      ],
    ]),
    ...[
      'a',
      '../a',
      'node_modules/../a',
      'node_modules/..',
      'node_modules/.bin',
      'node_modules/a/../../b',
      '/node_modules/a',
      'node_modules/a/',
      'node_modules//a',
      'node_modules/@a',
      'node_modules/a/b',
      'node_modules/node_modules',
      'node_modules/a/node_modules',
      'node_modules\\a',
      'node_modules/a\u0000',
      'packages/a',
    ].map((path): [string, string, string[]] => [
      `a package at ${JSON.stringify(path)}`,
      lockfile({ [path]: entry() }),
      [
        expect.stringMatching(
          /^packages.*: must be a path such as "node_modules\/a\/node_modules\/b"$/,
        ) as string,
      ],
    ]),
  ])('%s', (_, text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  test('everything at once', () => {
    const faults = faultsOf(
      lockfile({
        'node_modules/top': { ...needs('a', 'gone'), integrity: undefined },
        'node_modules/a': entry({ resolved: 'file:a.tgz', license: 'MIT', intgrity: 'x' }),
        '../b': entry(),
      }),
    );
    expect(faults).toEqual(
      [
        'packages["../b"]: must be a path such as "node_modules/a/node_modules/b"',
        `${at('a')}.resolved: must not be there: packages are named by integrity, not by place`,
        `${at('a')}.intgrity: unknown key, did you mean "integrity"?`,
        `${at('top')}.dependencies.gone: is not in the lockfile`,
        `${at('top')}.integrity: must be there`,
      ].toSorted((one, other) => faults.indexOf(one) - faults.indexOf(other)),
    );
    expect(faults).toHaveLength(5);
  });
});

describe('packagesFor', () => {
  const native = parseLockfile(
    lockfile({
      'node_modules/top': entry({
        dependencies: { any: '1' },
        optionalDependencies: { mac: '1', gnu: '1', musl: '1' },
      }),
      'node_modules/any': entry({ os: ['!win32'], cpu: 'any' }),
      'node_modules/mac': entry({
        optional: true,
        os: ['darwin'],
        cpu: ['arm64', 'x64'],
        dependencies: { helper: '1' },
      }),
      'node_modules/helper': entry({ optional: true }),
      'node_modules/gnu': entry({
        optional: true,
        os: ['linux'],
        libc: ['glibc'],
        dependencies: { unfit: '1' },
      }),
      'node_modules/unfit': entry({ optional: true, cpu: ['x64'] }),
      'node_modules/musl': entry({ optional: true, os: ['linux'], libc: ['musl'] }),
    }),
  );
  const paths = (platform: Parameters<typeof packagesFor>[1]) =>
    packagesFor(native, platform).map((locked) => locked.path.slice('node_modules/'.length));

  test('leaves out optional packages of other platforms and what only they need', () => {
    expect(paths('linux-x64-glibc')).toEqual(['any', 'gnu', 'top', 'unfit']);
    expect(paths('darwin-arm64')).toEqual(['any', 'helper', 'mac', 'top']);
  });

  test('leaves out an optional package whose own dependency is for another platform', () => {
    expect(paths('linux-arm64-glibc')).toEqual(['any', 'top']);
  });

  test('refuses a platform that a needed package does not support', () => {
    const windows = parseLockfile(
      lockfile({ 'node_modules/top': needs('a'), 'node_modules/a': entry({ os: ['win32'] }) }),
    );
    expect(() => packagesFor(windows, 'linux-x64-glibc')).toThrow(
      expect.objectContaining({
        code: 'PLATFORM_UNSUPPORTED',
        details: ['node_modules/a is not for this platform'],
      }),
    );
  });
});

describe('install paths', () => {
  test.each(['a', '@a/b', 'JSONStream', 'a.b_c~d', 'constructor'])('%s is a name', (name) => {
    expect(isPlacedName(name)).toBe(true);
  });
  test.each([
    '',
    '.',
    '..',
    '.bin',
    '_a',
    'a/b',
    '@a',
    '@a/',
    '@/a',
    'node_modules',
    'Node_Modules',
    'a b',
    'a\n',
    'ä',
    '@a/b/c',
    '@../a',
  ])('%j is none', (name) => {
    expect(isPlacedName(name)).toBe(false);
  });

  test('never escape the tree', () => {
    const text = fc.array(
      fc.constantFrom('node_modules', '..', '.', 'a', '@s', '/', '/', '\\', ' ', '\u0000'),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(text, (parts) => {
        const path = parts.join('');
        const names = placedNames(path);
        if (names === undefined) return;
        expect(installPathOf(names)).toBe(path);
        expect(path.split('/').some((segment) => segment === '..' || segment === '.' || segment === '')).toBe(
          false,
        );
      }),
      { numRuns: 2000 },
    );
  });
});
