import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BundleIndex, indexText, parseIndex, secondsOf } from '../../../src/bundle/index-file.ts';
import { allowedSize, pathFault } from '../../../src/bundle/policy-paths.ts';
import { indexOf, policyFiles } from '../../fixtures/bundles.ts';

const GOOD = indexOf(policyFiles());
const parse = (text: string) => parseIndex(Buffer.from(text));
const faultsOf = (index: object): readonly string[] => {
  const parsed = parse(indexText(index as BundleIndex));
  return parsed.ok ? [] : parsed.faults;
};
const withPath = (name: string): readonly string[] =>
  faultsOf({
    ...GOOD,
    files: [...GOOD.files, { path: name, size: 1, mode: '0644', sha256: 'a'.repeat(64) }],
  });

describe('the index', () => {
  it('is read as it was written', () => {
    expect(parse(indexText(GOOD))).toEqual({ ok: true, index: GOOD });
  });

  it.each<[string, (text: string) => string]>([
    ['another space', (text) => text.replace(': ', ':  ')],
    [
      'another order',
      (text) =>
        text.replace('"schema": 1,\n  "name": "corp-policy"', '"name": "corp-policy",\n  "schema": 1'),
    ],
    ['an escape', (text) => text.replace('corp', '\\u0063orp')],
    ['no newline at the end', (text) => text.trimEnd()],
    ['more newlines', (text) => `${text}\n`],
    ['another way to write a number', (text) => text.replace('"version": 7', '"version": 7.0')],
    ['a byte order mark', (text) => `\ufeff${text}`],
  ])('has one text: %s is refused', (_what, change) => {
    const text = indexText(GOOD);
    expect(change(text)).not.toBe(text);
    expect(parse(change(text)).ok).toBe(false);
  });

  it.each<[string, object, string]>([
    ['a version that is none', { version: 0 }, 'version: must be at least 1'],
    ['half a version', { version: 1.5 }, 'version: must be a whole number'],
    ['another schema', { schema: 2 }, 'schema: must be 1'],
    ['a name with a path in it', { name: '../x' }, 'name: must be a name of a-z, 0-9 and "-"'],
    [
      'a day that is none',
      { created: '2027-02-30T00:00:00Z' },
      'created: must be a time in UTC such as "2027-01-31T12:00:00Z"',
    ],
    [
      'another zone',
      { created: '2027-01-01T00:00:00+01:00' },
      'created: must be a time in UTC such as "2027-01-31T12:00:00Z"',
    ],
    ['an end before the start', { expires: '2026-12-31T00:00:00Z' }, 'expires: must be after "created"'],
    ['an executable', { files: [{ ...GOOD.files[0], mode: '0755' }] }, 'files[0].mode: must be "0644"'],
    ['no hash', { files: [{ ...GOOD.files[0], sha256: '' }] }, 'files[0].sha256: must be 64 hex digits'],
    ['no configuration', { files: GOOD.files.slice(1) }, 'files: must hold "config.json"'],
    ['half a profile', { files: GOOD.files.slice(0, 2) }, 'files: must hold "profiles/memory/profile.json"'],
    ['no order', { files: GOOD.files.toReversed() }, 'files[1].path: is not in order'],
    [
      'a huge file',
      { files: [{ ...GOOD.files[0], size: 2 ** 40 }] },
      'files[0].size: must be at most 1048576',
    ],
  ])('%s is refused', (_what, change, fault) => {
    expect(faultsOf({ ...GOOD, ...change })).toContainEqual(fault);
  });

  it('names every fault at once', () => {
    expect(faultsOf({ ...GOOD, name: 'X', version: -1, expires: '' })).toHaveLength(3);
  });
});

describe('names of files', () => {
  const plain = 'must be a plain path below the folder of the policy';
  const unknown = expect.stringContaining('is not a file that a bundle may hold') as string;

  it.each<[string, string]>([
    ['../config.json', plain],
    ['profiles/../config.json', plain],
    ['profiles/../../etc/passwd', plain],
    ['/etc/passwd', plain],
    ['./config.json', plain],
    ['profiles//memory/profile.json', plain],
    ['profiles/memory/', plain],
    ['profiles\\memory\\profile.json', plain],
    ['', plain],
    ['bin/cordon', unknown],
    ['allowed_signers', unknown],
    ['bundle.json', unknown],
    ['proxy-credentials', unknown],
    ['profiles/profile.schema.json', unknown],
    ['profiles/memory/profile.json.sh', unknown],
    ['profiles/memory/deep/profile.json', unknown],
    ['profiles/Memory/profile.json', unknown],
    ['profiles/me mory/profile.json', unknown],
    ['profiles/memory/profile.json\u0000', unknown],
    ['Config.json', unknown],
    ['profiles/constructor', unknown],
    ['profiles/memory/toString', unknown],
    ['__proto__', unknown],
  ])('%j is refused', (name, fault) => {
    expect(pathFault(name)).toEqual(fault);
    expect(withPath(name).join('\n')).toContain(pathFault(name));
  });

  it('one that is there twice, or again in other letters', () => {
    expect(withPath('profiles/memory/profile.json')).toEqual(['files[5].path: is there twice']);
    expect(withPath('profiles/memory/PROFILE.JSON')).toContain(
      'files[5].path: differs from another one only by case',
    );
  });

  it('property: whatever may be in a bundle stays below the folder, and has no folder or name twice', () => {
    const segment = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        'profiles',
        'config.json',
        'profile.json',
        'a',
        '~',
        'C:',
        '%2e%2e',
        '..\\',
      ),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
        const name = segments.join('/');
        if (allowedSize(name) === undefined) return;
        expect(path.posix.join('/etc/cordon', name)).toBe(`/etc/cordon/${name}`);
        expect(name).toBe(name.toLowerCase());
        expect(name).toMatch(/\.json$/);
      }),
    );
  });
});

describe('times', () => {
  it.each(['2027-01-31T12:00:00Z', '2028-02-29T00:00:00Z'])('%s', (text) => {
    expect(secondsOf(text)).toBe(Date.parse(text) / 1000);
  });

  it.each(['2027-01-31', '2027-01-31T24:00:00Z', '2027-1-31T12:00:00Z', '2027-01-31T12:00:00.5Z', ''])(
    'not %j',
    (text) => expect(secondsOf(text)).toBeUndefined(),
  );
});
