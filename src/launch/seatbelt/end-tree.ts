// `cordon __end-tree GROUP FOLDER`: run by the watchdog of a start on macOS, when its launcher or its server has ended. Kills
// what is left of the server and removes its private folders: first what descends from it, then what has left its parents.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import treeKill from 'tree-kill';
import { isLaunchFolder, removeLaunchFolder } from './launch-folder.ts';
import { processesOf, PS_ARGUMENTS, readProcessTable } from './process-table.ts';

/** A program that starts others faster than it is found would otherwise keep us here for ever. */
const MAX_ROUNDS = 50;
const ROUND_MS = 5;

export async function endTree([groupText = '', folder = '']: readonly string[]): Promise<number> {
  const group = Number(groupText);
  if (!/^\d+$/.test(groupText) || !isLaunchFolder(folder)) return 2;
  // It starts programs by their names.
  process.env['PATH'] = '/usr/bin:/bin';
  // The group is the server's own id, and the server stands still, so that its children are still its children.
  if (group > 1) await promisify<number, string>(treeKill)(group, 'SIGKILL').catch(() => {});
  const marks = { group, home: path.join(folder, 'home') };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const found = processesOf(marks, readProcessTable(processes()), process.pid);
    if (found.length === 0) break;
    for (const pid of found) killQuietly(pid);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ROUND_MS);
  }
  return removeLaunchFolder(folder) ? 0 : 1;
}

function processes(): string {
  const { stdout } = spawnSync('/bin/ps', PS_ARGUMENTS[process.platform] ?? [], {
    env: {},
    encoding: 'utf8',
    timeout: 5000,
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return stdout ?? '';
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
