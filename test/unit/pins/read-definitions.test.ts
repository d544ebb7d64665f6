import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DefinitionKind } from '../../../src/pins/definitions.ts';
import { setHash } from '../../../src/pins/definitions.ts';
import { MAX_DEFINITIONS, readDefinitions } from '../../../src/pins/read-definitions.ts';
import { readIntroduction } from '../../../src/pins/read-introduction.ts';

const tool = (more: object = {}) => ({ name: 'read', inputSchema: { type: 'object' }, ...more });
const parsed = (text: string) => JSON.parse(text) as unknown;

function faultOf(kind: DefinitionKind, ...items: unknown[]): string | undefined {
  const read = readDefinitions(kind, items);
  return read.ok ? undefined : read.fault;
}

function listOf(kind: DefinitionKind, items: readonly unknown[]) {
  const read = readDefinitions(kind, items);
  if (!read.ok) throw new Error(read.fault);
  return read.list;
}

test('a list is sorted by key, whatever its order and pages (RP-12)', () => {
  const [a, b, z] = ['a', 'b', 'Z'].map((name) => tool({ name }));
  const list = listOf('tool', [a, b, z]);
  expect(list.map(({ key }) => key)).toEqual(['Z', 'a', 'b']);
  expect(listOf('tool', [z, b, a])).toEqual(list);
});

test('the hash of a set is the published one', () => {
  const list = listOf('tool', [
    {
      name: 'weather',
      description: 'Get the current weather for a city.',
      inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
    {
      name: 'alerts',
      description: 'Weather alerts for a state.',
      inputSchema: { type: 'object', properties: { state: { type: 'string' } } },
    },
  ]);
  expect(setHash(list)).toBe('dbc6a9bbec4bcc2a77ce357dc0d96d15a053da10ddefc0b4bdc1a48507df7521');
  expect(setHash([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

describe('takes', () => {
  test.each<[string, DefinitionKind, unknown]>([
    [
      'all that a tool may have',
      'tool',
      tool({
        title: 'Read',
        description: 'Reads.\nTwo lines.',
        outputSchema: { type: 'object' },
        annotations: { readOnlyHint: true, title: 'Read', more: 1 },
        icons: [{ src: 'https://a.example/i.png', sizes: ['48x48'] }],
        execution: { taskSupport: 'optional' },
        _meta: { 'com.example/x': 1 },
        unheardOf: [null],
      }),
    ],
    ['a tool named like a member of every object (JR-22)', 'tool', tool({ name: '__proto__' })],
    ['another such name', 'tool', tool({ name: 'constructor' })],
    ['a name with a space', 'tool', tool({ name: 'read file' })],
    ['a name in Greek', 'tool', tool({ name: 'ανάγνωση' })],
    ['a prompt', 'prompt', { name: 'p', arguments: [{ name: 'city', description: 'x', required: true }] }],
    ['a resource', 'resource', { name: 'r', uri: 'file:///a%20b', size: 5, mimeType: 'text/plain' }],
    ['a template', 'template', { name: 't', uriTemplate: 'file:///{path}' }],
    ['a schema of 25 levels (TP-07)', 'tool', tool({ inputSchema: nested(25) })],
    [
      'text with what is hidden: the review shows it (UC-01)',
      'tool',
      tool({ description: 'a\u{e0041}\u001b[2J' }),
    ],
  ])('%s', (_, kind, value) => {
    expect(faultOf(kind, value)).toBeUndefined();
  });

  test('two tools whose names differ by case alone', () => {
    expect(faultOf('tool', tool({ name: 'getUser' }), tool({ name: 'getuser' }))).toBeUndefined();
  });
});

describe('refuses', () => {
  const twin = 'tool 2 of 2: has the name of another one';
  const look = 'tool 1 of 1: a member has a name that only looks like one of the protocol';
  test.each<[string, DefinitionKind, unknown[], string]>([
    ['no object', 'tool', ['read'], 'tool 1 of 1: is not an object'],
    ['a list in place of an object', 'tool', [[tool()]], 'tool 1 of 1: is not an object'],
    ['null', 'tool', [null], 'tool 1 of 1: is not an object'],
    ['no name', 'tool', [{ inputSchema: {} }], 'tool 1 of 1: name is missing'],
    ['a name that is a number', 'tool', [tool({ name: 7 })], 'tool 1 of 1: name is not text'],
    ['an empty name', 'tool', [tool({ name: '' })], 'tool 1 of 1: name is empty'],
    [
      'a long name',
      'tool',
      [tool({ name: 'a'.repeat(129) })],
      'tool 1 of 1: name is longer than 128 characters',
    ],
    ['no schema', 'tool', [{ name: 'read' }], 'tool 1 of 1: inputSchema is missing'],
    ['no uri', 'resource', [{ name: 'a' }], 'resource 1 of 1: uri is missing'],
    ['an equal name', 'tool', [tool(), tool({ title: 'x' })], twin],
    ['a name that NFKC makes equal', 'tool', [tool(), tool({ name: 'ｒead' })], twin],
    ['NFD beside NFC', 'tool', [tool({ name: 'é' }), tool({ name: 'e\u0301' })], twin],
    [
      'a zero width space in a name',
      'tool',
      [tool({ name: 're\u200bad' })],
      'tool 1 of 1: name has characters that cannot be seen',
    ],
    [
      'a bidi override in a name',
      'tool',
      [tool({ name: 'a\u202eb' })],
      'tool 1 of 1: name has characters that cannot be seen',
    ],
    [
      'a line feed in a name',
      'tool',
      [tool({ name: 'a\nb' })],
      'tool 1 of 1: name has characters that cannot be seen',
    ],
    [
      'a no-break space in a name',
      'tool',
      [tool({ name: 'a\u00a0b' })],
      'tool 1 of 1: name has spaces that cannot be seen',
    ],
    [
      'a space at the end of a name',
      'tool',
      [tool({ name: 'read ' })],
      'tool 1 of 1: name has spaces that cannot be seen',
    ],
    [
      'TP-14: a description that is an object',
      'tool',
      [tool({ description: { text: 'x' } })],
      'tool 1 of 1: description is not text',
    ],
    [
      'TP-14: a description that is null',
      'tool',
      [tool({ description: null })],
      'tool 1 of 1: description is not text',
    ],
    [
      'a schema that is true',
      'tool',
      [tool({ inputSchema: true })],
      'tool 1 of 1: inputSchema is not an object',
    ],
    [
      'annotations in a list',
      'tool',
      [tool({ annotations: [] })],
      'tool 1 of 1: annotations is not an object',
    ],
    [
      'a hint in words',
      'tool',
      [tool({ annotations: { readOnlyHint: 'yes' } })],
      'tool 1 of 1: annotations: readOnlyHint is not true or false',
    ],
    [
      'icons without src',
      'tool',
      [tool({ icons: [{}] })],
      'tool 1 of 1: icons has an entry of which src is missing',
    ],
    [
      'arguments that are no list',
      'prompt',
      [{ name: 'p', arguments: {} }],
      'prompt 1 of 1: arguments is not a list',
    ],
    ['JR-03: a member in another case', 'tool', [tool({ Description: 'x' })], look],
    ['a member that Claude Code reads as _meta', 'tool', [tool({ '\uff3fmeta': {} })], look],
    [
      'a hint that Claude Code reads',
      'tool',
      [tool({ annotations: { 'read\uff2fnlyHint': true } })],
      look.replace('a member', 'annotations: a member'),
    ],
    ['a member with what nobody sees in it', 'tool', [tool({ 'description\u2061': 'x' })], look],
    ['JR-03: a folded s', 'tool', [tool({ annotationſ: {} })], look],
    ['JR-03: a NUL behind a member', 'tool', [tool({ 'description\0': 'x' })], look],
    [
      'JR-03: a hint in another case',
      'tool',
      [tool({ annotations: { ReadOnlyHint: true } })],
      look.replace(': a', ': annotations: a'),
    ],
    [
      'UC-10: half a surrogate pair',
      'tool',
      [tool({ description: '\ud800' })],
      'tool 1 of 1: has a string with half a surrogate pair',
    ],
    [
      'half a pair in a key',
      'tool',
      [tool({ inputSchema: { '\udc00': 1 } })],
      'tool 1 of 1: has a string with half a surrogate pair',
    ],
    [
      'JR-23: a number out of range',
      'tool',
      [tool({ inputSchema: parsed('{"maximum":1e400}') })],
      'tool 1 of 1: has a number that is out of range',
    ],
    [
      'a member __proto__',
      'tool',
      [tool({ inputSchema: parsed('{"a":[{"__proto__":{}}]}') })],
      'tool 1 of 1: has a member named __proto__',
    ],
    ['depth', 'tool', [tool({ inputSchema: nested(60) })], 'tool 1 of 1: is nested deeper than 48 levels'],
    [
      'depth that no engine recurses',
      'tool',
      [tool({ inputSchema: parsed(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`) })],
      'tool 1 of 1: is nested deeper than 48 levels',
    ],
    [
      'one that is too large',
      'tool',
      [tool({ description: 'é'.repeat(140_000) })],
      'tool 1 of 1: has more than 262144 bytes',
    ],
  ])('%s', (_, kind, items, fault) => {
    expect(faultOf(kind, ...items)).toBe(fault);
  });

  test('a list that is too long or too large', () => {
    const many = (count: number, more: object = {}) =>
      Array.from({ length: count }, (_, index) => tool({ name: `t${index}`, ...more }));
    expect(faultOf('tool', ...many(MAX_DEFINITIONS))).toBeUndefined();
    expect(faultOf('tool', ...many(MAX_DEFINITIONS + 1))).toBe('more than 2000 definitions');
    expect(faultOf('tool', ...many(40, { description: 'a'.repeat(250_000) }))).toBe(
      'more than 8388608 bytes',
    );
  });

  test('whatever it is: never with text of the server, never with a throw', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('tool', 'prompt', 'resource', 'template'),
        fc.array(fc.anything()),
        (kind, items) => {
          const marked = items.map((item) =>
            typeof item === 'object' && item !== null ? { ...item, 'EVIL name': 'EVIL' } : item,
          );
          const fault = faultOf(kind, ...marked);
          expect(fault ?? '').not.toContain('EVIL');
        },
      ),
    );
  });
});

describe('an introduction', () => {
  test('of a legacy server', () => {
    expect(
      readIntroduction('legacy', {
        serverInfo: { name: 'a' },
        capabilities: { tools: {} },
        instructions: 'b',
      }),
    ).toEqual({
      ok: true,
      introduction: { serverInfo: { name: 'a' }, capabilities: { tools: {} }, instructions: 'b' },
    });
  });

  test('of a modern one, which may not say who it is', () => {
    const meta = { 'io.modelcontextprotocol/serverInfo': { name: 'a' } };
    expect(
      readIntroduction('modern', { capabilities: {}, _meta: meta, serverInfo: { name: 'b' } }),
    ).toMatchObject({
      introduction: { serverInfo: { name: 'a' }, instructions: null },
    });
    expect(readIntroduction('modern', { capabilities: {} })).toMatchObject({
      introduction: { serverInfo: {} },
    });
  });

  test.each<[object, string]>([
    [{ capabilities: {} }, 'serverInfo is not an object'],
    [{ serverInfo: {}, capabilities: [] }, 'capabilities is not an object'],
    [{ serverInfo: {}, capabilities: {}, instructions: 5 }, 'instructions is not text'],
    [
      { serverInfo: {}, capabilities: {}, instructions: '\ud800' },
      'instructions has a string with half a surrogate pair',
    ],
    [{ serverInfo: { name: 'a'.repeat(70_000) }, capabilities: {} }, 'serverInfo has more than 65536 bytes'],
  ])('is refused: %j', (result, fault) => {
    expect(readIntroduction('legacy', result as Record<string, unknown>)).toEqual({ ok: false, fault });
  });
});

function nested(levels: number): object {
  return levels === 0 ? { type: 'string' } : { properties: nested(levels - 1) };
}
