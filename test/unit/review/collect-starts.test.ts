import { expect, test } from 'vitest';
import { isPinned, startsFor } from '../../../src/review/collect-starts.ts';

const MCP = {
  tools: true,
  prompts: false,
  resources: false,
  sampling: false,
  elicitation: false,
  roots: false,
  logging: false,
  tasks: false,
  extensions: [],
};

test('each generation is asked first without capabilities, then under other names and with all of them', () => {
  const starts = startsFor(MCP);
  for (const generation of ['legacy', 'modern']) {
    const own = starts.filter((start) => start.generation === generation);
    expect(own[0]?.capabilities).toEqual({});
    expect(new Set(own.map(({ client }) => client)).size).toBe(own.length);
    expect(own.some(({ capabilities }) => Object.keys(capabilities).length === 4)).toBe(true);
  }
  expect(
    starts
      .filter((start) => isPinned(start, MCP))
      .every(({ capabilities }) => Object.keys(capabilities).length === 0),
  ).toBe(true);
});

test('what a profile grants is asked for and pinned as well', () => {
  const granting = { ...MCP, roots: true, extensions: ['io.example/x'] };
  const pinned = startsFor(granting).filter((start) => isPinned(start, granting));
  expect(new Set(pinned.map(({ capabilities }) => JSON.stringify(capabilities)))).toEqual(
    new Set(['{}', '{"roots":{"listChanged":true},"extensions":{"io.example/x":{}}}']),
  );
  expect(new Set(pinned.map(({ generation }) => generation))).toEqual(new Set(['legacy', 'modern']));
});

test('a server with optional secrets is asked without and with them, as it may be started', () => {
  const optional = { TOKEN: { required: false, why: 'calls' } };
  const granting = { ...MCP, roots: true };
  const withThem = startsFor(granting, optional).filter(({ secrets }) => secrets === 'optional');
  expect(withThem.every((start) => isPinned(start, granting))).toBe(true);
  expect(
    withThem
      .map(({ generation, capabilities }) => `${generation} ${JSON.stringify(capabilities)}`)
      .toSorted(),
  ).toEqual([
    'legacy {"roots":{"listChanged":true}}',
    'legacy {}',
    'modern {"roots":{"listChanged":true}}',
    'modern {}',
  ]);
  expect(startsFor(MCP, { TOKEN: { required: true, why: 'calls' } })).toEqual(startsFor(MCP));
});
