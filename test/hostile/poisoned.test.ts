// Definitions that are poisoned from the first day. No pin helps against these: a person has to see them before they are approved
// (FLAG in the attack catalogue), nothing runs before that, and what was approved then passes byte for byte.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDefinitions } from '../../src/pins/read-definitions.ts';
import { approveFixture } from '../fixtures/approve-fixture.ts';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { CORDON, INITIALIZE, startLauncher, ORDERLY } from '../fixtures/launcher.ts';
import { DAY_ONE } from '../fixtures/servers/poisoned-definitions.mjs';

const SERVERS = new URL('../fixtures/servers/', import.meta.url).pathname;
const FILES = ['changing-server.mjs', 'hostile-server.mjs', 'poisoned-definitions.mjs'];
const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-poisoned-')));
const page = path.join(home, 'report.html');

/** Controls, separators of lines, marks of direction, tags. */
const PLAYFUL = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u;

interface Found {
  readonly rule: string;
  readonly severity: string;
  readonly pointer: string;
}

interface Review {
  readonly digest: string;
  readonly findings: readonly Found[];
  readonly definitions: ReadonlyArray<{ readonly key: string; readonly definition: object }>;
}

function cordon(...args: readonly string[]): Promise<string> {
  const child = spawn(CORDON, args, {
    cwd: home,
    env: { HOME: home, PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return new Promise((resolve) => child.once('close', () => resolve(text)));
}

/** A session with it: what came for initialize and every list. */
async function session() {
  const launcher = startLauncher('poisoned', { home, cwd: home });
  const introduction = await launcher.request('initialize', INITIALIZE);
  launcher.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  const lists: Record<string, unknown> = {};
  for (const method of ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'])
    lists[method] = (await launcher.request(method, {}))['result'];
  launcher.child.stdin?.end();
  const { code } = await launcher.exited;
  const log = fs.readFileSync(path.join(home, '.local/state/cordon/audit.jsonl'), 'utf8');
  const events = log.trim().split('\n').slice(-2);
  return { introduction, lists, code, received: launcher.stdout(), events };
}

let before: Awaited<ReturnType<typeof session>>;
let review: Review;
let text: string;
beforeAll(async () => {
  // A review asks the registry when a package was published; none knows this one.
  fs.writeFileSync(path.join(home, '.npmrc'), 'registry=http://127.0.0.1:9/\n');
  const fixture = { home, package: 'mail', entry: 'changing-server.mjs' };
  const files = Object.fromEntries(FILES.map((file) => [file, path.join(SERVERS, file)]));
  // The other profile, whose names are taken: SH-01, SH-02, SH-05.
  const other = installFixtureProfile({ ...fixture, name: 'mail', files });
  const sends = readDefinitions('tool', [{ name: 'send_email', inputSchema: { type: 'object' } }]);
  if (!sends.ok) throw new Error(sends.fault);
  approveFixture(other.profileFolder, [
    {
      context: { generation: 'legacy', protocolVersion: '2025-11-25', clientCapabilities: {} },
      serverInfo: { name: 'mail-server', version: '1' },
      capabilities: { tools: {} },
      instructions: null,
      tools: sends.list,
      prompts: [],
      resources: [],
      templates: [],
    },
  ]);
  installFixtureProfile({
    ...fixture,
    name: 'poisoned',
    files,
    profile: {
      args: ['day-one'],
      definitions: 'pinned',
      permissions: { mcp: { prompts: true, resources: true } },
    },
  });
  before = await session();
  const [json, terminal] = await Promise.all([
    cordon('review', 'poisoned', '--json', '--html', page),
    cordon('review', 'poisoned', '--no-pager'),
  ]);
  review = JSON.parse(json) as Review;
  text = terminal;
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

it('nothing of it reaches a client before it is approved', () => {
  expect(before.introduction['error']).toMatchObject({ data: { reason: 'DEFINITIONS_UNAPPROVED' } });
  expect(before.received).not.toContain('POISON');
  expect(before.code).toBe(125);
  expect(JSON.parse(before.events.at(-1) ?? '')).toMatchObject({
    event: 'refused',
    code: 'DEFINITIONS_UNAPPROVED',
  });
});

describe('is shown to whoever reviews it', () => {
  it.each([
    ['TP-01 the tag', '/tools/tp_01/description', 'instruction-marker'],
    ['TP-01 the path', '/tools/tp_01/description', 'secret-path'],
    ['TP-01 the silence', '/tools/tp_01/description', 'concealment'],
    ['TP-01 the parameter', '/tools/tp_01/inputSchema/properties/sidenote', 'side-channel-parameter'],
    ['TP-02', '/tools/tp_02/description', 'secret-path'],
    ['TP-04', '/tools/tp_04/description', 'long-text'],
    ['TP-06', '/tools/tp_06/inputSchema/properties', 'exfil-parameter'],
    ['TP-06 in humps', '/tools/tp_06b/inputSchema/properties', 'exfil-parameter'],
    ['TP-07', '/tools/tp_07/inputSchema/properties/level6/items', 'secret-path'],
    ['TP-12', '/tools/tp_12/outputSchema', 'instruction-override'],
    ['TP-13 the title', '/tools/tp_13/annotations/title', 'instruction-marker'],
    ['TP-13 the icon', '/tools/tp_13/icons', 'icon-address'],
    ['TP-13 the rest', '/tools/tp_13/_meta', 'steering-meta'],
    ['TP-15', '/tools/tp_15/description', 'encoded-text'],
    ['SH-01', '/tools/send_email', 'name-collision'],
    ['SH-02', '/tools/sh_02/description', 'cross-profile-mention'],
    ['SH-03', '/tools/sh_03/description', 'cross-server-mention'],
    ['SH-04', '/tools/Bash', 'reserved-name'],
    ['SH-05', '/serverInfo', 'server-name-collision'],
    ['SH-06', '/prompts/clear', 'reserved-command'],
    ['UC-01', '/tools/uc_01/description', 'hidden-tags'],
    ['UC-01 in instructions', '/instructions', 'hidden-tags'],
    ['UC-03', '/tools/uc_03/description', 'hidden-zero-width'],
    ['UC-04', '/tools/uc_04/description', 'hidden-bidi'],
    ['UC-06', '/tools/r\u0435ad_file', 'name-mixed-script'],
    ['UC-08', '/tools/uc_08/description', 'control-characters'],
    ['AN-01', '/tools/an_01/description', 'terminal-escape'],
    ['AN-02', '/tools/an_02/description', 'terminal-escape'],
    ['AN-05', '/tools/an_05/description', 'terminal-escape'],
    ['PR-07 a file', '/resources/', 'address-suspicious'],
    ['PR-07 a script', '/templates/', 'address-suspicious'],
  ])('%s', (_, place, rule) => {
    const there = review.findings.filter(({ pointer }) => pointer.startsWith(place));
    expect(there.map((found) => found.rule)).toContain(rule);
    expect(text).toContain(place.split('/')[2] ?? place.slice(1));
  });

  it('UC-07: text of the world is no finding', () => {
    expect(review.findings.filter(({ pointer }) => pointer.startsWith('/tools/uc_07'))).toEqual([]);
  });

  it('TP-16: fragments that say something only together stand in one view', () => {
    const html = fs.readFileSync(page, 'utf8');
    for (const report of [text, html])
      for (const name of ['tp_16a', 'tp_16b', 'tp_16c']) {
        const { description } = DAY_ONE.tools.find((tool) => tool.name === name) ?? { description: name };
        expect(report).toContain(description);
      }
  });

  it('AN-01, AN-02, AN-05, AN-06, AN-08: as text, with which nobody can play on a terminal or in a browser', () => {
    const html = fs.readFileSync(page, 'utf8').replaceAll('\n', '');
    for (const report of [text.replaceAll('\n', ''), html]) expect(report).not.toMatch(PLAYFUL);
    expect(text.split('\n').filter((line) => /^\s*(?:\+ all of it|No differences|====)/.test(line))).toEqual(
      [],
    );
  });
});

it('what was approved passes, byte for byte', async () => {
  expect(await cordon('approve', 'poisoned', '--digest', review.digest)).toContain('approved poisoned');
  const { introduction, lists, code, events } = await session();
  expect(introduction['result']).toMatchObject(DAY_ONE.introduction);
  // Sorted: a list has no order that means anything.
  const byName = (items: ReadonlyArray<{ readonly name: string }>) =>
    items.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const { tools } = lists['tools/list'] as { tools: ReadonlyArray<{ name: string }> };
  expect(byName(tools)).toEqual(byName(DAY_ONE.tools));
  expect(lists['prompts/list']).toEqual({ prompts: DAY_ONE.prompts });
  expect(lists['resources/list']).toEqual({ resources: DAY_ONE.resources });
  expect(lists['resources/templates/list']).toEqual({ resourceTemplates: DAY_ONE.templates });
  expect(ORDERLY).toContain(code);
  expect(events.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['started', 'ended']);
});
