// `cordon review` and `cordon approve` as people run them, on servers that are not honest.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePins } from '../../src/pins/parse.ts';
import type { ReviewMaterial } from '../../src/review/material.ts';
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
    profile: { args: words, ...more },
  }).profileFolder;
}

async function review(name: string): Promise<ReviewMaterial & { readonly status: number | null }> {
  const ran = await cordon('review', name, '--json');
  return { ...(JSON.parse(ran.stdout) as ReviewMaterial), status: ran.status };
}

async function refusal(name: string): Promise<{ code: string; message: string; details: string[] }> {
  const ran = await cordon('review', name, '--json');
  expect(ran.status).toBe(125);
  return (JSON.parse(ran.stdout) as { error: { code: string; message: string; details: string[] } }).error;
}

const names = (list: ReadonlyArray<{ readonly key: string }> | undefined) => list?.map(({ key }) => key);

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
    expect(seen.definitions.map(({ context }) => context)).toEqual([
      { generation: 'legacy', protocolVersion: '2025-11-25', clientCapabilities: {} },
      { generation: 'modern', protocolVersion: '2026-07-28', clientCapabilities: {} },
    ]);
    for (const definitions of seen.definitions) {
      expect(names(definitions.tools)).toEqual(['read', 'write']);
      expect(names(definitions.prompts)).toEqual(['ask']);
      expect(names(definitions.resources)).toEqual(['test://r']);
      expect(names(definitions.templates)).toEqual([]);
      expect(definitions.instructions).toBe('Read before you write.');
      expect(definitions.serverInfo).toEqual({ name: 'reviewed', version: '1.0.0' });
    }
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
    expect(new Set(seen.probes.map(({ listing }) => listing)).size).toBe(1);
    expect(seen.probes.every(({ stable, denied }) => stable === true && denied.length === 0)).toBe(true);
  });

  test('is told by what stands in its tree and lockfile', () => {
    expect(seen.package).toMatchObject({ name: 'fixture-server', version: '1.0.0', files: 2 });
    expect(seen.package.packages).toMatchObject([{ installScripts: [], native: [], license: null }]);
    expect(seen.approved).toBeUndefined();
    expect(seen.status).toBe(1);
  });
});

describe('a server that says different things', () => {
  test('RP-06: to one client, to one with capabilities, at each listing, in each folder', async () => {
    for (const word of ['by-client', 'by-capability', 'unstable', 'path']) profile(word, [word]);
    const listings = ({ probes }: ReviewMaterial) => new Set(probes.map(({ listing }) => listing)).size;
    expect(listings(await review('by-client'))).toBe(2);
    const byCapability = await review('by-capability');
    expect(listings(byCapability)).toBe(2);
    expect(names(byCapability.definitions[0]?.tools)).toEqual(['read', 'write']);
    const unstable = await review('unstable');
    expect(unstable.probes.map(({ stable }) => stable)).toEqual([false, false, false]);
    profile('path', ['path'], {
      permissions: { filesystem: [{ path: '${workspace}', access: 'write' }] },
    });
    expect(listings(await review('path'))).toBeGreaterThan(1);
  });

  test('RP-07: what a granted capability brings is pinned beside what is said without', async () => {
    profile('granted', ['by-capability'], { permissions: { mcp: { roots: true } } });
    const { definitions } = await review('granted');
    expect(
      definitions.map(({ context, tools }) => [Object.keys(context.clientCapabilities), names(tools)]),
    ).toEqual([
      [[], ['read', 'write']],
      [['roots'], ['read', 'roots', 'write']],
    ]);
  });
});

describe('a server in quarantine', () => {
  test('reaches nothing and nobody, gets no secret, and what it asked for is written down', async () => {
    profile('curious', ['curious'], {
      secrets: { TOKEN: { why: 'calls' }, OPTIONAL: { why: 'more', required: false } },
      permissions: { network: [{ host: 'telemetry.example.com', port: 443 }] },
    });
    const { definitions, probes } = await review('curious');
    const said = JSON.stringify(definitions[0]?.tools[0]?.value);
    expect(said).toContain('token:cordon-review-placeholder optional:undefined');
    expect(said).toMatch(/telemetry\.example\.com:E[A-Z_]+ /);
    expect(said).toMatch(/\/etc\/shadow:ENOENT \/root:ENOENT \/home:ENOENT/);
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

  beforeAll(async () => {
    folder = profile('approved', ['prompts']);
    ({ digest } = await review('approved'));
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
    expect(definitions).toEqual((await review('approved')).definitions);
  });

  test('the next review finds it approved, with a copy to compare with', async () => {
    const { status, approved, profile: reviewed, package: facts } = await review('approved');
    expect(status).toBe(0);
    expect(approved).toMatchObject({ profile: reviewed, package: facts });
  });

  test('a grant that is added afterwards voids it; a reason does not', async () => {
    edit(folder, { description: 'Another text.' });
    expect((await review('approved')).status).toBe(0);
    edit(folder, { permissions: { mcp: { sampling: true } } });
    const { status, digest: other, approved } = await review('approved');
    expect(status).toBe(1);
    expect(other).not.toBe(digest);
    expect(approved?.profile?.permissions.mcp.sampling).toBe(false);
    const ran = await cordon('approve', 'approved', '--digest', digest);
    expect(ran.stderr).toContain('APPROVAL_MISMATCH');
    expect(ran.stderr).not.toContain(other.slice(7, 19));
    expect(pinsOf(folder).approval?.digest).toBe(digest);
  });

  test('a copy that is not what was approved says nothing', async () => {
    edit(folder, { permissions: {} });
    const file = path.join(folder, 'approved.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"sampling": false', '"sampling": true'));
    const { status, approved } = await review('approved');
    expect(status).toBe(0);
    expect(approved?.profile).toBeUndefined();
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
