import { expect, it } from 'vitest';
import { processAges, readProcessAges } from '../../../../src/launch/seatbelt/process-ages.ts';

it('are read as ps writes them', () => {
  const text = '    1 12-03:04:05\n  512    01:02:03\n 4711       00:07\n  99 ELAPSED\n\n';
  const seconds = [...readProcessAges(text)].map(([pid, age]) => [pid, age / 1000]);
  expect(seconds).toEqual([
    [1, 1_047_845],
    [512, 3723],
    [4711, 7],
  ]);
});

it('are those of the processes that run here', () => {
  const ages = processAges([process.pid, process.ppid]);
  expect(new Set(ages.keys())).toEqual(new Set([process.pid, process.ppid]));
  const age = ages.get(process.pid) ?? 0;
  expect(Math.abs(age - process.uptime() * 1000)).toBeLessThan(5000);
  expect(processAges([]).size).toBe(0);
});
