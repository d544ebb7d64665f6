// What is said to need the other system is there, so that nothing stays switched off by a name that nobody has any more.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { otherPlatform } from '../../platforms.ts';
import { readDocument, ROOT } from './markdown.ts';

/** `a/{b,c}.ts` is two, `a/**` the folder, and so is all of it but one file. */
function placesOf(pattern: string): readonly string[] {
  const [, before = '', words = '', after = ''] = /^(.*)\{(.*)\}(.*)$/.exec(pattern) ?? [];
  const patterns = words === '' ? [pattern] : words.split(',').map((word) => `${before}${word}${after}`);
  return patterns.map((one) => one.replace(/\/(?:\*\*|!\(.*)$/, ''));
}

it.each(['linux', 'darwin'] as const)('all that %s leaves to the other system is there', (platform) => {
  const places = otherPlatform(platform).flatMap(placesOf);
  expect(places.length).toBeGreaterThan(0);
  expect(places.filter((place) => !fs.existsSync(path.join(ROOT, place)))).toEqual([]);
});

/** What no Mac has, or refuses until its configuration says otherwise. */
const LINUX = /\b(?:read\w*|exists|open|l?stat)Sync\(\s*[`'"]\/proc|[`'"]\/bin\/true[`'"]|\bstartLauncher\(/;

it('what a Mac runs does not need Linux, and some of what it leaves does', () => {
  const left = otherPlatform('darwin').flatMap(placesOf);
  const files = ['unit', 'golden', 'integration'].flatMap((suite) =>
    fs
      .readdirSync(path.join(ROOT, 'test', suite), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `test/${suite}/${name}`),
  );
  const needing = files.filter((file) => LINUX.test(fs.readFileSync(path.join(ROOT, file), 'utf8')));
  expect(needing).not.toEqual([]);
  expect(needing.filter((file) => !left.includes(file))).toEqual([]);
});

it('as long as no run on a Mac is on record, nobody says more', () => {
  const said = 'rendered and evaluated, not yet run by us';
  for (const document of ['README.md', 'SECURITY.md', 'CHANGELOG.md'])
    expect(readDocument(document).replaceAll(/\s+/g, ' '), document).toContain(said);
});
