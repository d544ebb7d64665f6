// For how long processes run: a number alone does not say whose it is. After a restart of the machine the same ones are given
// again, and to programs that stay.
import { spawnSync } from 'node:child_process';

/** Milliseconds by process id, of those that run. Empty where ps does not answer. */
export function processAges(pids: readonly number[]): ReadonlyMap<number, number> {
  if (pids.length === 0) return new Map();
  const { stdout } = spawnSync('/bin/ps', ['-o', 'pid=', '-o', 'etime=', '-p', pids.join(',')], {
    env: {},
    encoding: 'utf8',
    timeout: 5000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return readProcessAges(stdout ?? '');
}

/** `[[days-]hours:]minutes:seconds`, on macOS and Linux the same. */
export function readProcessAges(text: string): ReadonlyMap<number, number> {
  return new Map(
    text.split('\n').flatMap((line): Array<[number, number]> => {
      const [, pid, days = '0', hours = '0', minutes, seconds] =
        /^\s*(\d+)\s+(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+)\s*$/.exec(line) ?? [];
      if (pid === undefined) return [];
      const age = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
      return [[Number(pid), age * 1000]];
    }),
  );
}
