// A company has many servers: verbs that go through all profiles stay quick with a thousand of them, and a start does not look at
// those that it does not start. By the time of processors, which other tests that run meanwhile stretch less than that of clocks.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { CORDON, INITIALIZE, ROOT, startLauncher } from '../fixtures/launcher.ts';

const COUNT = 1000;
/** A second on a quiet machine; twice that is left for one that is not. */
const QUICK_MS = 2000;

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-thousand-')));
const [many, few] = [path.join(scratch, 'many'), path.join(scratch, 'few')];

/** Processor time of a command and all that it waited for, and what it said. */
function timed(home: string, command: readonly string[]): { readonly ms: number; readonly out: string } {
  const script = 'out=$("$@" 2>&1); printf "%s\\n" "$out"; times';
  const { stdout } = spawnSync('/bin/bash', ['-c', script, 'bash', ...command], {
    cwd: scratch,
    env: { HOME: home, PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const times = [
    ...stdout
      .trimEnd()
      .split('\n')
      .slice(-1)
      .join('')
      .matchAll(/(\d+)m([\d.]+)s/g),
  ];
  expect(times).toHaveLength(2);
  const ms = times.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
  return { ms, out: stdout };
}

/** From the start to the answer to `initialize`. */
async function startMs(home: string): Promise<number> {
  const begun = performance.now();
  const launcher = startLauncher('fixture', { home, cwd: scratch });
  expect(await launcher.request('initialize', INITIALIZE), launcher.stderr()).toHaveProperty('result');
  const ms = performance.now() - begun;
  launcher.child.stdin?.end();
  await launcher.exited;
  return ms;
}

beforeAll(() => {
  const server = path.join(ROOT, 'test/fixtures/servers/lifecycle-server.mjs');
  for (const home of [many, few])
    installFixtureProfile({ home, name: 'fixture', files: { 'server.mjs': server } });
  const shipped = path.join(scratch, 'shipped');
  fs.cpSync(path.join(ROOT, 'profiles'), shipped, { recursive: true });
  const names = fs
    .readdirSync(shipped)
    .filter((name) => fs.existsSync(path.join(shipped, name, 'pins.json')));
  for (let index = 0; index < COUNT; index += 1) {
    const folder = path.join(many, `.config/cordon/profiles/p${index}`);
    fs.mkdirSync(folder);
    for (const file of ['profile.json', 'package-lock.json', 'pins.json'])
      fs.linkSync(path.join(shipped, names[index % names.length] ?? '', file), path.join(folder, file));
  }
});
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

it.each([['list'], ['export', 'claude-code'], ['doctor']])(
  '%s goes through them all, and is quick',
  (...verb) => {
    const { ms, out } = timed(many, [CORDON, ...verb, '--json']);
    // doctor names no profile that has nothing wrong with it.
    if (verb[0] !== 'doctor') expect(out).toContain(`p${COUNT - 1}`);
    expect(out).toContain('{');
    expect(ms).toBeLessThan(QUICK_MS);
  },
);

it('a start does not take longer than with one', async () => {
  const times: Array<readonly [number, number]> = [];
  for (let round = 0; round < 5; round += 1) times.push([await startMs(many), await startMs(few)]);
  // The quickest of each: to read a thousand profiles takes four times this difference.
  const [withMany, withFew] = [0, 1].map((which) => Math.min(...times.map((pair) => pair[which] ?? 0)));
  expect(withMany).toBeLessThan((withFew ?? 0) + 100);
});
