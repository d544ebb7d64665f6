import { expect, test } from 'vitest';
import { compareDefinitions } from '../../../src/pins/compare-definitions.ts';
import { definitions, listOf, tool } from './fixture.ts';

test('equal definitions have no change, in whatever order they came', () => {
  const turned = listOf('tool', [
    tool('write'),
    { inputSchema: { type: 'object' }, description: 'Reads.', name: 'read' },
  ]);
  expect(compareDefinitions(definitions(), definitions({ tools: turned }))).toEqual([]);
});

test('names each kind of change, by approved names only', () => {
  const seen = definitions({
    context: { generation: 'modern', protocolVersion: '2026-07-28', clientCapabilities: { roots: {} } },
    serverInfo: { name: 'EVIL' },
    capabilities: { tools: {}, EVIL: {} },
    instructions: null,
    tools: listOf('tool', [
      tool('read', { description: 'EVIL', annotations: { readOnlyHint: true }, EVIL: 1 }),
      tool('EVIL'),
    ]),
    prompts: [],
  });
  const changes = compareDefinitions(definitions(), seen);
  expect(changes).toEqual([
    { what: 'context', field: 'generation' },
    { what: 'context', field: 'protocolVersion' },
    { what: 'context', field: 'clientCapabilities' },
    { what: 'server', field: 'serverInfo' },
    { what: 'server', field: 'capabilities' },
    { what: 'server', field: 'instructions' },
    { what: 'tool', change: 'removed', key: 'write' },
    { what: 'tool', change: 'added', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    { what: 'tool', change: 'changed', key: 'read', fields: ['annotations', 'description', 'other'] },
    { what: 'prompt', change: 'removed', key: 'ask' },
  ]);
  expect(JSON.stringify(changes)).not.toContain('EVIL');
});

test('RP-17: a renamed tool is one removed and one added', () => {
  const seen = definitions({
    tools: listOf('tool', [tool('read', { description: 'Reads.' }), tool('write2')]),
  });
  expect(compareDefinitions(definitions(), seen)).toMatchObject([
    { change: 'removed', key: 'write' },
    { change: 'added' },
  ]);
});

test('a member that appears with the value null is a change', () => {
  const seen = definitions({
    tools: listOf('tool', [tool('read', { description: 'Reads.' }), tool('write', { extra: null })]),
  });
  expect(compareDefinitions(definitions(), seen)).toEqual([
    { what: 'tool', change: 'changed', key: 'write', fields: ['other'] },
  ]);
});
