import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkShape } from '../../../src/json/check-shape.ts';
import { formatPins } from '../../../src/pins/format.ts';
import { parsePackagePins, parsePins } from '../../../src/pins/parse.ts';
import { arePinnedDefinitions } from '../../../src/pins/pinned-shape.ts';
import { pinsSchema } from '../../../src/pins/schema.ts';
import { PLATFORMS } from '../../../src/platform.ts';
import { ROOT } from '../../fixtures/launcher.ts';
import { definitions, PACKAGE_PINS, ZERO_DIGEST } from './fixture.ts';

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

describe('definitions and approval', () => {
  const approval = { digest: ZERO_DIGEST, by: 'ada (1000)', at: '2026-01-31T12:00:00Z', cordon: '0.1.0' };
  const modern = { generation: 'modern', protocolVersion: '2026-07-28', clientCapabilities: {} } as const;
  const withSecrets = { ...modern, secrets: 'optional' } as const;
  const full = {
    ...PACKAGE_PINS,
    definitions: [definitions(), definitions({ context: modern }), definitions({ context: withSecrets })],
    approval,
  };
  const text = formatPins(full);

  test('are read as they were written', () => {
    expect(parsePins(text)).toEqual({ ok: true, pins: full });
  });

  test('are looked at in a quicker way that takes no more than the schema does', () => {
    const sound = JSON.parse(text) as Record<string, unknown>;
    const places = placesIn(sound['definitions']);
    expect(places.length).toBeGreaterThan(90);
    for (const place of places)
      for (const value of [undefined, null, 7, '', 'x', [], {}, true, [7]]) {
        const document = structuredClone(sound);
        replaceAt(document['definitions'], place, value);
        const quick = arePinnedDefinitions(document['definitions']);
        const slow = checkShape(pinsSchema(), document).ok;
        expect({ place, value, quick }).toEqual({ place, value, quick: slow });
      }
  });

  test('need not be there', () => {
    expect(parsePins(pins())).toMatchObject({ ok: true, pins: { definitions: [] } });
    expect(JSON.parse(formatPins({ ...PACKAGE_PINS, definitions: [], approval: undefined }))).toEqual(
      PACKAGE_PINS,
    );
  });

  const edited = (edit: (document: ReturnType<typeof documentOf>) => void) => {
    const document = documentOf(text);
    edit(document);
    return JSON.stringify(document);
  };

  test.each<[string, string, string]>([
    [
      'a text that is not its hash',
      text.replace('Reads.', 'Reads!'),
      'definitions[0].tools[0].sha256: is not the hash of the definition',
    ],
    [
      'a member added to a definition',
      edited(({ definitions: [first] }) => Object.assign(first.prompts[0].definition, { extra: 1 })),
      'definitions[0].prompts[0].sha256: is not the hash of the definition',
    ],
    [
      'a name that is not the name',
      edited(({ definitions: [first] }) => Object.assign(first.tools[0], { name: 'other' })),
      'definitions[0].tools[0].name: is not the name of the definition',
    ],
    [
      'hashes of two definitions exchanged',
      edited(({ definitions: [first] }) => {
        [first.tools[0].sha256, first.tools[1].sha256] = [first.tools[1].sha256, first.tools[0].sha256];
      }),
      'definitions[0].tools[0].sha256: is not the hash of the definition',
    ],
    [
      'instructions that are not their hash',
      text.replace('"Use it."', '"Use it!"'),
      'definitions[0].instructions.sha256: is not the hash of the text',
    ],
    [
      'a definition that could not have been pinned',
      edited(({ definitions: [first] }) => first.tools.push(first.tools[0])),
      'definitions[0].tools: tool 3 of 3: has the name of another one',
    ],
    [
      'one context twice',
      edited(({ definitions: [first, second] }) => Object.assign(second, { context: first.context })),
      'definitions[1].context: is there twice',
    ],
    [
      'a key too many',
      text.replace('"serverInfo"', '"serverinfo": {}, "serverInfo"'),
      'definitions[0].serverinfo: unknown key, did you mean "serverInfo"?',
    ],
    [
      'a time that is none',
      text.replace('2026-01-31T', ''),
      'approval.at: must be a time such as "2026-01-31T12:00:00Z"',
    ],
  ])('are refused with %s', (_, changed, fault) => {
    expect(faultsOf(changed)[0]).toBe(fault);
  });
});

/** Of every value below, objects and lists as well. */
function placesIn(value: unknown, above: readonly string[] = []): Array<readonly string[]> {
  if (typeof value !== 'object' || value === null) return [above];
  const below = Object.entries(value).flatMap(([key, member]) => placesIn(member, [...above, key]));
  return above.length === 0 ? below : [above, ...below];
}

/** Takes it away for undefined. */
function replaceAt(root: unknown, place: readonly string[], value: unknown): void {
  const [last = '', ...up] = place.toReversed();
  const parent = up.toReversed().reduce((at, key) => (at as Record<string, unknown>)[key], root);
  if (value === undefined && !Array.isArray(parent)) delete (parent as Record<string, unknown>)[last];
  else (parent as Record<string, unknown>)[last] = value;
}

interface Entry {
  name: string;
  sha256: string;
  definition: object;
}
interface Listed {
  context: object;
  tools: [Entry, Entry, ...Entry[]];
  prompts: [Entry];
}
function documentOf(text: string): { definitions: [Listed, Listed] } {
  return JSON.parse(text) as { definitions: [Listed, Listed] };
}

describe('the package alone', () => {
  const profiles = path.join(ROOT, 'profiles');
  const shipped = fs
    .readdirSync(profiles)
    .filter((name) => fs.existsSync(path.join(profiles, name, 'pins.json')))
    .map((name) => [name, fs.readFileSync(path.join(profiles, name, 'pins.json'), 'utf8')] as const);

  test.each(shipped)('%s: the same as with all of it', (_, text) => {
    const whole = parsePins(text);
    const {
      definitions: __,
      approval: ___,
      ...rest
    } = whole.ok ? whole.pins : { definitions: [], approval: 1 };
    expect(parsePackagePins(text)).toEqual({ ok: true, pins: rest });
  });

  const [, text = ''] = shipped[0] ?? [];
  test.each<[string, (text: string) => string, string]>([
    [
      'a key twice',
      (t) => t.replace('"schema": 1,', '"schema": 1,\n  "schema": 1,'),
      'schema: this key is there twice',
    ],
    [
      'a key twice, behind the definitions',
      (t) => t.replace('\n  "approval":', '\n  "trees": {},\n  "approval":'),
      'trees: this key is there twice',
    ],
    ['the half of a file', (t) => t.slice(0, t.length / 2), 'line '],
    [
      'a digest that is none',
      (t) => t.replace(/"lockfile": "sha256:../, '"lockfile": "sha256:'),
      'lockfile: must be',
    ],
    ['an unknown key', (t) => t.replace('"entry":', '"entri": 1,\n  "entry":'), 'entri: unknown key'],
  ])('%s: a fault', (_, change, fault) => {
    const parsed = parsePackagePins(change(text));
    expect(parsed.ok ? [] : parsed.faults).toEqual([expect.stringContaining(fault)]);
  });
});
