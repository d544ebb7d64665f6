// Each row of requirements.ts that a probe shows: outside first, where it must succeed, then as the server, where it must
// come to what the row says. Once per column.
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns, isRoot } from './columns.ts';
import type { Outcomes } from './conversation.ts';
import { inside, installProbeServer, outside, type ProbeRunner } from './harness.ts';
import { type Proof, REQUIREMENTS, type Words } from './requirements.ts';
import { setStage } from './stage.ts';
import { buildWorld, type Targets, type World } from './world.ts';

type ProbeProof = Extract<Proof, { readonly by: 'probe' }>;
const ROWS = REQUIREMENTS.flatMap((row) => (row.proof.by === 'probe' ? [{ ...row, proof: row.proof }] : []));

const stage = setStage();
afterAll(() => stage.remove());

describe.each(columns())('$name', (column) => {
  let world: World;
  const places = new Map<string, ProbeRunner>();
  let more: Targets;

  beforeAll(async () => {
    world = await buildWorld(stage.folder, column, stage.probe);
    more = { mostProcesses: 8, ownFiles: installProbeServer(column, world) };
    // A controlling terminal for the rows about terminals: the suite itself may have none.
    const withTerminal = [path.join(world.tools, 'probe'), 'with-terminal'];
    places.set('outside', outside(column, world));
    places.set('outside terminal', outside(column, world, withTerminal));
    places.set('workspace', await inside(column, world, { cordon: stage.cordon, profile: 'workspace' }));
    places.set('bare', await inside(column, world, { cordon: stage.cordon, profile: 'bare' }));
    places.set(
      'terminal',
      await inside(column, world, { cordon: stage.cordon, profile: 'bare', wrap: withTerminal }),
    );
  });

  afterAll(async () => {
    await Promise.all([...places.values()].map((place) => place.close()));
    await world?.close();
  });

  const run = async (place: string, id: string): Promise<Outcomes> => {
    const runner = places.get(place);
    if (runner === undefined) throw new Error(`nothing runs ${place}`);
    return runner.run(id, more);
  };

  for (const { id, what, expected, proof } of ROWS) {
    test.skipIf(proof.needsRoot === true && !isRoot)(`${id}: ${what} -> ${expected}`, async () => {
      const control = await run(proof.server === 'terminal' ? 'outside terminal' : 'outside', id);
      checkControl(proof, control);
      const requests = world.dnsRequests();
      const outcomes = await run(proof.server, id);
      expect(world.dnsRequests(), 'questions that arrived at the resolver').toBe(requests);
      expect(Object.keys(outcomes).length, 'attempts').toBeGreaterThan(0);
      const wrong = Object.entries(outcomes).filter(
        ([attempt, outcome]) => !wordsFor(proof.inside, attempt).includes(outcome),
      );
      expect(wrong, `inside, of ${JSON.stringify(outcomes)}`).toEqual([]);
    });
  }
});

/** Outside each attempt comes to one of the words, and the first of them is seen: else the probe proves nothing. */
function checkControl(proof: ProbeProof, outcomes: Outcomes): void {
  const words = proof.outside ?? ['OK'];
  const found = Object.values(outcomes);
  expect(
    found.filter((outcome) => !words.includes(outcome)),
    `outside, of ${JSON.stringify(outcomes)}`,
  ).toEqual([]);
  expect(found, 'outside').toContain(words[0]);
}

function wordsFor(words: Words, attempt: string): readonly string[] {
  if (isList(words)) return words;
  return words[attempt] ?? words['*'] ?? [];
}

function isList(words: Words): words is readonly string[] {
  return Array.isArray(words);
}
