// Plan and rendering for machines as values; a change shows as a diff of the files beside this one.
// Update with: npx vitest run --project unit test/golden/bwrap.test.ts -u
import { describe, expect, it } from 'vitest';
import { listenersFor } from '../../src/egress/listeners.ts';
import { gated } from '../../src/launch/gate.ts';
import { planNetwork } from '../../src/plan/network.ts';
import type { EgressGrant } from '../../src/plan/plan.ts';
import { type BwrapOption, renderBwrap } from '../../src/sandbox/bwrap/render.ts';
import { samplePlan } from '../fixtures/plans.ts';
import { GRANTS, SYSTEMS } from '../fixtures/systems.ts';

const linesOf = (options: readonly BwrapOption[]): string =>
  options
    .map((option) => (typeof option === 'string' ? option : `<value of ${option.secret}>`))
    .join(' ')
    .replaceAll(' --', '\n--');

const FDS = { status: 4, block: 5, first: 8 };

describe('bubblewrap options', () => {
  for (const [system, facts] of Object.entries(SYSTEMS)) {
    for (const [grants, probed] of Object.entries(GRANTS)) {
      it(`${system}, grants: ${grants}`, async () => {
        const plan = samplePlan(facts, probed, '/home/ada/project');
        const { options, slots } = renderBwrap(plan, FDS);
        const lines = linesOf(options);
        const table = slots.map((slot, index) => `${FDS.first + index} ${JSON.stringify(slot)}`);
        const text = [lines, '', ...table, '', JSON.stringify({ command: plan.command, cwd: plan.workingDirectory, watched: plan.watched }, null, 2), ''].join('\n');
        await expect(text).toMatchFileSnapshot(`bwrap/${system}-${grants}.txt`);
      });
    }
  }

  const egress: readonly EgressGrant[] = [
    { host: 'api.example.com', ports: [443], protocol: 'tls', addresses: [] },
    { host: 'localhost', ports: [9222], protocol: 'tcp', addresses: [] },
  ];
  for (const way of ['transparent', 'proxy'] as const) {
    it(`network grants, ${way}`, async () => {
      const facts = Object.values(SYSTEMS)[0];
      if (facts === undefined) throw new Error('no system');
      const network = planNetwork(egress, way);
      const plan = samplePlan(facts, [], undefined, network);
      const { options, slots } = renderBwrap(plan, FDS);
      const table = slots.map((slot, index) => `${FDS.first + index} ${JSON.stringify(slot)}`);
      const stage = JSON.stringify(listenersFor(network), null, 2);
      const text = [linesOf(options), '', ...table, '', stage, ''].join('\n');
      await expect(text).toMatchFileSnapshot(`bwrap/network-${way}.txt`);
    });
  }

  it('secrets: values are never part of it', async () => {
    const facts = Object.values(SYSTEMS)[0];
    if (facts === undefined) throw new Error('no system');
    const why = 'calls the API';
    const secrets = {
      secrets: {
        TOKEN: { required: true, why },
        ABSENT: { required: false, why },
        KEY: { required: true, deliver: 'file', why },
        ABSENT_KEY: { required: false, deliver: 'file', why },
        PASSWORD: { required: true, deliver: 'argument', why },
      },
      secretArguments: new Map([[1, { before: '--password=', secret: 'PASSWORD' }]]),
    } as const;
    const plan = samplePlan(facts, [], undefined, { kind: 'none' }, secrets);
    const { options, slots } = renderBwrap(plan, FDS, new Set(['TOKEN', 'KEY', 'PASSWORD']));
    const table = slots.map((slot, index) => `${FDS.first + index} ${JSON.stringify(slot)}`);
    const [, , script, , ...words] = gated(
      [plan.command.program, ...plan.command.args],
      undefined,
      plan.command.secretArguments,
    );
    const text = [linesOf(options), '', ...table, '', script, JSON.stringify(words), ''].join('\n');
    await expect(text).toMatchFileSnapshot('bwrap/secrets.txt');
  });
});
