// Rows of the attack catalogue through the whole launcher, with a server that plays them: what the client received, what the
// audit log says, and how it ended. Each row is also played without the launcher, where it must succeed.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEvent, DenialReason } from '../../src/audit/event.ts';
import type { DefinitionKind, Definitions } from '../../src/pins/definitions.ts';
import { readDefinitions } from '../../src/pins/read-definitions.ts';
import { approveFixture } from '../fixtures/approve-fixture.ts';
import { type InstalledProfile, installFixtureProfile } from '../fixtures/installed-profile.ts';
import { CORDON, INITIALIZE, type Launcher, startLauncher, ORDERLY } from '../fixtures/launcher.ts';

const SERVERS = new URL('../fixtures/servers/', import.meta.url).pathname;
const FILES = ['changing-server.mjs', 'hostile-server.mjs', 'poisoned-definitions.mjs'];
const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-attacks-')));
const cwd = path.join(home, 'project');
const LOG = path.join(home, '.local/state/cordon/audit.jsonl');

/** One request of the client, or a notification when it has no answer. */
type Step = readonly [method: string, params: object];

const GREET: readonly Step[] = [['initialize', INITIALIZE]];
const LIST: Step = ['tools/list', {}];
const CALL: Step = ['tools/call', { name: 'one', arguments: {} }];
const USUAL = [...GREET, LIST, CALL];
const MODERN = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  },
};

interface Session {
  /** What the server is told to play, when that is not the row. */
  readonly mode?: string;
  readonly steps?: readonly Step[];
  /** `permissions` of the profile. */
  readonly grants?: object;
  /** What reaches a client that has no launcher; `POISON` by default. */
  readonly evidence?: string;
}

const as = (name: string, capabilities: object = {}): readonly Step[] => [
  ['initialize', { ...INITIALIZE, capabilities, clientInfo: { name, version: '1' } }],
  LIST,
  CALL,
];
/** A row of the protocol, in one of its forms. */
function breaking(variant: string) {
  const call: Step = ['tools/call', { name: 'attack', arguments: { variant } }];
  return { steps: [...GREET, call] };
}

const MORE = { mcp: { prompts: true, resources: true } };

const RESOURCES: readonly Step[] = [...GREET, ['resources/list', {}]];

/** By the row that it shows, as the catalogue names it. */
type Row<Expected = object> = readonly [row: string, session: Session & Expected];

/** The session is ended, and whoever asks is told in words of ours. */
const DRIFTS: readonly Row[] = [
  ['RP-01', {}],
  ['RP-02', { steps: [...USUAL, CALL, CALL, LIST] }],
  ['RP-03', { steps: [...USUAL, LIST] }],
  ['RP-05', { steps: [...USUAL, LIST] }],
  ['RP-06', { steps: as('claude-code') }],
  ['RP-07', { steps: as('test', { sampling: {} }), grants: { mcp: { sampling: true } } }],
  ['RP-11', { steps: [...USUAL, ['tools/list', { cursor: 'more' }]] }],
  ['RP-13 in a circle', { mode: 'RP-13', evidence: '"nextCursor":"again"' }],
  ['RP-13 without end', { mode: 'RP-13b', evidence: '"nextCursor":"cursor-1"' }],
  ['RP-15 a number', { mode: 'RP-15b', evidence: '"nextCursor":5' }],
  ['RP-16', { evidence: '{"tools":[{"name":"two"' }],
  ['RP-17', {}],
  ['TP-14', {}],
  ['PR-03', { mode: 'instructions' }],
  ['PR-03 of server/discover', { mode: 'PR-03', steps: [['server/discover', MODERN]] }],
  ['PR-06 in the place of another', { mode: 'PR-06b', steps: RESOURCES, grants: MORE }],
  ['PR-07', { steps: [...GREET, ['resources/templates/list', {}]], grants: MORE }],
  ['PR-10', { evidence: 'claude/channel' }],
  ['JR-31', {}],
  ['S2C-05', { steps: [['tools/list', MODERN]] }],
  ['UC-10', {}],
];

/** A line that no two readers understand in the same way. */
const VIOLATIONS: readonly Row[] = [
  // Nothing after it: whoever asks again may find that the session is over.
  ['RP-25', { steps: [...GREET, ['tools/list', {}]] }],
  ['JR-02', breaking('deep')],
  ['JR-03', breaking('nul-suffix')],
  ['JR-04', breaking('result-and-error')],
  ['JR-10', breaking('batch')],
  ['JR-13', breaking('overlong')],
];

/** Nothing of it passes, it is written down, and the session goes on. */
const HELD: ReadonlyArray<Row<{ readonly reason?: DenialReason }>> = [
  ['RP-14', { mode: 'RP-11', steps: [...GREET, ['tools/list', { cursor: 'more' }]] }],
  ['JR-06', { ...breaking('"0x1"'), reason: 'id-unknown' }],
  ['JR-38', { ...breaking('nan'), reason: 'frame-invalid' }],
  ['S2C-01', { reason: 'method-blocked' }],
  ['S2C-03', { reason: 'method-blocked', evidence: '"method":"roots/list"' }],
  [
    'S2C-04',
    {
      steps: [
        ['tools/list', MODERN],
        ['tools/call', { name: 'one', ...MODERN }],
      ],
      reason: 'feature-not-granted',
    },
  ],
  ['S2C-08', { reason: 'rate-limited', evidence: '"id":"ping-199"' }],
  ['S2C-09', { grants: { mcp: { logging: true } }, reason: 'frame-too-large' }],
  ['S2C-10', { reason: 'feature-not-granted' }],
  ['S2C-11', { reason: 'method-blocked' }],
  ['S2C-12', { grants: { mcp: { elicitation: true } }, reason: 'method-blocked' }],
  ['PR-06', { steps: RESOURCES, grants: MORE, reason: 'tool-unknown' }],
  [
    'PR-08',
    {
      steps: [...GREET, ['resources/subscribe', { uri: 'test://r' }], CALL],
      grants: MORE,
      reason: 'rate-limited',
    },
  ],
];

/** Honest, or nothing that a launcher can judge: passes, and nothing is written down. */
const PASSES: ReadonlyArray<Row<{ readonly receives: string }>> = [
  ['RP-04', { steps: [...USUAL, LIST], receives: 'honest one' }],
  ['RP-12', { receives: 'honest one' }],
  ['RP-15', { receives: 'honest one' }],
  ['RP-21', { receives: 'honest one' }],
  ['TP-17', { receives: 'POISON' }],
  [
    'PR-05',
    { steps: [...GREET, ['prompts/get', { name: 'ask' }]], grants: MORE, receives: '"text":"POISON"' },
  ],
  [
    'PR-09',
    {
      steps: [...GREET, ['completion/complete', { ref: { type: 'ref/prompt', name: 'ask' } }]],
      grants: MORE,
      receives: String.raw`\u001b[2JPOISON`,
    },
  ],
  [
    'JR-31 a list that nobody asked for',
    { mode: 'JR-31b', steps: [...GREET, ['ping', {}], LIST, CALL], receives: 'honest one' },
  ],
];

function listOf(kind: DefinitionKind, items: readonly object[]) {
  const read = readDefinitions(kind, items);
  if (!read.ok) throw new Error(read.fault);
  return read.list;
}

/** What the honest form of the server says, in both generations. */
function reviewed(tools: readonly object[], more: boolean, name = 'changing'): readonly Definitions[] {
  const common = {
    capabilities: { tools: {}, ...(more ? { prompts: {}, resources: {}, completions: {} } : {}) },
    instructions: null,
    tools: listOf('tool', tools),
    prompts: listOf('prompt', more ? [{ name: 'ask', arguments: [{ name: 'what' }] }] : []),
    resources: listOf('resource', more ? [{ uri: 'test://r', name: 'r' }] : []),
    templates: listOf('template', more ? [{ uriTemplate: 'test://{x}', name: 't' }] : []),
  };
  const context = { clientCapabilities: {} } as const;
  return [
    {
      context: { ...context, generation: 'legacy', protocolVersion: '2025-11-25' },
      serverInfo: { name, version: '1' },
      ...common,
    },
    {
      context: { ...context, generation: 'modern', protocolVersion: '2026-07-28' },
      serverInfo: {},
      ...common,
    },
  ];
}

const tool = (name: string, more: object = {}) => ({
  name,
  description: `Does ${name}.`,
  inputSchema: { type: 'object' },
  ...more,
});
const HONEST = [tool('one'), tool('two')];

const HOSTILE = ['control', 'attack', 'extra'].map((name) => ({ name, inputSchema: { type: 'object' } }));
let profiles = 0;

function install(where: string, name: string, document: object): InstalledProfile {
  return installFixtureProfile({
    home: where,
    name,
    files: Object.fromEntries(FILES.map((file) => [file, path.join(SERVERS, file)])),
    entry: 'changing-server.mjs',
    profile: { definitions: 'pinned', ...document },
  });
}

/** A pinned and approved profile for one session; the package is the same for all. */
function profileFor(args: readonly string[], grants: object = {}, tools: readonly object[] = HONEST): string {
  const name = `attack-${(profiles += 1)}`;
  const folder = path.join(path.dirname(first.profileFolder), name);
  fs.cpSync(first.profileFolder, folder, { recursive: true });
  const file = path.join(folder, 'profile.json');
  const document = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
  fs.writeFileSync(file, JSON.stringify({ ...document, args, permissions: grants }));
  const [word = ''] = args;
  if (word.startsWith('--mode=')) approveFixture(folder, reviewed(HOSTILE, false, 'hostile'));
  else approveFixture(folder, reviewed(tools, word.startsWith('PR-0')));
  return name;
}

interface Played {
  readonly received: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly audit: readonly AuditEvent[];
}

function auditOf(profile: string, log = LOG): readonly AuditEvent[] {
  return fs
    .readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter((event) => event.profile === profile);
}

async function ask(launcher: Launcher, steps: readonly Step[]): Promise<void> {
  for (const [method, params] of steps) {
    await launcher.request(method, params);
    if (method === 'initialize') launcher.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }
}

async function throughCordon(name: string, steps: readonly Step[] = USUAL): Promise<Played> {
  const launcher = startLauncher(name, { home, cwd });
  await ask(launcher, steps);
  launcher.child.stdin?.end();
  const { code } = await launcher.exited;
  return { received: launcher.stdout(), stderr: launcher.stderr(), status: code, audit: auditOf(name) };
}

/** The same lines, straight to the server. */
async function withoutCordon(args: readonly string[], steps: readonly Step[] = USUAL): Promise<string> {
  const child = spawn(process.execPath, [path.join(SERVERS, 'changing-server.mjs'), ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let received = '';
  child.stdout.on('data', (chunk: Buffer) => (received += chunk.toString()));
  const lines = steps.map(([method, params], id) => JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  child.stdin.end(`${lines.join('\n')}\n`);
  await new Promise((resolve) => child.once('close', resolve));
  return received;
}

/** What the server is told to play. */
function argsOf([row, { mode, steps }]: Row): readonly string[] {
  const [id = ''] = row.split(' ');
  const breaks = JSON.stringify(steps ?? []).includes('"attack"');
  return [mode ?? (breaks ? `--mode=${id}` : id)];
}

async function isStopped(row: Row): Promise<Played> {
  const [, { steps, grants, evidence = 'POISON' }] = row;
  expect(await withoutCordon(argsOf(row), steps)).toContain(evidence);
  const played = await throughCordon(profileFor(argsOf(row), grants), steps);
  expect(played.received).not.toContain(evidence);
  expect(JSON.stringify(played.audit)).not.toContain('POISON');
  expect(played.audit[0]).toMatchObject({ event: 'started' });
  return played;
}

const ended = (reason: string, status: number) =>
  expect.objectContaining({ event: 'ended', reason, status }) as unknown;
const denied = (reason: DenialReason) => expect.objectContaining({ event: 'denied', reason }) as unknown;

let first: InstalledProfile;
beforeAll(() => {
  fs.mkdirSync(cwd);
  // A review asks the registry when a package was published; none knows this one.
  fs.writeFileSync(path.join(home, '.npmrc'), 'registry=http://127.0.0.1:9/\n');
  first = install(home, 'attack', {});
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

describe('another definition than the reviewed one ends the session', () => {
  it.concurrent.each(DRIFTS)('%s', async (...row) => {
    const { received, status, audit, stderr } = await isStopped(row);
    expect(received).toContain('DEFINITION_DRIFT');
    expect(stderr).not.toContain('POISON');
    expect(audit).toContainEqual(denied('definition-drift'));
    expect(audit.at(-1)).toEqual(ended('drift', 137));
    expect(status).toBe(137);
  });

  it('RP-10: from the network, which is not there; granted, it is not what was reviewed', async () => {
    const server = http.createServer((_, response) => response.end('POISON'));
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const { port } = server.address() as AddressInfo;
    const args = ['RP-10', String(port)];
    expect(await withoutCordon(args)).toContain('POISON');
    const without = await throughCordon(profileFor(args));
    expect(without.received).toContain('Does one.');
    expect(without.received).not.toContain('POISON');
    expect(without.status).toBe(0);
    const network = [{ host: 'localhost', port, protocol: 'tcp' }];
    const granted = await throughCordon(profileFor(args, { network }));
    expect(granted.received).not.toContain('POISON');
    expect(granted.audit.map(({ event }) => event)).toContain('egress');
    expect(granted.audit.at(-1)).toEqual(ended('drift', 137));
    server.close();
  });

  it('RP-30: the same version, other files: refused before anything runs', async () => {
    const elsewhere = path.join(home, 'elsewhere');
    const { profileFolder, packageFolder } = install(elsewhere, 'changed', {});
    approveFixture(profileFolder, reviewed(HONEST, false));
    fs.appendFileSync(path.join(packageFolder, 'poisoned-definitions.mjs'), '\n// POISON\n');
    const launcher = startLauncher('changed', { home: elsewhere, cwd });
    const answer = await launcher.request('initialize', INITIALIZE);
    expect(answer['error']).toMatchObject({ data: { reason: 'TREE_CHANGED' } });
    launcher.child.stdin?.end();
    expect((await launcher.exited).code).toBe(125);
    const log = path.join(elsewhere, '.local/state/cordon/audit.jsonl');
    expect(auditOf('changed', log)).toMatchObject([{ event: 'refused', code: 'TREE_CHANGED' }]);
  });
});

describe('a line that two readers understand in two ways ends the session', () => {
  it.concurrent.each(VIOLATIONS)('%s', async (...row) => {
    const { received, status, audit } = await isStopped(row);
    expect(received).toContain('PROTOCOL_VIOLATION');
    expect(audit.at(-1)).toEqual(ended('violation', 137));
    expect(status).toBe(137);
  });
});

describe('what is not granted goes nowhere, and the session goes on', () => {
  it.concurrent.each(HELD)('%s', async (...row) => {
    const { audit, status } = await isStopped(row);
    const [, { reason }] = row;
    if (reason !== undefined) expect(audit).toContainEqual(denied(reason));
    expect(audit.at(-1)).toMatchObject({ event: 'ended', reason: 'client-gone', status });
  });
});

describe('the control: what is honest or cannot be judged passes', () => {
  it.concurrent.each(PASSES)('%s', async (...row) => {
    const [, { steps, grants, receives }] = row;
    const { received, audit, status } = await throughCordon(profileFor(argsOf(row), grants), steps);
    expect(received).toContain(receives);
    expect(received).not.toContain('\u001b');
    expect(audit.map(({ event }) => event)).toEqual(['started', 'ended']);
    expect(audit.at(-1)).toMatchObject({ event: 'ended', reason: 'client-gone', status });
  });

  it('NC-16: a package with native code runs, and a review says which files are', async () => {
    const built = path.join(home, 'addon.node');
    const compiler = spawnSync('gcc', [
      '-shared',
      '-fPIC',
      '-o',
      built,
      path.join(SERVERS, 'native-addon.c'),
    ]);
    expect(String(compiler.stderr)).toBe('');
    const greeting = path.join(home, 'index.cjs');
    fs.writeFileSync(greeting, "exports.greeting = 'native';\n");
    installFixtureProfile({
      home,
      name: 'native',
      entry: 'server.cjs',
      files: {
        'server.cjs': path.join(SERVERS, 'requiring-server.cjs'),
        'index.cjs': greeting,
        'addon.node': built,
      },
    });
    const launcher = startLauncher('native', { home, cwd });
    await ask(launcher, GREET);
    const answer = await launcher.request('tools/call', {
      name: 'require',
      arguments: { names: ['./addon.node'] },
    });
    expect(answer['result']).toEqual({ './addon.node': 42 });
    launcher.child.stdin?.end();
    expect(ORDERLY).toContain((await launcher.exited).code);
    const review = spawnSync(CORDON, ['review', 'native', '--json'], {
      cwd,
      env: { HOME: home, PATH: '/usr/bin:/bin' },
      encoding: 'utf8',
    });
    const { findings, package: facts } = JSON.parse(review.stdout) as {
      findings: ReadonlyArray<{ rule: string }>;
      package: { packages: ReadonlyArray<{ native: readonly string[] }> };
    };
    expect(facts.packages.map(({ native }) => native)).toEqual([['addon.node']]);
    expect(findings.map(({ rule }) => rule)).toContain('native-code');
  });

  it('RP-27: a number that readers round in two ways is passed on as it was reviewed', async () => {
    const inputSchema = { type: 'object', maximum: 9007199254740992 };
    expect(await withoutCordon(['RP-27'])).toContain('9007199254740993');
    const name = profileFor(['RP-27'], {}, [tool('one', { inputSchema }), tool('two')]);
    const { received, status } = await throughCordon(name);
    expect(received).toContain('"maximum":9007199254740992');
    expect(received).not.toContain('9007199254740993');
    expect(status).toBe(0);
  });

  it('AN-03, AN-07: what it writes to stderr is shown, not obeyed, and is in no log of ours', async () => {
    const { stderr, status, audit } = await throughCordon(profileFor(['AN-03']));
    expect(stderr).toContain(String.raw`[server] \x1b[2J\x1b]0;POISON\x07real\rfake`);
    expect(stderr).toContain('[server] {"event":"ended","status":0}');
    expect(stderr).not.toContain('\u001b');
    expect(audit.map(({ event }) => event)).toEqual(['started', 'ended']);
    expect(status).toBe(0);
  });
});
