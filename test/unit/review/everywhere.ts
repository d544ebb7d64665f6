import { digestFromHex } from '../../../src/digest.ts';
import { definitionsOf, materialOf, packageFact, packageOf, probe, profileOf, tool } from './fixture.ts';

// A review in which everything that others can write is the same text, each word of it a token.
const hostile = `QZQ ── QZQ ${'QZQ QZQ: QZQ '.repeat(30)}\nQZQ - │ QZQ\nQZQ \u001b[2J\rQZQ\u2028QZQ ${'漢'.repeat(200)} QZQ`;
export const everywhere = materialOf(
  {
    serverInfo: { name: hostile, version: hostile, [hostile]: hostile },
    capabilities: { [hostile]: { [hostile]: true } },
    instructions: hostile,
    tools: [
      tool(hostile, {
        title: hostile,
        description: hostile,
        inputSchema: {
          type: hostile,
          properties: {
            [hostile]: { type: [hostile], description: hostile, enum: [hostile], [hostile]: hostile },
          },
        },
        annotations: { [hostile]: hostile, readOnlyHint: hostile },
        [hostile]: hostile,
        [`${hostile}.`]: [hostile],
      }),
    ],
    prompts: [{ name: hostile, arguments: [{ name: hostile }] }],
    resources: [{ uri: hostile, name: hostile }],
    templates: [{ uriTemplate: hostile, name: hostile }],
  },
  {
    package: packageOf({
      entry: hostile,
      packages: [
        packageFact(hostile, {
          installScripts: [hostile],
          native: [hostile],
          license: hostile,
          integrity: hostile,
        }),
      ],
    }),
    grants: [{ path: hostile, inside: hostile, access: 'read', exists: true, why: hostile }],
    network: {
      way: 'transparent',
      hosts: [{ host: hostile, ports: [1], protocol: 'tcp', addresses: [hostile], why: hostile, leak: null }],
      limits: [],
    },
    profile: { ...profileOf(), args: [hostile], env: { A: hostile } },
    probes: [
      probe({
        client: hostile,
        stderr: hostile,
        capabilities: { [hostile]: hostile },
        denied: [{ by: 'egress', what: hostile, reason: hostile, count: 1 }],
      }),
    ],
    approved: {
      definitions: [definitionsOf({ instructions: 'Before.', tools: [tool(hostile, { title: 'Before.' })] })],
      approval: { digest: digestFromHex('cd'.repeat(32)), by: hostile, at: hostile, cordon: hostile },
      profile: profileOf({ args: ['before'] }),
      package: packageOf({ packages: [packageFact(`${hostile} gone`)] }),
    },
    publications: ['@scope/server-files', hostile].map((name) => ({
      name,
      version: hostile,
      published: hostile,
      by: hostile,
      provenance: hostile,
      deprecated: hostile,
    })),
    notes: [hostile],
    others: [{ profile: hostile, tools: [hostile], prompts: [hostile], serverName: hostile }],
  },
);
