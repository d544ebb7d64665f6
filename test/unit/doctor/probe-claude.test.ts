// Claude Code's managed files as they lie on a disk: links are followed, as the client does, and owners are looked at.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { probeClaude } from '../../../src/doctor/probe-clients.ts';

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-claude-'));
  fs.mkdirSync(path.join(folder, 'managed-settings.d'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

it('a file behind a link is read, as Claude Code reads it', () => {
  const target = path.join(folder, 'elsewhere.json');
  fs.writeFileSync(target, '{"mcpServers":{"memory":{}}}');
  fs.symlinkSync(target, path.join(folder, 'managed-mcp.json'));
  expect(probeClaude(folder, [])).toMatchObject({ servers: { memory: {} }, broken: [] });
});

it('a drop-in that others could change is unsafe; one that is judged elsewhere is not said twice', () => {
  const dropIn = path.join(folder, 'managed-settings.d', '90-other.json');
  fs.writeFileSync(dropIn, '{}');
  fs.chmodSync(dropIn, 0o666);
  expect(probeClaude(folder, [])?.unsafe.map((found) => found.path)).toEqual([dropIn]);
  expect(probeClaude(folder, [dropIn])?.unsafe).toEqual([]);
});

it('a file that this user may not read is not called one that is no JSON', () => {
  fs.writeFileSync(path.join(folder, 'managed-mcp.json'), '{,}');
  fs.mkdirSync(path.join(folder, 'managed-settings.json'));
  expect(probeClaude(folder, [])?.broken).toEqual([
    { path: path.join(folder, 'managed-mcp.json'), why: 'is not JSON' },
    { path: path.join(folder, 'managed-settings.json'), why: 'is not a regular file' },
  ]);
});

it('nor is one without the right to read it', () => {
  fs.chmodSync(folder, 0o755);
  fs.writeFileSync(path.join(folder, 'managed-mcp.json'), '{}', { mode: 0 });
  const broken = asNobody(() => probeClaude(folder, [])?.broken);
  expect(broken).toMatchObject([{ why: 'may not be read by this user' }]);
});

/** Root reads everything. */
function asNobody<T>(look: () => T): T {
  if (process.geteuid?.() !== 0) return look();
  process.seteuid?.(65_534);
  try {
    return look();
  } finally {
    process.seteuid?.(0);
  }
}

it('no file, no facts', () => {
  expect(probeClaude(folder, [])).toBeUndefined();
});
