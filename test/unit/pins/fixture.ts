import type { Definition, DefinitionKind, Definitions } from '../../../src/pins/definitions.ts';
import { readDefinitions } from '../../../src/pins/read-definitions.ts';
import { PLATFORMS } from '../../../src/platform.ts';
import type { Digest } from '../../../src/digest.ts';
import type { PackagePins } from '../../../src/pins/schema.ts';

export const ZERO_DIGEST = `sha256:${'0'.repeat(64)}` as Digest;

export const PACKAGE_PINS: PackagePins = {
  schema: 1,
  package: 'a@1.0.0',
  lockfile: ZERO_DIGEST,
  entry: 'node_modules/a/index.js',
  trees: Object.fromEntries(PLATFORMS.map((platform) => [platform, ZERO_DIGEST])) as PackagePins['trees'],
};

export function listOf(kind: DefinitionKind, items: readonly unknown[]): readonly Definition[] {
  const read = readDefinitions(kind, items);
  if (!read.ok) throw new Error(read.fault);
  return read.list;
}

export const tool = (name: string, more: object = {}) => ({ name, inputSchema: { type: 'object' }, ...more });

export function definitions(more: Partial<Definitions> = {}): Definitions {
  return {
    context: { generation: 'legacy', protocolVersion: '2025-11-25', clientCapabilities: {} },
    serverInfo: { name: 'a', version: '1' },
    capabilities: { tools: {} },
    instructions: 'Use it.',
    tools: listOf('tool', [tool('read', { description: 'Reads.' }), tool('write')]),
    prompts: listOf('prompt', [{ name: 'ask' }]),
    resources: listOf('resource', [{ name: 'r', uri: 'a://r' }]),
    templates: listOf('template', [{ name: 't', uriTemplate: 'a://{r}' }]),
    ...more,
  };
}
