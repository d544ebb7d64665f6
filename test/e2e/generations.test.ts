// Both generations of the protocol through the whole launcher: a dual-era server of the real v2 SDK, asked by real clients
// that open the modern way, the legacy way, and by probing (which starts the launcher twice).
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bunPath } from '../../scripts/bun-path.mjs';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { CORDON, ROOT, startLauncher, ORDERLY } from '../fixtures/launcher.ts';

const MODERN = '2026-07-28';
const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-generations-')));
const home = path.join(scratch, 'home');
const cwd = path.join(scratch, 'workspace');

beforeAll(() => {
  fs.mkdirSync(cwd);
  const bundle = path.join(scratch, 'server.mjs');
  const source = path.join(ROOT, 'test/fixtures/servers/modern-server.ts');
  const built = spawnSync(
    bunPath(),
    ['build', source, '--target=node', '--format=esm', '--outfile', bundle],
    { encoding: 'utf8' },
  );
  expect(built.status, built.stderr).toBe(0);
  installFixtureProfile({
    home,
    name: 'modern',
    package: 'modern-server',
    entry: 'server.mjs',
    files: { 'server.mjs': bundle },
  });
});
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

describe.each([
  ['modern alone', { pin: MODERN }],
  ['by probing first', 'auto'],
  ['legacy', 'legacy'],
] as const)('a client that opens %s', (_, mode) => {
  it('lists and calls the tools of a dual-era server', async () => {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(
      new StdioClientTransport({
        command: CORDON,
        args: ['run', 'modern'],
        cwd,
        env: { HOME: home },
        stderr: 'ignore',
      }),
    );
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['where']);
    expect((await client.callTool({ name: 'where', arguments: {} })).content).toEqual([
      { type: 'text', text: '/cordon/runtime/node' },
    ]);
    await client.close();
  });
});

describe('the modern generation on the wire', () => {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  };

  it('a tools/call may be the very first message', async () => {
    const launcher = startLauncher('modern', { home, cwd });
    const answer = await launcher.request(
      'tools/call',
      { name: 'where', arguments: {}, _meta: meta },
      'first',
    );
    expect(answer).toMatchObject({ id: 'first', result: { content: [{ type: 'text' }] } });
    launcher.child.stdin?.end();
    expect(ORDERLY).toContain((await launcher.exited).code);
  });

  it('a refusal answers server/discover as it answers initialize', async () => {
    const launcher = startLauncher('nobody', { home, cwd });
    const answer = await launcher.request('server/discover', { _meta: meta }, 'server-discover-probe-1');
    expect(answer).toMatchObject({
      id: 'server-discover-probe-1',
      error: { code: -32603, data: { source: 'cordon', reason: 'PROFILE_NOT_FOUND' } },
    });
    launcher.child.stdin?.end();
    expect((await launcher.exited).code).toBe(125);
  });
});
