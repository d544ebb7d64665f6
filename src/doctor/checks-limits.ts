import { type Check, describe, failed, ok, type Scene, valueOf, weaker } from './check.ts';
import { parseLimits } from './proc-text.ts';
import { processCount, text } from './question.ts';

const SLEEP = ['/bin/sleep', '10'] as const;

export function limitChecks(scene: Scene): Check[] {
  const { limits } = scene.plan;
  const planned: ReadonlyArray<readonly [name: string, value: number]> = [
    ['Max open files', limits.files],
    // One byte: no dump fits, and unlike 0 it keeps a crash handler from being started.
    ['Max core file size', 1],
    ['Max data size', limits.memoryBytes],
    ['Max file size', limits.fileSizeBytes],
    // The sandbox's init counts too.
    ['Max processes', limits.processes + 1],
  ];
  return [
    {
      section: 'limits',
      id: 'limits-set',
      title: 'limits of each process',
      questions: [{ ask: 'read', path: '/proc/self/limits' }],
      judge: ([answer]) => {
        const found = parseLimits(valueOf(answer, text) ?? '');
        // The kernel rounds nothing up: a lower hard limit of the user may stand, a higher one may not.
        const wrong = planned.filter(
          ([name, value]) => !((found.get(name) ?? Number.POSITIVE_INFINITY) <= value),
        );
        return wrong.length === 0
          ? ok('open files, core files, data, file size and processes are as planned')
          : failed(
              wrong
                .map(([name, value]) => `${name}: ${found.get(name) ?? 'unknown'}, expected ${value}`)
                .join(', '),
            );
      },
    },
    {
      section: 'limits',
      id: 'processes-limited',
      title: 'number of processes',
      questions: [{ ask: 'processes', command: SLEEP, atMost: limits.processes + 8 }],
      judge: ([answer]) => {
        const found = valueOf(answer, processCount);
        if (found === undefined) return failed(`could not be tried: ${describe(answer)}`);
        if (found.stoppedBy === 'EAGAIN')
          return ok(`${limits.processes} at most, threads included: the next one was refused`);
        return scene.uid === 0
          ? weaker(
              'not limited: the kernel does not count those of root, and no control group can be made here',
              ['run cordon as an ordinary user, or where root may make control groups'],
            )
          : failed(`${found.started} processes were started, ${limits.processes} is the limit`);
      },
    },
  ];
}
