// A judge with both of its sides at hand, for tests of what passes.
import { expect } from 'vitest';
import type { Definitions } from '../../../src/pins/definitions.ts';
import { readDefinitions } from '../../../src/pins/read-definitions.ts';
import { Judge } from '../../../src/relay/judge.ts';
import type { McpPolicy } from '../../../src/relay/policy.ts';
import type { Reviewed } from '../../../src/relay/reviewed.ts';
import type { Verdict } from '../../../src/relay/verdict.ts';
import type { Concealer } from '../../../src/secrets/conceal.ts';
import { EVERYTHING, UNPINNED } from '../../fixtures/policies.ts';

export const VERSION = 'io.modelcontextprotocol/protocolVersion';
export const MODERN = {
  [VERSION]: '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** A client that can do all that a server may ask for. */
const ABLE = { sampling: {}, elicitation: {}, roots: {}, tasks: {} };

export class JudgedSession {
  readonly judge: Judge;
  nowMs = 0;

  constructor(policy: McpPolicy = EVERYTHING, reviewed: Reviewed = UNPINNED, concealer?: Concealer) {
    this.judge = new Judge(policy, reviewed, concealer);
  }

  client(message: object): Verdict {
    return this.judge.fromClient({ kind: 'line', bytes: line(message) });
  }

  server(message: object): Verdict {
    return this.judge.fromServer({ kind: 'line', bytes: line(message) }, this.nowMs);
  }

  handshake(members: object = {}, capabilities: object = ABLE): this {
    expect(this.client({ id: 'i', method: 'initialize', params: { capabilities } }).anew).toBeDefined();
    const result = { protocolVersion: '2025-11-25', capabilities: {}, ...members };
    expect(this.server({ id: 'i', result }).anew).toBeDefined();
    return this;
  }

  /** The client asks for a list, and the server gives these to the launcher. */
  listed(method: string, result: object, _meta?: object): Verdict {
    const asked = this.client({ id: 'list', method, params: _meta === undefined ? {} : { _meta } });
    return this.server({ id: askedId(asked), result });
  }

  tools(names: readonly string[], _meta?: object): this {
    const tools = names.map((name) => ({ name, inputSchema: { type: 'object' } }));
    expect(this.listed('tools/list', { tools }, _meta).toClient).toHaveLength(1);
    return this;
  }
}

function line(message: object): Buffer {
  return Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

/** The id of the request of our own that a verdict sends to the server. */
export function askedId({ toServer = [] }: Verdict): string | undefined {
  return (toServer[0] as { readonly id: string } | undefined)?.id;
}

const NOTHING: Definitions = {
  context: { generation: 'legacy', protocolVersion: '2025-11-25', clientCapabilities: {} },
  serverInfo: {},
  capabilities: {},
  instructions: null,
  tools: [],
  prompts: [],
  resources: [],
  templates: [],
};

/** Reviewed to say nothing but this, in one context each. */
export function reviewed(...contexts: ReadonlyArray<Partial<Definitions>>): Reviewed {
  return { kind: 'pinned', contexts: contexts.map((context) => ({ ...NOTHING, ...context })) };
}

export function definitions(
  kind: 'tool' | 'prompt' | 'resource' | 'template',
  items: readonly object[],
): Definitions['tools'] {
  const read = readDefinitions(kind, items);
  if (!read.ok) throw new Error(read.fault);
  return read.list;
}
