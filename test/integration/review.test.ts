// `cordon review` and `cordon approve` as people run them, on servers that are not honest.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePins } from '../../src/pins/parse.ts';
import type { Approval } from '../../src/pins/approval.ts';
import {
  type DefinitionContext,
  type DefinitionKind,
  type Definitions,
  KINDS,
  LIST_MEMBER,
} from '../../src/pins/definitions.ts';
import type { PackageFacts, ProbeReport } from '../../src/review/material.ts';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { CORDON, processesWith } from '../fixtures/launcher.ts';

const SERVER = new URL('../fixtures/servers/reviewed-server.mjs', import.meta.url).pathname;
const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-reviews-')));
const temporary = path.join(home, 'tmp');
fs.mkdirSync(temporary);

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function cordon(...args: readonly string[]): Promise<Ran> {
  const child = spawn(CORDON, args, {
    cwd: home,
    env: { HOME: home, PATH: '/usr/bin:/bin', TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, stdout, stderr })));
}

/** A profile of that name whose server gets these words. */
function profile(name: string, words: readonly string[], more: object = {}): string {
  return installFixtureProfile({
    home,
    name,
    files: { 'server.mjs': SERVER },
    profile: { args: words, definitions: 'pinned', ...more },
  }).profileFolder;
}

/** What these tests read of the document. */
interface Review {
  readonly status: number | null;
  readonly digest: string;
  readonly package: PackageFacts;
  readonly approved: { readonly approval: Approval; readonly package: object | null } | null;
  readonly grants: { readonly changes: readonly object[] | null };
  readonly contexts: readonly DefinitionContext[];
  readonly server: ReadonlyArray<{
    readonly part: string;
    readonly value: unknown;
    readonly contexts: number[];
  }>;
  readonly definitions: ReadonlyArray<{
    readonly kind: DefinitionKind;
    readonly key: string;
    readonly sha256: string;
    readonly contexts: readonly number[];
    readonly definition: object;
  }>;
  readonly probes: readonly ProbeReport[];
  readonly notes: readonly string[];
}

async function review(name: string): Promise<Review> {
  const ran = await cordon('review', name, '--json');
  return { ...(JSON.parse(ran.stdout) as Review), status: ran.status };
}

/** Names of what was listed in one context. */
const names = ({ definitions }: Review, context: number, kind: DefinitionKind) =>
  definitions.filter((one) => one.kind === kind && one.contexts.includes(context)).map(({ key }) => key);

const listings = ({ probes }: Review) => new Set(probes.map(({ listing }) => listing)).size;

async function refusal(name: string): Promise<{ code: string; message: string; details: string[] }> {
  const ran = await cordon('review', name, '--json');
  expect(ran.status).toBe(125);
  return (JSON.parse(ran.stdout) as { error: { code: string; message: string; details: string[] } }).error;
}

afterAll(() => {
  expect(processesWith('reviewed-server.mjs')).toEqual([]);
  expect(processesWith(home)).toEqual([]);
  expect(fs.readdirSync(temporary)).toEqual([]);
  fs.rmSync(home, { recursive: true, force: true });
});

describe('an honest server of both generations', () => {
  let seen: Awaited<ReturnType<typeof review>>;
  beforeAll(async () => {
    profile('honest', ['modern', 'prompts', 'pages']);
    seen = await review('honest');
  });

  test('is listed whole in each context, all pages', () => {
    expect(seen.contexts).toEqual([
      { generation: 'legacy', protocolVersion: '2025-11-25', clientCapabilities: {} },
      { generation: 'modern', protocolVersion: '2026-07-28', clientCapabilities: {} },
    ]);
    for (const context of [0, 1]) {
      expect(names(seen, context, 'tool')).toEqual(['read', 'write']);
      expect(names(seen, context, 'prompt')).toEqual(['ask']);
      expect(names(seen, context, 'resource')).toEqual(['test://r']);
      expect(names(seen, context, 'template')).toEqual([]);
    }
    expect(seen.server).toContainEqual({
      part: 'instructions',
      value: 'Read before you write.',
      contexts: [0, 1],
    });
    expect(seen.server).toContainEqual({
      part: 'serverInfo',
      value: { name: 'reviewed', version: '1.0.0' },
      contexts: [0, 1],
    });
  });

  test('is started under several names and capabilities, and says the same', () => {
    expect(new Set(seen.probes.map(({ client }) => client)).size).toBeGreaterThanOrEqual(4);
    expect(seen.probes.map(({ context }) => context.generation)).toEqual([
      'legacy',
      'legacy',
      'legacy',
      'modern',
      'modern',
    ]);
    expect(listings(seen)).toBe(1);
    expect(seen.probes.every(({ stable, denied }) => stable === true && denied.length === 0)).toBe(true);
  });

  test('is told by what stands in its tree and lockfile', () => {
    expect(seen.package).toMatchObject({ name: 'fixture-server', version: '1.0.0', files: 2 });
    expect(seen.package.packages).toMatchObject([{ installScripts: [], native: [], license: null }]);
    expect(seen.approved).toBeNull();
    expect(seen.status).toBe(1);
  });
});

describe('a server that says different things', () => {
  test('RP-06: to one client, to one with capabilities, at each listing, in each folder', async () => {
    for (const word of ['by-client', 'by-capability', 'unstable', 'path']) profile(word, [word]);
    expect(listings(await review('by-client'))).toBe(2);
    const byCapability = await review('by-capability');
    expect(listings(byCapability)).toBe(2);
    expect(names(byCapability, 0, 'tool')).toEqual(['read', 'write']);
    const unstable = await review('unstable');
    expect(unstable.probes.map(({ stable }) => stable)).toEqual([false, false, false]);
    profile('path', ['path'], {
      permissions: { filesystem: [{ path: '${workspace}', access: 'write' }] },
    });
    expect(listings(await review('path'))).toBeGreaterThan(1);
  });

  test('RP-07: what a granted capability brings is pinned beside what is said without', async () => {
    profile('granted', ['by-capability'], { permissions: { mcp: { roots: true } } });
    const seen = await review('granted');
    expect(seen.contexts.map(({ clientCapabilities }) => Object.keys(clientCapabilities))).toEqual([
      [],
      ['roots'],
    ]);
    expect(names(seen, 0, 'tool')).toEqual(['read', 'write']);
    expect(names(seen, 1, 'tool')).toEqual(['read', 'roots', 'write']);
  });
});

describe('a server in quarantine', () => {
  test('reaches nothing and nobody, gets no secret, and what it asked for is written down', async () => {
    profile('curious', ['curious'], {
      secrets: { TOKEN: { why: 'calls' }, OPTIONAL: { why: 'more', required: false } },
      permissions: { network: [{ host: 'telemetry.example.com', port: 443 }] },
    });
    const { definitions, probes, notes } = await review('curious');
    const said = JSON.stringify(definitions);
    expect(said).toContain('token:cordon-review-placeholder optional:undefined');
    expect(said).toMatch(/telemetry\.example\.com:E[A-Z_]+ /);
    expect(said).toMatch(/\/etc\/shadow:ENOENT \/root:ENOENT \/home:ENOENT/);
    expect(notes.join()).toContain('secrets had a placeholder in their place: TOKEN');
    for (const { denied } of probes)
      expect(denied.map(({ by, what, reason }) => [by, what, reason])).toEqual([
        ['egress', 'a.test', 'name-not-granted'],
        ['egress', 'telemetry.example.com', 'name-not-granted'],
      ]);
  });

  test('S2C-01, S2C-11: its requests and odd notifications are refused and counted', async () => {
    profile('asks', ['asks', 'noisy']);
    const { probes } = await review('asks');
    expect(probes[0]?.listChanged).toBe(2);
    expect(probes[0]?.denied).toEqual([
      { by: 'relay', what: 'the line is not JSON', reason: 'frame-invalid', count: 1 },
      { by: 'relay', what: 'notifications/steer', reason: 'method-blocked', count: 1 },
      { by: 'relay', what: 'sampling/createMessage', reason: 'method-blocked', count: 1 },
    ]);
    expect(probes[0]?.stderr).toBe('\u001b[31mred\u001b[0m\n');
  });

  test('JR-06, JR-08: answers under other ids are not taken', async () => {
    profile('guess', ['guess']);
    const { definitions, probes } = await review('guess');
    expect(JSON.stringify(definitions)).not.toContain('POISON');
    expect(probes[0]?.denied).toMatchObject([{ what: 'an answer that nobody asked for', count: 42 }]);
  });
});

describe('a server that cannot be listed is refused with what it did', () => {
  test.each<[string, string]>([
    ['dies', 'it ended with status 3'],
    ['endless', 'its tools/list has more than 64 pages'],
    ['circle', 'the pages of its tools/list go in a circle'],
    ['flood', 'it wrote a line without end'],
    ['bad', 'its tools/list cannot be pinned: tool 3 of 3: name has characters that cannot be seen'],
    ['late', 'it ended with status 0'],
  ])('%s', async (word, why) => {
    profile(word, [word]);
    const { code, message, details } = await refusal(word);
    expect(code).toBe('SERVER_UNREVIEWABLE');
    expect(message).toBe(`the server could not be asked for what it offers: ${why}`);
    expect(details).toEqual(word === 'dies' ? ['"no key was given\\x1b[2J"'] : []);
  });
});

describe('approve', () => {
  const pinsOf = (folder: string) => {
    const parsed = parsePins(fs.readFileSync(path.join(folder, 'pins.json'), 'utf8'));
    if (!parsed.ok) throw new Error(parsed.faults.join('\n'));
    return parsed.pins;
  };
  const edit = (folder: string, change: object) => {
    const file = path.join(folder, 'profile.json');
    const document = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
    fs.writeFileSync(file, JSON.stringify({ ...document, ...change }));
  };
  let folder: string;
  let digest: string;
  let reviewed: Review;
  const approvedDefinitions = (definitions: readonly Definitions[]) =>
    definitions.flatMap((one) => KINDS.flatMap((kind) => one[LIST_MEMBER[kind]].map(({ hash }) => hash)));

  beforeAll(async () => {
    folder = profile('approved', ['prompts']);
    reviewed = await review('approved');
    ({ digest } = reviewed);
  });

  test.each([[], ['--digest', 'abcdef'], ['--digest', 'sha256:'], ['--digest', 'x'.repeat(64)]])(
    'takes no less than twelve digits: %s %s',
    async (...args) => {
      const ran = await cordon('approve', 'approved', ...args);
      expect(ran.status).toBe(125);
      expect(ran.stderr).toContain('USAGE_INVALID');
    },
  );

  test('writes down who read which report, and the definitions word for word', async () => {
    const ran = await cordon('approve', 'approved', '--digest', digest.slice('sha256:'.length, 19));
    expect(ran.stderr).toBe('');
    const { approval, definitions } = pinsOf(folder);
    expect(approval).toMatchObject({
      digest,
      by: `${os.userInfo().username} (${os.userInfo().uid})`,
    });
    expect(Math.abs(Date.parse(approval?.at ?? '') - Date.now())).toBeLessThan(60_000);
    expect(approvedDefinitions(definitions)).toEqual(reviewed.definitions.map(({ sha256 }) => sha256));
  });

  test('the next review finds it approved, with a copy to compare with', async () => {
    const { status, approved, grants } = await review('approved');
    expect(status).toBe(0);
    expect(approved?.package).toMatchObject({ name: 'fixture-server', version: '1.0.0' });
    expect(grants.changes).toEqual([]);
  });

  test('a grant that is added afterwards voids it; a reason does not', async () => {
    edit(folder, { description: 'Another text.' });
    expect((await review('approved')).status).toBe(0);
    edit(folder, { permissions: { mcp: { sampling: true } } });
    const { status, digest: other, grants } = await review('approved');
    expect(status).toBe(1);
    expect(other).not.toBe(digest);
    expect(grants.changes).toHaveLength(1);
    const ran = await cordon('approve', 'approved', '--digest', digest);
    expect(ran.stderr).toContain('APPROVAL_MISMATCH');
    expect(ran.stderr).not.toContain(other.slice(7, 19));
    expect(pinsOf(folder).approval?.digest).toBe(digest);
  });

  test('a copy that is not what was approved says nothing', async () => {
    edit(folder, { permissions: {} });
    const file = path.join(folder, 'approved.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"sampling": false', '"sampling": true'));
    const { status, approved, grants } = await review('approved');
    expect(status).toBe(0);
    expect([approved?.package, grants.changes]).toEqual([null, null]);
  });

  test('what changes from start to start has no digest that could be approved', async () => {
    profile('clock', ['clock']);
    const { digest: once } = await review('clock');
    const ran = await cordon('approve', 'clock', '--digest', once);
    expect(ran.stderr).toContain('APPROVAL_MISMATCH');
  });

  test('there is no way to approve without naming one profile and its digest', async () => {
    for (const args of [[], ['approved', 'honest'], ['approved', '--all']]) {
      const ran = await cordon('approve', ...args);
      expect(ran.status).toBe(125);
    }
  });
});

test('the report is one text, one Markdown, one page and one document, and none of them holds what it quotes as it is', async () => {
  profile('noisy', ['noisy']);
  const page = path.join(home, 'report.html');
  const [text, markdown, html] = await Promise.all([
    cordon('review', 'noisy'),
    cordon('review', 'noisy', '--markdown'),
    cordon('review', 'noisy', '--html', page),
  ]);
  expect(html.stdout).toBe('');
  for (const report of [text.stdout, markdown.stdout, fs.readFileSync(page, 'utf8')]) {
    expect(report).toContain('Read before you write.');
    expect(report).not.toContain('\u001b');
  }
  expect(fs.readFileSync(page, 'utf8')).toMatch(/^<!doctype html>/i);
  const lost = await cordon('review', 'noisy', '--html', '/nonexistent/report.html');
  expect(lost.stderr).toContain('OUTPUT_UNWRITABLE');
});

test('a command that is interrupted leaves no folder and no server', async () => {
  profile('silent', ['silent']);
  const child = spawn(CORDON, ['review', 'silent'], {
    cwd: home,
    env: { HOME: home, PATH: '/usr/bin:/bin', TMPDIR: temporary },
    stdio: 'ignore',
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  while (processesWith('/cordon/package/node_modules/fixture-server').length === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(fs.readdirSync(temporary)).toEqual([]);
  expect(processesWith('/cordon/package/node_modules/fixture-server')).toEqual([]);
});
