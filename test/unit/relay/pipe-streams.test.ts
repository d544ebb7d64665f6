import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { bunPath } from '../../../scripts/bun-path.mjs';

const PROGRAM = fileURLToPath(new URL('copy-streams.mjs', import.meta.url));
const BUN = bunPath();
const MIB = 1024 * 1024;

interface Copied {
  readonly out: Buffer;
  readonly report: string;
  readonly status: number | null;
}

/** Runs the copying program on kernel pipes, which `sh` makes; Node's own stdio would be socketpairs. */
function copy(command: string, bytes: Buffer, args: readonly string[] = [], isSlow = false): Promise<Copied> {
  const child = spawn('/bin/sh', ['-c', command, 'sh', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  return new Promise((resolve) => {
    const out: Buffer[] = [];
    let report = '';
    child.stdin.on('error', () => {});
    child.stdin.end(bytes);
    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk);
      if (!isSlow || out.length > 20) return;
      child.stdout.pause();
      setTimeout(() => child.stdout.resume(), 20);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      report += chunk.toString();
    });
    child.on('close', (status) => resolve({ out: Buffer.concat(out), report, status }));
  });
}

const data = Buffer.alloc(3 * MIB);
for (let at = 0; at < data.length; at += 1) data[at] = (at * 31 + (at >> 8)) & 0xff;

// Node 20 cannot read the sources as they are.
const FOLDER = mkdtempSync(path.join(tmpdir(), 'cordon-streams-'));
const PLAIN_PROGRAM = path.join(FOLDER, 'copy-streams.mjs');
execFileSync(BUN, ['build', PROGRAM, '--target=node', `--outfile=${PLAIN_PROGRAM}`], { stdio: 'ignore' });
afterAll(() => rmSync(FOLDER, { recursive: true }));

it('P5: a writer that never stops does not keep timers and signals from their turn', () => {
  const reader = fileURLToPath(new URL('busy-reader.mjs', import.meta.url));
  const longestMs = execFileSync('/bin/sh', ['-c', `yes "$0" | "${BUN}" run "${reader}"`, 'x'.repeat(4000)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(Number(longestMs)).toBeLessThan(500);
});

// The executable runs on Bun, the other tests on Node: both must carry every byte.
describe.each([
  ['Node', `"${process.execPath}" "${PLAIN_PROGRAM}"`],
  ['Bun', `"${BUN}" run "${PROGRAM}"`],
])('streams over descriptors on %s', (name, program) => {
  it('carry every byte over socketpairs', async () => {
    expect((await copy(`exec ${program}`, data)).out.equals(data)).toBe(true);
  });

  it('carry every byte over kernel pipes, to a slow reader', async () => {
    const copied = await copy(`cat | ${program} | cat`, data, [], true);
    expect(copied.out.equals(data)).toBe(true);
  });

  it('read files and devices', async () => {
    const file = path.join(FOLDER, `data-${name}`);
    writeFileSync(file, data);
    expect((await copy(`exec ${program} < "$1"`, Buffer.alloc(0), [file])).out.equals(data)).toBe(true);
    expect((await copy(`exec ${program} < /dev/null`, Buffer.alloc(0))).out).toHaveLength(0);
    const target = path.join(FOLDER, `copy-${name}`);
    await copy(`exec ${program} > "$1"`, data, [target]);
    expect(readFileSync(target).equals(data)).toBe(true);
    expect((await copy(`exec ${program} > /dev/null`, data)).report).toContain('finished');
  });

  it('report a reader that went away', async () => {
    expect((await copy(`${program} | true`, data)).report).toContain('EPIPE');
  });

  it('leave the flags of an inherited pipe alone', async () => {
    expect((await copy(`${program} flags | cat`, data)).report).toContain('blocking');
  });
});
