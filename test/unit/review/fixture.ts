// Reviews as values: one server as honest servers are, with an upgrade to look at, and one that tries everything.
import { digestFromHex } from '../../../src/digest.ts';
import type { JsonObject } from '../../../src/pins/canonical-json.ts';
import {
  type Definition,
  type DefinitionContext,
  type DefinitionKind,
  type Definitions,
  hashDefinition,
  KEY_MEMBER,
} from '../../../src/pins/definitions.ts';
import { profileSchemas } from '../../../src/profile/schema.ts';
import type {
  PackageFact,
  PackageFacts,
  ProbeReport,
  ReviewedProfile,
  ReviewMaterial,
} from '../../../src/review/material.ts';

export interface Said {
  readonly context?: DefinitionContext;
  readonly serverInfo?: JsonObject;
  readonly capabilities?: JsonObject;
  readonly instructions?: string | null;
  readonly tools?: readonly JsonObject[];
  readonly prompts?: readonly JsonObject[];
  readonly resources?: readonly JsonObject[];
  readonly templates?: readonly JsonObject[];
}

export const LEGACY: DefinitionContext = {
  generation: 'legacy',
  protocolVersion: '2025-11-25',
  clientCapabilities: {},
};
export const MODERN: DefinitionContext = {
  generation: 'modern',
  protocolVersion: '2026-07-28',
  clientCapabilities: {},
};

export function definitionsOf(said: Said): Definitions {
  const list = (kind: DefinitionKind, values: readonly JsonObject[] = []): Definition[] =>
    values
      .map((value) => {
        const key = value[KEY_MEMBER[kind]];
        if (typeof key !== 'string') throw new TypeError('the fixture has a definition without a key');
        return { kind, key, value, hash: hashDefinition(value) };
      })
      .toSorted((one, other) => (one.key < other.key ? -1 : 1));
  return {
    context: said.context ?? LEGACY,
    serverInfo: said.serverInfo ?? { name: 'files', version: '1.2.3' },
    capabilities: said.capabilities ?? { tools: {} },
    instructions: said.instructions ?? null,
    tools: list('tool', said.tools),
    prompts: list('prompt', said.prompts),
    resources: list('resource', said.resources),
    templates: list('template', said.templates),
  };
}

export function tool(name: string, members: JsonObject = {}): JsonObject {
  return {
    name,
    description: 'Reads one file.',
    inputSchema: { type: 'object', properties: {} },
    ...members,
  };
}

export function profileOf(document: object = {}): ReviewedProfile {
  return {
    ...profileSchemas().profile.parse({
      schema: 1,
      description: 'Files of the workspace.',
      source: { type: 'npm', package: '@scope/server-files', version: '1.2.3' },
      ...document,
    }),
    name: 'files',
  };
}

const INTEGRITY = `sha512-${'Zm9vYmFy'.repeat(11)}==`;

export function packageFact(name: string, members: Partial<PackageFact> = {}): PackageFact {
  return {
    name,
    version: '1.0.0',
    integrity: INTEGRITY,
    installScripts: [],
    native: [],
    license: 'MIT',
    ...members,
  };
}

export function packageOf(members: Partial<PackageFacts> = {}): PackageFacts {
  return {
    name: '@scope/server-files',
    version: '1.2.3',
    tree: digestFromHex('12'.repeat(32)),
    lockfile: digestFromHex('34'.repeat(32)),
    files: 1234,
    bytes: 5_678_901,
    packages: [
      packageFact('@scope/server-files', { version: '1.2.3' }),
      packageFact('zod', { version: '3.25.0' }),
    ],
    entry: 'node_modules/@scope/server-files/dist/index.js',
    runtime: 'node 22.21.1',
    ...members,
  };
}

export function probe(members: Partial<ProbeReport> = {}): ProbeReport {
  return {
    client: 'claude-code',
    capabilities: {},
    context: LEGACY,
    stable: true,
    listing: 'aa',
    listChanged: 0,
    startMs: 340,
    stderr: '',
    denied: [],
    ...members,
  };
}

export function materialOf(
  said: Said | readonly Said[] = {},
  members: Partial<ReviewMaterial> = {},
): ReviewMaterial {
  const sets: readonly Said[] = Array.isArray(said) ? (said as readonly Said[]) : [said as Said];
  return {
    profile: profileOf(),
    package: packageOf(),
    grants: [],
    network: { way: 'none', hosts: [], limits: [] },
    definitions: sets.map(definitionsOf),
    probes: [probe()],
    approved: undefined,
    others: [],
    publications: [],
    notes: [],
    digest: digestFromHex('ab'.repeat(32)),
    ...members,
  };
}
