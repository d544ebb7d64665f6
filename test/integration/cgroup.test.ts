import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ControlGroup, confine } from '../../src/launch/cgroup.ts';

const LIMITS = {
  memoryBytes: 256 * 1024 * 1024,
  processes: 16,
  files: 64,
  fileSizeBytes: 1024,
  tmpBytes: 1024,
  messageBytes: 1024,
};

function idle(): number {
  const child = spawn('sleep', ['20'], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return child.pid ?? 0;
}

/** Lines of /proc/<pid>/cgroup that name the group. */
function memberships(pid: number, name: string): string[] {
  return readFileSync(`/proc/${pid}/cgroup`, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith(`/${name}`));
}

test('what was forked between two groups of the first version is taken into the other one as well', async (context) => {
  let group: ControlGroup | undefined;
  // Called last: a group with processes in it cannot be removed.
  onTestFinished(() => group?.remove());
  const first = idle();
  const forked = idle();
  group = await confine(first, LIMITS, 0);
  const name = `cordon-${process.pid}-${first}`;
  const pids = path.join('/sys/fs/cgroup/pids', name, 'cgroup.procs');
  const all = memberships(first, name).length;
  if (group?.kind !== 'v1' || all < 2 || !existsSync(pids)) return context.skip();
  writeFileSync(pids, String(forked));
  expect(memberships(forked, name)).toHaveLength(1);
  expect(await group.include(forked)).toBe(true);
  expect(memberships(forked, name)).toHaveLength(all);
});
