// Time to the answer of `initialize`, in rounds through all columns, so that a busy moment of the machine hits all alike.
import fs from 'node:fs';
import type { Contender, ContenderName } from './contenders.ts';
import { auditFile, type Scratch } from './scratch.ts';
import { openSession } from './session.ts';
import { rotated } from './statistics.ts';

export interface StartFigures {
  readonly startMs: ReadonlyMap<ContenderName, number[]>;
  /** What the launcher says it spent on hashing, one per start of the cordon column. */
  readonly verifyMs: readonly number[];
  readonly files: number;
}

export async function measureStart(
  ready: readonly Contender[],
  scratch: Scratch,
  rounds: number,
  /** What is measured beside it, in the same rounds. */
  eachRound: () => void = () => {},
): Promise<StartFigures> {
  const startMs = new Map<ContenderName, number[]>(ready.map(({ name }) => [name, []]));
  // The first round fills the page cache and counts for nothing.
  for (let round = 0; round <= rounds; round += 1) {
    for (const contender of rotated(ready, round)) {
      const session = await openSession(contender, scratch);
      await session.close();
      if (round > 0) startMs.get(contender.name)?.push(session.startMs);
    }
    eachRound();
  }
  const ours = ready.find(({ name }) => name === 'cordon');
  const started = ours === undefined ? [] : startedEvents(auditFile(ours.target)).slice(-rounds);
  return {
    startMs,
    verifyMs: started.map((event) => event.verifyMs),
    files: started[0]?.files ?? 0,
  };
}

interface StartedEvent {
  readonly event: string;
  readonly verifyMs: number;
  readonly files: number;
}

function startedEvents(file: string): StartedEvent[] {
  if (!fs.existsSync(file)) return [];
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as StartedEvent)
    .filter(({ event }) => event === 'started');
}
