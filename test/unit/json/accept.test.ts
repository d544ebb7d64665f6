import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import configJsonSchema from '../../../profiles/config.schema.json' with { type: 'json' };
import narrowingJsonSchema from '../../../profiles/narrowing.schema.json' with { type: 'json' };
import pinsJsonSchema from '../../../profiles/pins.schema.json' with { type: 'json' };
import profileJsonSchema from '../../../profiles/profile.schema.json' with { type: 'json' };
import { configSchema } from '../../../src/config/schema.ts';
import { accept, type JsonSchema, unknownKeywords } from '../../../src/json/accept.ts';
import { narrowingSchema } from '../../../src/narrowing/schema.ts';
import { pinsSchema } from '../../../src/pins/schema.ts';
import { profileSchemas } from '../../../src/profile/schema.ts';

const PROFILES = path.join(import.meta.dirname, '../../../profiles');

function shipped(file: string): unknown[] {
  return fs
    .readdirSync(PROFILES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => JSON.parse(fs.readFileSync(path.join(PROFILES, name, file), 'utf8')) as unknown);
}

const FULL_PROFILE = {
  $schema: '../profile.schema.json',
  schema: 1,
  description: 'A server.',
  source: { type: 'npm', package: '@acme/server', version: '1.2.3-rc.1', bin: 'server' },
  args: ['--root', '${workspace}'],
  env: { LANG: 'C', _x1: '' },
  secrets: { TOKEN: { why: 'To sign in.' }, KEY: { required: false, deliver: 'file', why: 'Signs.' } },
  permissions: {
    filesystem: [{ path: '${workspace}', access: 'write', optional: true, why: 'Works on it.' }],
    network: [
      { host: '*.example.com', port: [443, 8443], why: 'Asks it.' },
      { host: 'db.example.com', port: 5432, protocol: 'tcp', addresses: ['10.1.0.0/16'] },
    ],
    mcp: { tools: ['read'], prompts: true, extensions: ['io.modelcontextprotocol/ui'] },
  },
  limits: { memory: '64MiB', processes: 3, files: 64, fileSize: '1KiB', tmp: '1GiB', messageBytes: '1MiB' },
  definitions: 'unpinned',
  expects: {
    deny: [{ read: '/etc/shadow' }, { connect: 'example.org:443' }],
    allow: [{ write: '${workspace}' }],
  },
};

const FULL_CONFIG = {
  schema: 1,
  egress: {
    mode: 'proxy',
    proxy: { url: 'http://proxy.corp.example:3128', credentialsFile: '/etc/cordon/credentials' },
    hosts: { 'db.example.com': ['10.1.2.3', '::1'] },
    caFile: '/etc/ssl/company.pem',
  },
  profiles: { folders: ['/etc/cordon/profiles', '/srv/profiles'], users: 'narrow' },
  runtimes: [
    { name: 'node', version: '22.11' },
    { name: 'node', sha256: 'ab'.repeat(32) },
  ],
  audit: { file: '${home}/.cordon/audit.jsonl' },
  limits: {
    memory: '2GiB',
    processes: 64,
    files: 1024,
    fileSize: '1GiB',
    tmp: '64MiB',
    messageBytes: '8MiB',
  },
  runAsRoot: 'refused',
  secrets: {
    github: {
      TOKEN: [
        { keyring: true },
        { command: ['/usr/bin/pass', 'github'], env: { A: 'b' }, timeoutSeconds: 5 },
        { file: '${home}/token' },
        { environment: 'GITHUB_TOKEN' },
      ],
    },
  },
};

const FULL_NARROWING = {
  $schema: '../narrowing.schema.json',
  schema: 1,
  narrows: 'files',
  permissions: {
    filesystem: [{ path: '${workspace}/docs', access: 'read', optional: true, why: 'Enough.' }],
    network: [
      { host: 'api.example.com', port: [443, 8443], protocol: 'tls' },
      { host: 'db.example.com', port: 5432, addresses: ['10.1.2.3'] },
    ],
    mcp: { tools: ['read'], prompts: false, extensions: [] },
  },
  limits: { memory: '64MiB', processes: 3 },
};

const DOCUMENTS = [
  {
    name: 'profile',
    json: profileJsonSchema as JsonSchema,
    zod: profileSchemas().profile,
    sound: [...shipped('profile.json'), FULL_PROFILE],
  },
  {
    name: 'configuration',
    json: configJsonSchema as JsonSchema,
    zod: configSchema(),
    sound: [{}, FULL_CONFIG],
  },
  {
    name: 'narrowing',
    json: narrowingJsonSchema as JsonSchema,
    zod: narrowingSchema(),
    sound: [{ schema: 1, narrows: 'files' }, FULL_NARROWING],
  },
  {
    name: 'pins',
    json: pinsJsonSchema as JsonSchema,
    zod: pinsSchema(),
    // One profile, and of its definitions one context with one tool: they say as much as a hundred.
    sound: shipped('pins.json')
      .slice(0, 1)
      .map((pins) => {
        const { definitions, ...rest } = pins as { definitions: { tools: unknown[] }[] };
        return {
          ...rest,
          definitions: definitions.slice(0, 1).map((all) => ({ ...all, tools: all.tools.slice(0, 1) })),
        };
      }),
  },
];

describe.each(DOCUMENTS)('the JSON Schema of a $name', ({ json, zod, sound }) => {
  test('has no keyword that would be passed over', () => {
    expect(unknownKeywords(json)).toEqual([]);
  });

  test.each(sound)('gives what zod gives: document %#', (document) => {
    expect(accept(json, document)).toStrictEqual(zod.parse(document));
  });

  test('accepts what zod accepts and nothing else', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...sound).chain(changed), (document) => {
        const judged = zod.safeParse(document);
        seen[judged.success ? 'accepted' : 'refused'] += 1;
        // toStrictEqual takes a member named "constructor" for the type of the object.
        expect(isDeepStrictEqual(accept(json, document), judged.data)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    // A property that only ever sees one answer proves nothing.
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(100);
  });
});

/** The document with one place of it changed: replaced, left out, added to, or with its text or number a little other. */
function changed(document: unknown): fc.Arbitrary<unknown> {
  const places = placesOf(document);
  return fc.constantFrom(...places).chain((place) =>
    fc
      .oneof(
        fc.constant(() => undefined),
        values.map((value) => () => value),
        fc.tuple(names, values).map(
          ([name, value]) =>
            (before: unknown) =>
              withMember(before, name, value),
        ),
        fc.tuple(fc.nat(), texts).map(
          ([at, text]) =>
            (before: unknown) =>
              slightly(before, at, text),
        ),
      )
      .map((change) => replaced(document, place, change)),
  );
}

const texts = fc.constantFrom(
  '',
  '\u0000',
  '\n',
  '\u009f',
  'x',
  ' ',
  '-',
  '/',
  '.',
  'é',
  '1',
  'x'.repeat(400),
  '\u{1f600}',
);
const names = fc.constantFrom(
  'schema',
  'why',
  'optional',
  'constructor',
  'toString',
  'A',
  '',
  'x y',
  '0',
  'read',
  'file',
);
const values = fc.oneof(
  texts,
  fc.constantFrom(0, 1, -1, 1.5, 65535, 65536, 4097, 1e300, true, false, null, [], {}, [1], ['x'], {
    read: '/x',
  }),
  fc.constantFrom(
    '64MiB',
    '0KiB',
    'write',
    'tcp',
    '10.0.0.1',
    '${home}',
    Array.from({ length: 300 }, () => 'x'),
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

type Place = readonly (string | number)[];

function placesOf(value: unknown, above: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [above];
  return [above, ...Object.entries(value).flatMap(([key, member]) => placesOf(member, [...above, key]))];
}

function replaced(value: unknown, [key, ...rest]: Place, change: (before: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string,
    unknown
  >;
  const member = replaced(copy[key], rest, change);
  if (member === undefined && !Array.isArray(copy)) delete copy[key];
  else copy[key] = member ?? null;
  return copy;
}

function withMember(value: unknown, name: string, member: unknown): unknown {
  if (Array.isArray(value)) return [...(value as unknown[]), member];
  return typeof value === 'object' && value !== null ? { ...value, [name]: member } : member;
}

function slightly(value: unknown, at: number, text: string): unknown {
  if (typeof value === 'number') return value + (at % 5) - 2;
  if (typeof value !== 'string') return value;
  const index = at % (value.length + 1);
  return value.slice(0, index) + text + value.slice(index);
}
