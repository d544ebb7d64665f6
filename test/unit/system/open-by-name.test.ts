// Grants on macOS, where a rule goes by a name: run on the disk of this machine, which tells upper from lower case.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { openByName } from '../../../src/system/open-by-name.ts';
import { probeSandboxExec } from '../../../src/system/probe-sandbox-exec.ts';

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-names-')));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));
const at = (name: string): string => path.join(scratch, name);

fs.mkdirSync(at('Project/.git'), { recursive: true });
fs.writeFileSync(at('Project/a (b) "c"'), '');
fs.symlinkSync('Project', at('link'));
fs.symlinkSync('missing', at('dangling'));
spawnSync('mkfifo', [at('fifo')]);

it.each([
  ['Project', 'folder'],
  ['Project/.git', 'folder'],
  ['Project/a (b) "c"', 'file'],
] as const)('%s is a %s', (name, type) => {
  const opened = openByName(at(name));
  expect(opened?.type).toBe(type);
  const stat = fs.fstatSync(opened?.fd ?? -1);
  expect(stat.ino).toBe(fs.statSync(at(name)).ino);
  fs.closeSync(opened?.fd ?? -1);
});

it.each(['Project/x', 'Project/a (b) "c"/x', 'x/y/z'])('%s is not there', (name) => {
  expect(openByName(at(name))).toBeUndefined();
});

it.each([
  ['link', 'is a symbolic link'],
  ['link/.git', `goes through the symbolic link ${at('link')}`],
  ['dangling', 'is a symbolic link'],
  ['fifo', 'is neither a file nor a folder'],
])('%s is refused', (name, why) => {
  expect(() => openByName(at(name))).toThrow(
    expect.objectContaining({ code: 'GRANT_PATH_UNSAFE', message: expect.stringContaining(why) }),
  );
});

it('another spelling than that of the disk is refused, which a disk that folds case would open', () => {
  // What such a disk answers; this one has no two spellings of a name.
  const answer = vi.spyOn(fs.realpathSync, 'native').mockReturnValue(at('PROJECT'));
  try {
    expect(() => openByName(at('Project'))).toThrow(`is called "${at('PROJECT')}" on this disk`);
    // Also of a folder on the way to what is not there yet.
    expect(() => openByName(at('Project/hooks/a'))).toThrow(
      `is called "${at('PROJECT/hooks/a')}" on this disk`,
    );
  } finally {
    answer.mockRestore();
  }
});

it('sandbox-exec is root’s own, or it is not taken', () => {
  expect(probeSandboxExec('/usr/bin/env')).toEqual({ path: '/usr/bin/env' });
  expect(() => probeSandboxExec(at('Project'))).toThrow('must belong to root');
  expect(() => probeSandboxExec(at('missing'))).toThrow('is not there');
});
