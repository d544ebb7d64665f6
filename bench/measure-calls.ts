// Round trips of tools/call on live sessions, in turns between the columns.
import type { Contender, ContenderName } from './contenders.ts';
import type { Scratch } from './scratch.ts';
import { openSession, type Session } from './session.ts';
import { median, rotated } from './statistics.ts';

export type CallSize = '200 B' | '64 KB' | '1 MB';
export type CallFigures = Readonly<Record<CallSize, ReadonlyMap<ContenderName, number[]>>>;

interface CallKind {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Calls in each round, of which the median counts; and three times as many first, for compilers to settle. */
  readonly perRound: number;
}

export async function measureCalls(
  ready: readonly Contender[],
  scratch: Scratch,
  rounds: number,
): Promise<CallFigures> {
  const kinds: Readonly<Record<CallSize, CallKind>> = {
    '200 B': { tool: 'list_allowed_directories', args: {}, perRound: 40 },
    '64 KB': { tool: 'read_text_file', args: { path: scratch.files['64 KB'] }, perRound: 10 },
    '1 MB': { tool: 'read_text_file', args: { path: scratch.files['1 MB'] }, perRound: 4 },
  };
  const sessions = new Map<ContenderName, Session>();
  try {
    for (const contender of ready) sessions.set(contender.name, await openSession(contender, scratch));
    return {
      '200 B': await inTurns(sessions, kinds['200 B'], rounds),
      '64 KB': await inTurns(sessions, kinds['64 KB'], rounds),
      '1 MB': await inTurns(sessions, kinds['1 MB'], rounds),
    };
  } finally {
    for (const session of sessions.values()) await session.close();
  }
}

async function inTurns(
  sessions: ReadonlyMap<ContenderName, Session>,
  { tool, args, perRound }: CallKind,
  rounds: number,
): Promise<ReadonlyMap<ContenderName, number[]>> {
  const figures = new Map<ContenderName, number[]>([...sessions.keys()].map((name) => [name, []]));
  for (const session of sessions.values())
    for (let warm = 0; warm < 3 * perRound; warm += 1) await session.call(tool, args);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, session] of rotated([...sessions], round)) {
      const took: number[] = [];
      for (let call = 0; call < perRound; call += 1) took.push(await session.call(tool, args));
      figures.get(name)?.push(median(took));
    }
  }
  return figures;
}
