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
import { inPool } from '../../src/store/pool.ts';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { CORDON, processesWith, until } from '../fixtures/launcher.ts';

const SERVER = new URL('../fixtures/servers/reviewed-server.mjs', import.meta.url).pathname;
const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-reviews-')));
/** Of everything that was started here: the quarantines are named after them. bin/cordon lets nobody choose another folder. */
const started = new Set<string>();
const quarantines = (): string[] =>
  fs.readdirSync('/tmp').filter((name) => started.has(/^cordon-review-\d+-(\d+)-/.exec(name)?.[1] ?? ''));

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(...args: readonly string[]) {
  const child = spawn(CORDON, args, {
    cwd: home,
    env: { HOME: home, PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(String(child.pid));
  return child;
}

function cordon(...args: readonly string[]): Promise<Ran> {
  const child = start(...args);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, stdout, stderr })));
}

/** A profile of that name whose server gets these words. */
function profile(
  name: string,
  words: readonly string[] = [name],
  more: object = {},
  packageName = 'fixture-server',
): string {
  return installFixtureProfile({
    home,
    name,
    package: packageName,
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
  /** In place of all that, when it was refused. */
  readonly error?: { readonly code: string; readonly message: string; readonly details: readonly string[] };
}

async function review(name: string): Promise<Review> {
  const ran = await cordon('review', name, '--json');
  return { ...(JSON.parse(ran.stdout) as Review), status: ran.status };
}

/** Names of what was listed in one context. */
const names = ({ definitions }: Review, context: number, kind: DefinitionKind) =>
  definitions.filter((one) => one.kind === kind && one.contexts.includes(context)).map(({ key }) => key);

const listings = ({ probes }: Review) => new Set(probes.map(({ listing }) => listing)).size;

const UNLISTABLE: ReadonlyArray<readonly [string, string]> = [
  ['dies', 'it ended with status 3'],
  ['endless', 'its tools/list has more than 64 pages'],
  ['circle', 'the pages of its tools/list go in a circle'],
  ['flood', 'it wrote a line without end'],
  ['bad', 'its tools/list cannot be pinned: tool 3 of 3: name has characters that cannot be seen'],
  ['late', 'it ended with status 0'],
  ['wide', 'a page of its tools/list is larger than 1048576 bytes'],
  ['long', 'its tools/list is larger than 8388608 bytes'],
];

/** What is collected once, before the tests look at it: words for the server, and what else is in its profile. */
const REVIEWED: ReadonlyArray<readonly [name: string, words?: readonly string[], more?: object]> = [
  ['honest', ['modern', 'prompts', 'pages']],
  ['by-client'],
  ['by-capability'],
  ['unstable'],
  ['path', ['path'], { permissions: { filesystem: [{ path: '${workspace}', access: 'write' }] } }],
  ['granted', ['by-capability'], { permissions: { mcp: { roots: true } } }],
  [
    'curious',
    ['curious'],
    {
      secrets: { TOKEN: { why: 'calls' }, OPTIONAL: { why: 'more', required: false } },
      permissions: { network: [{ host: 'telemetry.example.com', port: 443 }] },
    },
  ],
  ['asks', ['asks', 'noisy']],
  ['guess'],
  ['clock'],
  ...UNLISTABLE.map(([word]) => [word] as const),
];
/** Each mostly waits for its server to settle. */
const AT_ONCE = 4;
const collected = new Map<string, Review>();

function seen(name: string): Review {
  const found = collected.get(name);
  if (found === undefined) throw new Error(`${name} was not reviewed`);
  return found;
}

beforeAll(async () => {
  // A review asks the registry when a package was published; none knows this one.
  fs.writeFileSync(path.join(home, '.npmrc'), 'registry=http://127.0.0.1:9/\n');
  for (const [name, words, more] of REVIEWED) profile(name, words, more);
  await inPool(REVIEWED, AT_ONCE, async ([name]) => void collected.set(name, await review(name)));
});

afterAll(async () => {
  for (const token of ['reviewed-server.mjs', home])
    await until(() => processesWith(token).length === 0, 1000, 'the end of all processes');
  expect(quarantines()).toEqual([]);
  fs.rmSync(home, { recursive: true, force: true });
});

describe('an honest server of both generations', () => {
  let honest: Review;
  beforeAll(() => {
    honest = seen('honest');
  });

  test('is listed whole in each context, all pages', () => {
    expect(honest.contexts).toEqual([
      { generation: 'legacy', protocolVersion: '2025-11-25', clientCapabilities: {} },
      { generation: 'modern', protocolVersion: '2026-07-28', clientCapabilities: {} },
    ]);
    for (const context of [0, 1]) {
      expect(names(honest, context, 'tool')).toEqual(['read', 'write']);
      expect(names(honest, context, 'prompt')).toEqual(['ask']);
      expect(names(honest, context, 'resource')).toEqual(['test://r']);
      expect(names(honest, context, 'template')).toEqual([]);
    }
    expect(honest.server).toContainEqual({
      part: 'instructions',
      value: 'Read before you write.',
      contexts: [0, 1],
    });
    expect(honest.server).toContainEqual({
      part: 'serverInfo',
      value: { name: 'reviewed', version: '1.0.0' },
      contexts: [0, 1],
    });
  });

  test('is started under several names and capabilities, and says the same', () => {
    expect(new Set(honest.probes.map(({ client }) => client)).size).toBeGreaterThanOrEqual(4);
    expect(honest.probes.map(({ context }) => context.generation)).toEqual([
      'legacy',
      'legacy',
      'legacy',
      'modern',
      'modern',
    ]);
    expect(listings(honest)).toBe(1);
    expect(honest.probes.every(({ stable, denied }) => stable === true && denied.length === 0)).toBe(true);
  });

  test('is told by what stands in its tree and lockfile', () => {
    expect(honest.package).toMatchObject({ name: 'fixture-server', version: '1.0.0', files: 2 });
    expect(honest.package.packages).toMatchObject([{ installScripts: [], native: [], license: null }]);
    expect(honest.approved).toBeNull();
    expect(honest.status).toBe(1);
  });
});

describe('a server that says different things', () => {
  test('RP-06: to one client, to one with capabilities, at each listing, in each folder', () => {
    expect(listings(seen('by-client'))).toBe(2);
    expect(listings(seen('by-capability'))).toBe(2);
    expect(names(seen('by-capability'), 0, 'tool')).toEqual(['read', 'write']);
    expect(seen('unstable').probes.map(({ stable }) => stable)).toEqual([false, false, false]);
    expect(listings(seen('path'))).toBeGreaterThan(1);
  });

  test('RP-07: what a granted capability brings is pinned beside what is said without', () => {
    const granted = seen('granted');
    expect(granted.contexts.map(({ clientCapabilities }) => Object.keys(clientCapabilities))).toEqual([
      [],
      ['roots'],
    ]);
    expect(names(granted, 0, 'tool')).toEqual(['read', 'write']);
    expect(names(granted, 1, 'tool')).toEqual(['read', 'roots', 'write']);
  });
});

describe('a server in quarantine', () => {
  test('reaches nothing and nobody, gets no secret, and what it asked for is written down', () => {
    const { definitions, probes, notes } = seen('curious');
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

  test('S2C-01, S2C-11: its requests and odd notifications are refused and counted', () => {
    const { probes } = seen('asks');
    expect(probes[0]?.listChanged).toBe(2);
    expect(probes[0]?.denied).toEqual([
      { by: 'relay', what: 'the line is not JSON', reason: 'frame-invalid', count: 1 },
      { by: 'relay', what: 'notifications/steer', reason: 'method-blocked', count: 1 },
      { by: 'relay', what: 'sampling/createMessage', reason: 'method-blocked', count: 1 },
    ]);
    expect(probes[0]?.stderr).toBe('\u001b[31mred\u001b[0m\n');
  });

  test('JR-06, JR-08: answers under other ids are not taken', () => {
    const { definitions, probes } = seen('guess');
    expect(JSON.stringify(definitions)).not.toContain('POISON');
    expect(probes[0]?.denied).toMatchObject([{ what: 'an answer that nobody asked for', count: 42 }]);
  });
});

describe('a server that cannot be listed is refused with what it did', () => {
  test.each(UNLISTABLE)('%s', (word, why) => {
    const { status, error } = seen(word);
    expect(status).toBe(125);
    expect(error).toMatchObject({
      code: 'SERVER_UNREVIEWABLE',
      message: `the server could not be asked for what it offers: ${why}`,
      details: word === 'dies' ? ['"no key was given\\x1b[2J"'] : [],
    });
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
  /** A profile of another name with the same pins and approval. */
  const copy = (name: string): string => {
    const other = path.join(path.dirname(folder), name);
    fs.cpSync(folder, other, { recursive: true });
    return other;
  };
  const approvedDefinitions = (definitions: readonly Definitions[]) =>
    definitions.flatMap((one) => KINDS.flatMap((kind) => one[LIST_MEMBER[kind]].map(({ hash }) => hash)));
  let folder: string;
  let digest: string;
  let reviewed: Review;
  let approved: Ran;
  /** Reviews and approvals after the first one, by what was done to the profile before. */
  let later: Record<'described' | 'widened' | 'altered', Review>;
  let tooLate: Ran;
  let clock: Ran;

  beforeAll(async () => {
    folder = profile('approved', ['prompts']);
    reviewed = await review('approved');
    ({ digest } = reviewed);
    approved = await cordon('approve', 'approved', '--digest', digest.slice('sha256:'.length, 39));
    edit(copy('described'), { description: 'Another text.' });
    edit(copy('widened'), { permissions: { mcp: { sampling: true } } });
    const file = path.join(copy('altered'), 'approved.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"sampling": false', '"sampling": true'));
    const [described, widened, altered, ...refused] = await Promise.all([
      review('described'),
      review('widened'),
      review('altered'),
      cordon('approve', 'widened', '--digest', digest),
      cordon('approve', 'clock', '--digest', seen('clock').digest),
    ]);
    later = { described, widened, altered };
    [tooLate, clock] = refused;
  });

  test.each([[], ['--digest', 'a'.repeat(31)], ['--digest', 'sha256:'], ['--digest', 'x'.repeat(64)]])(
    'takes no less than half of the digits: %s %s',
    async (...args) => {
      const ran = await cordon('approve', 'approved', ...args);
      expect(ran.status).toBe(125);
      expect(ran.stderr).toContain('USAGE_INVALID');
    },
  );

  test('writes down who read which report, and the definitions word for word', () => {
    expect(approved.stderr).toBe('');
    const { approval, definitions } = pinsOf(folder);
    expect(approval).toMatchObject({
      digest,
      by: `${os.userInfo().username} (${os.userInfo().uid})`,
    });
    expect(Math.abs(Date.parse(approval?.at ?? '') - Date.now())).toBeLessThan(60_000);
    expect(approvedDefinitions(definitions)).toEqual(reviewed.definitions.map(({ sha256 }) => sha256));
  });

  test('the next review finds it approved, with a copy to compare with; another description does not void it', () => {
    const { status, approved: known, grants } = later.described;
    expect(status).toBe(0);
    expect(known?.package).toMatchObject({ name: 'fixture-server', version: '1.0.0' });
    expect(grants.changes).toEqual([]);
  });

  test('a grant that is added afterwards voids it', () => {
    const { status, digest: other, grants } = later.widened;
    expect(status).toBe(1);
    expect(other).not.toBe(digest);
    expect(grants.changes).toHaveLength(1);
    expect(tooLate.stderr).toContain('APPROVAL_MISMATCH');
    expect(tooLate.stderr).not.toContain(other.slice(7, 19));
    expect(pinsOf(path.join(path.dirname(folder), 'widened')).approval?.digest).toBe(digest);
  });

  test('a copy that is not what was approved says nothing', () => {
    const { status, approved: known, grants } = later.altered;
    expect(status).toBe(0);
    expect([known?.package, grants.changes]).toEqual([null, null]);
  });

  test('what changes from start to start has no digest that could be approved', () => {
    expect(clock.stderr).toContain('APPROVAL_MISMATCH');
  });

  test('there is no way to approve without naming one profile and its digest', async () => {
    for (const args of [[], ['approved', 'honest'], ['approved', '--all']]) {
      const ran = await cordon('approve', ...args);
      expect(ran.status).toBe(125);
    }
  });
});

test('the report is one text, one Markdown, one page and one document, and none of them holds what it quotes as it is', async () => {
  profile('noisy', ['noisy'], { secrets: { TOKEN: { why: 'calls' } } });
  const page = path.join(home, 'report.html');
  const [text, markdown] = await Promise.all([
    cordon('review', 'noisy'),
    cordon('review', 'noisy', '--markdown', '--html', page),
  ]);
  for (const report of [text.stdout, markdown.stdout, fs.readFileSync(page, 'utf8')]) {
    expect(report).toContain('Read before you write.');
    expect(report.replaceAll(/\s+/g, ' ')).toContain('secrets had a placeholder in their place: TOKEN');
    expect(report).toContain('unknown: the registry was not asked or did not say');
    expect(report).not.toContain('\u001b');
  }
  expect(fs.readFileSync(page, 'utf8')).toMatch(/^<!doctype html>/i);
});

test('a page that cannot be written is said before anything is started', async () => {
  const lost = await cordon('review', 'honest', '--html', '/nonexistent/report.html');
  expect(lost.stderr).toContain('OUTPUT_UNWRITABLE');
  expect(lost.stdout).toBe('');
});

describe('a command that is ended from outside', () => {
  /** Of this run alone: others may test on the same machine. */
  const server = `silent-server-${process.pid}`;
  const inside = () => processesWith(`/cordon/package/node_modules/${server}`);

  async function endedBy(signal: NodeJS.Signals): Promise<number | null> {
    const child = start('review', 'silent');
    child.stdout.resume();
    child.stderr.resume();
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    await until(() => inside().length > 0, 20_000, 'a server that runs');
    expect(quarantines()).toHaveLength(1);
    child.kill(signal);
    return ended;
  }
  beforeAll(() => void profile('silent', ['silent'], {}, server));

  test('leaves no folder and no server when it was interrupted', async () => {
    expect(await endedBy('SIGINT')).toBe(130);
    await until(() => inside().length === 0);
    expect(quarantines()).toEqual([]);
  });

  test('killed, it leaves no server, and its folder until the next review', async () => {
    expect(await endedBy('SIGKILL')).toBe(null);
    await until(() => inside().length === 0);
    expect(quarantines()).toHaveLength(1);
    await cordon('review', 'dies');
    expect(quarantines()).toEqual([]);
  });
});
