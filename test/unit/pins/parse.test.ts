import { describe, expect, test } from 'vitest';
import { parsePins } from '../../../src/pins/parse.ts';
import { PLATFORMS } from '../../../src/platform.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const trees = Object.fromEntries(PLATFORMS.map((platform) => [platform, digest]));
const pins = (more: object = {}) =>
  JSON.stringify({
    schema: 1,
    package: 'a@1.0.0',
    lockfile: digest,
    entry: 'node_modules/a/index.js',
    trees,
    ...more,
  });

function faultsOf(text: string): readonly string[] {
  const parsed = parsePins(text);
  return parsed.ok ? [] : parsed.faults;
}

test('takes what pin writes', () => {
  expect(parsePins(pins())).toMatchObject({ ok: true, pins: { entry: 'node_modules/a/index.js', trees } });
});

describe('refuses', () => {
  const path = 'entry: must be a path below node_modules/ in printable ASCII without spaces';
  const notDigest = 'must be "sha256:" and 64 lower-case hex digits';
  test.each<[string, string, string]>([
    [
      'a duplicate key',
      pins().replace('"schema":1', '"schema":1,"schema":1'),
      'schema: this key is there twice',
    ],
    ['another version', pins({ schema: 2 }), 'schema: must be 1'],
    ['an unknown key', pins({ tres: {} }), 'tres: unknown key, did you mean "trees"?'],
    ['another hash', pins({ lockfile: `sha1:${'0'.repeat(40)}` }), `lockfile: ${notDigest}`],
    ['capitals in a digest', pins({ lockfile: `sha256:${'A'.repeat(64)}` }), `lockfile: ${notDigest}`],
    ['an entry outside', pins({ entry: '../a.js' }), path],
    ['an entry that climbs out', pins({ entry: 'node_modules/a/../../../b.js' }), path],
    ['an absolute entry', pins({ entry: '/node_modules/a.js' }), path],
    ['an entry with a space', pins({ entry: 'node_modules/a b.js' }), path],
    [
      'a platform too many',
      pins({ trees: { ...trees, 'win32-x64': digest } }),
      'trees.win32-x64: unknown key',
    ],
    [
      'a platform too few',
      pins({ trees: { ...trees, 'darwin-x64': undefined } }),
      'trees.darwin-x64: must be "sha256:" and 64 lower-case hex digits',
    ],
  ])('%s', (_, text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });
});
