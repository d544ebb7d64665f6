// What real clients make of answers whose id is spelled otherwise, without and with the relay between (JR-06).
import { fileURLToPath } from 'node:url';
import { Client as ModernClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernTransport } from '@modelcontextprotocol/client/stdio';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, it } from 'vitest';
import { bunPath } from '../../scripts/bun-path.mjs';

const file = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const HOSTILE = file('servers/hostile-server.mjs');
const RELAY = file('clients/relay-program.mjs');
const IDENTITY = { name: 'test', version: '1' };

const DIRECT = { command: process.execPath, args: [HOSTILE, '--mode=JR-06'] };
const RELAYED = { command: bunPath(), args: ['run', RELAY, '--mode=JR-06'] };

interface Spawned {
  readonly command: string;
  readonly args: string[];
}

interface AnyClient {
  readonly call: (variant: string) => Promise<unknown>;
  readonly tools: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

async function legacy(server: Spawned): Promise<AnyClient> {
  const client = new LegacyClient(IDENTITY);
  await client.connect(new LegacyTransport({ ...server, stderr: 'ignore' }));
  return {
    call: async (variant) => (await client.callTool({ name: 'attack', arguments: { variant } })).content,
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    close: () => client.close(),
  };
}

async function modern(server: Spawned): Promise<AnyClient> {
  const client = new ModernClient(IDENTITY);
  await client.connect(new ModernTransport({ ...server, stderr: 'ignore' }));
  return {
    call: async (variant) => (await client.callTool({ name: 'attack', arguments: { variant } })).content,
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    close: () => client.close(),
  };
}

describe.each([
  ['@modelcontextprotocol/sdk', legacy],
  ['@modelcontextprotocol/client', modern],
])('%s', (_, connect) => {
  const forms = ['"1"', '" 1 "', '"0x1"', '"1e0"', '1.0', '1e0'];

  it('control: takes each of these for the answer when nothing stands between', async () => {
    const client = await connect(DIRECT);
    for (const form of forms) expect(await client.call(form)).toEqual([{ type: 'text', text: 'POISON' }]);
    await client.close();
  });

  it('JR-06: gets the honest answer through the relay', async () => {
    const client = await connect(RELAYED);
    expect(await client.tools()).toContain('attack');
    for (const form of forms) expect(await client.call(form)).toEqual([{ type: 'text', text: 'honest' }]);
    await client.close();
  });
});
