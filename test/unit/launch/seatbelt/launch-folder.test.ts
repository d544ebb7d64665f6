import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { isLaunchFolder, makeLaunchFolder } from '../../../../src/launch/seatbelt/launch-folder.ts';

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
