// Policies for Macs that we do not have, as text, and what they answer by our own reading of Seatbelt's rules.
// Update with: npx vitest run --project unit test/golden/seatbelt.test.ts -u
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderSeatbelt, type SeatbeltRendering } from '../../src/sandbox/seatbelt/render.ts';
import type { ProbedGrant } from '../../src/system/facts.ts';
import { MAC, type MacNetwork, macNetwork, PLACES } from '../fixtures/mac.ts';
import { samplePlan } from '../fixtures/plans.ts';
import { evaluator } from '../fixtures/seatbelt-evaluator.ts';
import { SHIPPED, shippedPlan } from '../fixtures/shipped-plans.ts';
import { GRANTS } from '../fixtures/systems.ts';

function rendered(grants: readonly ProbedGrant[], network: MacNetwork = { kind: 'none' }): SeatbeltRendering {
  return renderSeatbelt({ ...samplePlan(MAC, grants, undefined, network), network }, PLACES);
}

const PROXY = macNetwork([{ host: 'api.example.com', ports: [443], protocol: 'tls', addresses: [] }]);

describe('Seatbelt policies', () => {
  for (const [name, grants] of Object.entries(GRANTS)) {
    it(`grants: ${name}`, async () => {
      const { policy, parameters } = rendered(grants);
      await expect(`${policy}\n${JSON.stringify(parameters, null, 2)}\n`).toMatchFileSnapshot(`seatbelt/${name}.txt`);
    });
  }

  for (const name of SHIPPED) {
    it(`shipped profile: ${name}`, async () => {
      const { policy, parameters } = renderSeatbelt(shippedPlan(name, MAC, macNetwork).plan, PLACES);
      await expect(`${policy}\n${JSON.stringify(parameters, null, 2)}\n`).toMatchFileSnapshot(`seatbelt/shipped-${name}.txt`);
    });
  }

  const project = '/home/ada/project';
  const rows: ReadonlyArray<readonly [operation: string, path: string, answer: 'allow' | 'deny']> = [
    ['file-read-data', `${project}/a.txt`, 'allow'],
    ['file-write-create', `${project}/a.txt`, 'allow'],
    ['file-write-data', `${project}/.git/config`, 'allow'],
    ['file-write-setugid', `${project}/a.txt`, 'deny'],
    ['file-link', `${project}/.git/hooks/pre-commit`, 'deny'],
    ['file-read-data', `${project}/.git/hooks/pre-commit`, 'allow'],
    ['file-write-data', `${project}/.git/hooks/pre-commit`, 'deny'],
    ['file-write-create', `${project}/.mcp.json`, 'deny'],
    ['file-write-create', `${project}/.vscode/tasks.json`, 'deny'],
    ['file-write-unlink', `${project}/.git`, 'deny'],
    ['file-write-unlink', project, 'deny'],
    ['file-write-unlink', PLACES.home, 'deny'],
    ['file-write-unlink', `${project}/a.txt`, 'allow'],
    ['file-write-create', `${project}-other/a.txt`, 'deny'],
    ['file-read-data', '/home/ada/.ssh/id_ed25519', 'deny'],
    ['file-read-data', '/home/ada', 'deny'],
    ['file-read-metadata', '/home/ada', 'allow'],
    ['file-read-data', '/private/etc/master.passwd', 'deny'],
    ['file-read-data', '/private/tmp/other', 'deny'],
    ['file-read-data', `${PLACES.package}/index.js`, 'allow'],
    ['file-write-data', `${PLACES.package}/index.js`, 'deny'],
    ['file-write-create', `${PLACES.tmp}/a`, 'allow'],
    ['process-exec', PLACES.runtime, 'allow'],
    ['process-exec', '/usr/bin/open', 'deny'],
    ['process-exec', `${project}/tool`, 'deny'],
    ['network-outbound', '/private/var/run/mDNSResponder', 'deny'],
  ];
  const asked = rendered(GRANTS['workspace'] ?? []);
  for (const [operation, path, answer] of rows) {
    it(`${answer} ${operation} ${path}`, () => {
      expect(evaluator(asked.policy, asked.parameters)({ operation, path })).toBe(answer);
    });
  }

  it('the network is the port of the broker, or none', () => {
    const ask = (network: MacNetwork, remote: string): string =>
      evaluator(rendered([], network).policy, rendered([], network).parameters)({ operation: 'network-outbound', remote });
    expect(ask({ kind: 'none' }, 'localhost:49152')).toBe('deny');
    expect(ask(PROXY, 'localhost:49152')).toBe('allow');
    expect(ask(PROXY, 'localhost:49153')).toBe('deny');
    expect(ask(PROXY, '93.184.216.34:443')).toBe('deny');
  });

  it('no name of a folder changes a rule', () => {
    const withPath = (source: string) =>
      rendered([{ kind: 'present', source, target: source, type: 'folder', access: 'write', fd: 30 }], PROXY);
    const { policy } = withPath('/Users/ada');
    expect(policy).not.toMatch(/127\.0\.0\.1|local ip|no-sandbox|\/Users/);
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (word) => {
        // Same depth and same first letters, so that the order of the rules is the same.
        const path = `/Users/${word.replaceAll('/', '"')}`;
        const one = withPath(path);
        expect(one.policy).toBe(policy);
        expect(Object.values(one.parameters)).toContain(path);
      }),
    );
  });
});
