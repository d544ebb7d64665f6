// Review and approval of real packages, by two people: what one of them saw is what the other one sees, to the byte.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Home, type InstalledHomes, installShippedProfiles } from './installed-home.ts';

let installed: InstalledHomes;
beforeAll(() => {
  installed = installShippedProfiles(['memory', 'filesystem']);
});
afterAll(() => installed.remove());

interface Document {
  readonly digest: string;
  readonly notes: readonly string[];
  readonly package: { readonly files: number; readonly packages: readonly object[] };
  readonly definitions: ReadonlyArray<{ readonly kind: string; readonly key: string }>;
  readonly probes: readonly object[];
  readonly publications: readonly object[];
}

function cordon(home: Home, ...args: readonly string[]) {
  const { command, cwd, env } = home.server('memory');
  const [file = '', ...rest] = [...command.slice(0, -2), ...args];
  return spawnSync(file, rest, { cwd, env, encoding: 'utf8' });
}

/** What it printed, when it ended with one of these; what it said to that is in the error otherwise. */
function printed(statuses: readonly number[], home: Home, ...args: readonly string[]): string {
  const { status, stdout, stderr } = cordon(home, ...args);
  if (!statuses.includes(status ?? -1)) throw new Error(`cordon ${args.join(' ')}: ${status}\n${stderr}`);
  return stdout;
}

function firstHome(): Home {
  const [home] = installed.homes;
  if (home === undefined) throw new Error('there is no home');
  return home;
}

const document = (text: string) => JSON.parse(text) as Document;

it('two reviewers get the same report, and approve the same digest', () => {
  const reports = installed.homes.map((home) => printed([0, 1], home, 'review', 'memory', '--no-pager'));
  for (const report of reports) {
    expect(report).toContain('create_entities');
    expect(report).toBe(reports[0]);
  }
});

it('approves a profile, and its report is then about nothing', () => {
  const home = firstHome();
  const folder = path.dirname(home.ownProfile('mine', 'profile.json'));
  for (const name of ['profile.json', 'package-lock.json', 'pins.json'])
    home.write(path.join(folder, name), fs.readFileSync(path.join(home.profiles, 'memory', name)));
  const { digest } = document(printed([0], home, 'review', 'mine', '--json'));
  printed([0], home, 'approve', 'mine', '--digest', digest.slice(0, 39));
  expect(document(printed([0], home, 'review', 'mine', '--json')).digest).toBe(digest);
  // Pinned again, the same package comes out of the same lockfile, and what was approved still is.
  printed([0], home, 'pin', 'mine');
  const pins = JSON.parse(fs.readFileSync(path.join(folder, 'pins.json'), 'utf8')) as {
    approval: { digest: string };
  };
  expect(pins.approval.digest).toBe(digest);
});

it('reviews a server that needs a secret, with a placeholder in its place', () => {
  const { definitions, notes, probes } = document(
    printed([0], firstHome(), 'review', 'brave-search', '--json'),
  );
  expect(definitions.filter(({ kind }) => kind === 'tool').length).toBe(8);
  expect(probes.length).toBeGreaterThanOrEqual(3);
  expect(notes.join()).toContain('BRAVE_API_KEY');
});

it('reviews a package that no profile is for, and leaves nothing of it', () => {
  const home = firstHome();
  const before = fs.readdirSync(path.join(home.home, '.local/share/cordon/store')).toSorted();
  const spec = 'npm:@modelcontextprotocol/server-sequential-thinking@2025.12.18';
  const { definitions, publications } = document(printed([1], home, 'review', spec, '--json'));
  expect(definitions.map(({ key }) => key)).toEqual(['sequentialthinking']);
  expect(publications).toMatchObject([
    { version: '2025.12.18', published: expect.stringMatching(/^202/) as string },
  ]);
  expect(fs.readdirSync(path.join(home.home, '.local/share/cordon/store')).toSorted()).toEqual(before);
  for (const wrong of ['npm:x', 'npm:x@latest', 'npm:x@^1.0.0', 'npm:@a/b@1', 'npm:../x@1.0.0'])
    expect(cordon(home, 'review', wrong).status).toBe(125);
});

it('compares two versions before anybody switches', () => {
  const home = firstHome();
  const report = printed([1], home, 'diff', 'filesystem', '--to', '2025.11.25');
  expect(report).toContain('@modelcontextprotocol/server-filesystem 2026.8.31 -> 2025.11.25\n');
  // The change that a reader of descriptions alone does not see.
  expect(report).toContain(
    '  tool "move_file" changed\n    /annotations/destructiveHint  annotation\n    - true\n    + false\n',
  );
  expect(report).toMatch(/^ {2}glob +13\.0\.7 +-> +10\.5\.0$/m);
  expect(report).toContain(
    '"node_modules/@modelcontextprotocol/server-filesystem/dist/index.js" was changed',
  );
  expect(cordon(home, 'diff', 'filesystem', '--to', '2026.8.31').stderr).toContain('USAGE_INVALID');
});
