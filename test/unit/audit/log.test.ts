import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bunPath } from '../../../scripts/bun-path.mjs';
import { openAudit } from '../../../src/audit/log.ts';
import { CordonError } from '../../../src/errors.ts';

const MIB = 1024 * 1024;
const LOG = new URL('../../../src/audit/log.ts', import.meta.url).href;
let folder: string;
let file: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-audit-'));
  file = path.join(folder, 'state', 'audit.jsonl');
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function fillUp(size = 9 * MIB): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, '');
  fs.truncateSync(file, size);
}

function rotated(): string[] {
  return fs
    .readdirSync(path.dirname(file))
    .filter((name) => name.startsWith('audit-'))
    .sort();
}

function refusal(): string | undefined {
  try {
    openAudit(file);
    return undefined;
  } catch (error) {
    return error instanceof CordonError ? error.code : String(error);
  }
}

describe('record', () => {
  it('writes one line per event, whatever is in it', async () => {
    const log = openAudit(file);
    const profile = 'a\n{"event":"forged"}\u001b[2J\u2028';
    await log.record({ event: 'denied', profile, direction: 'sandbox', reason: 'path-appeared', count: 1 });
    await log.record({
      event: 'refused',
      profile: 'b',
      code: 'PROFILE_INVALID',
      message: 'x'.repeat(100_000),
    });
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'denied', profile, pid: process.pid });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ event: 'refused', message: 'x'.repeat(100_000) });
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe('openAudit', () => {
  it.each<[string, () => void]>([
    ['a link', () => fs.symlinkSync(path.join(folder, 'elsewhere'), file)],
    ['a folder', () => fs.mkdirSync(file)],
  ])('refuses %s in its place', (_, put) => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    put();
    expect(refusal()).toBe('AUDIT_UNWRITABLE');
    expect(fs.existsSync(path.join(folder, 'elsewhere'))).toBe(false);
  });

  it('moves a full log aside and keeps the last four', async () => {
    const sizes = [9, 10, 11, 12, 13, 14].map((size) => size * MIB);
    for (const size of sizes) {
      fillUp(size);
      expect(refusal()).toBeUndefined();
      // Names hold the millisecond.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(fs.statSync(file).size).toBe(0);
    const kept = rotated().map((name) => fs.statSync(path.join(path.dirname(file), name)).size);
    expect(kept).toEqual(sizes.slice(-4));
  });

  it.runIf(process.getuid?.() === 0)('keeps them also where another user has files of such names', () => {
    fillUp(0);
    const theirs = [6, 7, 8, 9].map((year) => `audit-${year}000.jsonl`);
    for (const name of theirs) {
      fs.writeFileSync(path.join(path.dirname(file), name), '');
      fs.chownSync(path.join(path.dirname(file), name), 1, 1);
    }
    fillUp();
    openAudit(file);
    const [own, ...others] = rotated();
    expect(fs.statSync(path.join(path.dirname(file), own ?? '')).size).toBe(9 * MIB);
    expect(others).toEqual(theirs);
  });
});

describe('a disk that is full, or a limit on the size of files', () => {
  it('costs the event and not the session, and is said once', async () => {
    const script = path.join(folder, 'launcher.ts');
    fs.writeFileSync(
      script,
      `import { openAudit } from ${JSON.stringify(LOG)};
      const log = openAudit(${JSON.stringify(file)}, (cause) => console.log('lost', cause.code));
      for (let n = 0; n < 20; n += 1)
        await log.record({ event: 'refused', profile: 'p', code: 'PROFILE_INVALID', message: 'm'.repeat(900) });
      console.log('alive');`,
    );
    const limited = ['-c', 'ulimit -f 8; exec "$0" run "$1"', bunPath(), script];
    expect((await promisify(execFile)('/bin/sh', limited)).stdout).toBe('lost EFBIG\nalive\n');
  });
});

describe('several launchers', () => {
  it('move one full log aside at the same moment, and all go on', async () => {
    fillUp();
    const failed = await inParallel(`
      for (let round = 0; round < 60; round += 1) {
        const at = start + round * 12;
        while (Date.now() < at - 4) Bun.sleepSync(1);
        if (number === 0) { fs.writeFileSync(file, ''); fs.truncateSync(file, ${9 * MIB}); }
        while (Date.now() < at);
        openAudit(file);
      }`);
    expect(failed).toEqual([]);
    expect(rotated().length).toBeGreaterThan(0);
  });

  it('write whole lines into one file', async () => {
    const failed = await inParallel(`
      const log = openAudit(file);
      for (let n = 0; n < 100; n += 1)
        await log.record({ event: 'refused', profile: 'p', code: 'PROFILE_INVALID', message: 'm'.repeat(20000) });`);
    expect(failed).toEqual([]);
    const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(300);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ message: 'm'.repeat(20_000) });
  });
});

/** Three processes, as in the built executable; what they wrote to stderr when one failed. */
async function inParallel(body: string): Promise<string[]> {
  const script = (number: number): string => `
    import fs from 'node:fs';
    import { openAudit } from ${JSON.stringify(LOG)};
    const file = ${JSON.stringify(file)}, start = ${start}, number = ${number};
    ${body}`;
  const start = Date.now() + 1000;
  const runs = [0, 1, 2].map(async (number) => {
    const source = path.join(folder, `launcher-${number}.ts`);
    fs.writeFileSync(source, script(number));
    await promisify(execFile)(bunPath(), ['run', source]);
  });
  const ends = await Promise.allSettled(runs);
  return ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
}
