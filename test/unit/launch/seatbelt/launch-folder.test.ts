import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  isLaunchFolder,
  makeLaunchFolder,
  removeLaunchFolder,
} from '../../../../src/launch/seatbelt/launch-folder.ts';

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-launches-')));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

it('is private, by its real path, and holds its files', () => {
  fs.symlinkSync(scratch, path.join(scratch, 'link'));
  const made = makeLaunchFolder(path.join(scratch, 'link/one'), new Map([['TOKEN', 'a secret']]));
  expect(path.dirname(made.path)).toBe(path.join(scratch, 'one'));
  for (const folder of [path.dirname(made.path), made.path, made.home, made.tmp, made.files])
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
  expect(fs.readFileSync(path.join(made.files, 'TOKEN'), 'utf8')).toBe('a secret');
  expect(fs.statSync(path.join(made.files, 'TOKEN')).mode & 0o777).toBe(0o400);
  expect(isLaunchFolder(made.path)).toBe(true);
});

it('takes those of dead launchers away, and nothing else', () => {
  const root = path.join(scratch, 'two');
  const living = makeLaunchFolder(root, new Map());
  const { pid } = spawnSync('true');
  const dead = path.join(root, `${pid}-0123456789abcdef`);
  fs.mkdirSync(path.join(dead, 'home'), { recursive: true });
  for (const other of ['notes', `${pid}`, `${pid}-0123`, `x${pid}-0123456789abcdef`])
    fs.mkdirSync(path.join(root, other));
  const made = makeLaunchFolder(root, new Map());
  expect(fs.existsSync(dead)).toBe(false);
  expect(fs.readdirSync(root)).toHaveLength(6);
  expect([living.path, made.path].every((folder) => fs.existsSync(folder))).toBe(true);
});

describe('folders in which a server has locked their owner out', () => {
  const locked = (root: string, pid: number): string => {
    const folder = path.join(root, `${pid}-0123456789abcdef`);
    fs.mkdirSync(path.join(folder, 'home/a/b'), { recursive: true });
    fs.mkdirSync(path.join(folder, 'files'));
    fs.writeFileSync(path.join(folder, 'files/TOKEN'), 'a secret');
    fs.chmodSync(path.join(folder, 'home/a'), 0);
    return folder;
  };

  it('go with their start, and with them nothing that a link leads to', () => {
    asNobody((root) => {
      const folder = locked(root, process.pid);
      fs.mkdirSync(path.join(root, 'other'), { mode: 0o500 });
      fs.symlinkSync(path.join(root, 'other'), path.join(folder, 'home/link'));
      expect(removeLaunchFolder(folder)).toBe(true);
      expect(fs.existsSync(folder)).toBe(false);
      expect(fs.statSync(path.join(root, 'other')).mode & 0o777).toBe(0o500);
    });
  });

  it('of a dead launcher keep no other from starting', () => {
    asNobody((root) => {
      const folder = locked(root, spawnSync('true').pid);
      expect(fs.existsSync(makeLaunchFolder(root, new Map()).path)).toBe(true);
      expect(fs.existsSync(folder)).toBe(false);
    });
  });
});

/** Root may look everywhere, in a folder of its own. */
function asNobody(act: (root: string) => void): void {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-launches-'));
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) {
    fs.chownSync(root, 65_534, 65_534);
    process.seteuid?.(65_534);
  }
  try {
    act(root);
  } finally {
    if (isRoot) process.seteuid?.(0);
    fs.rmSync(root, { recursive: true, force: true });
  }
}

it('of a launcher whose number another program has by now go as well', () => {
  const root = path.join(scratch, 'three');
  const folder = path.join(root, `${process.pid}-0123456789abcdef`);
  fs.mkdirSync(path.join(folder, 'files'), { recursive: true });
  // Before this process was.
  const before = new Date(Date.now() - 1000 * (process.uptime() + 3600));
  fs.utimesSync(folder, before, before);
  const made = makeLaunchFolder(root, new Map());
  expect(fs.readdirSync(root)).toEqual([path.basename(made.path)]);
});

it('cannot be made where nothing can be written', () => {
  fs.writeFileSync(path.join(scratch, 'file'), '');
  expect(() => makeLaunchFolder(path.join(scratch, 'file/x'), new Map())).toThrow(
    expect.objectContaining({ code: 'SANDBOX_SETUP_FAILED' }),
  );
});

it.each([
  '/',
  '/Users/ada',
  '12-0123456789abcdef',
  '/a/../12-0123456789abcdef',
  '/a/12-0123456789abcdeg',
  '',
])('%j is none, and is never removed', (folder) => {
  expect(isLaunchFolder(folder)).toBe(false);
});
