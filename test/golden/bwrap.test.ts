// Plan and rendering for machines as values; a change shows as a diff of the files beside this one.
// Update with: npx vitest run --project unit test/golden/bwrap.test.ts -u
import { describe, expect, it } from 'vitest';
import { listenersFor } from '../../src/egress/listeners.ts';
import { planNetwork } from '../../src/plan/network.ts';
import type { EgressGrant } from '../../src/plan/plan.ts';
import { renderBwrap } from '../../src/sandbox/bwrap/render.ts';
import { samplePlan } from '../fixtures/plans.ts';
import { GRANTS, SYSTEMS } from '../fixtures/systems.ts';

const FDS = { status: 4, block: 5, first: 8 };

describe('bubblewrap options', () => {
  for (const [system, facts] of Object.entries(SYSTEMS)) {
    for (const [grants, probed] of Object.entries(GRANTS)) {
      it(`${system}, grants: ${grants}`, async () => {
        const plan = samplePlan(facts, probed, '/home/ada/project');
        const { options, slots } = renderBwrap(plan, FDS);
        const lines = options.join(' ').replaceAll(' --', '\n--');
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
      const text = [options.join(' ').replaceAll(' --', '\n--'), '', ...table, '', stage, ''].join('\n');
      await expect(text).toMatchFileSnapshot(`bwrap/network-${way}.txt`);
    });
  }
});
