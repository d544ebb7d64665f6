// What network grants cost: the start with one over the start without, and connections through the broker over direct ones
// to the same far end. Plain TCP, because the time of TLS would hide what is carried.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { installFixtureProfile } from '../test/fixtures/installed-profile.ts';
import type { Contender } from './contenders.ts';
import type { Scratch, Target } from './scratch.ts';
import { openSession, type Session } from './session.ts';
import { rotated } from './statistics.ts';

/** Figures of both, one each per round. */
export interface Compared {
  readonly without: readonly number[];
  readonly through: readonly number[];
}

export interface EgressFigures {
  readonly start: Compared;
  /** One connection. */
  readonly connect: Compared;
  readonly receive: Compared;
}

const CONNECTIONS = 50;
/** Before any counts, for the compilers of the server and of the broker to settle. */
const WARM = { connections: 500, receptions: 3 };
const RECEIVED_BYTES = 256 * 1024 * 1024;
const SIDES = ['without', 'through'] as const;

export async function measureEgress(scratch: Scratch, rounds: number): Promise<EgressFigures> {
  const far = spawn(scratch.node, [path.join(import.meta.dirname, 'far-end.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [printed] = (await once(far.stdout, 'data')) as [Buffer];
    const port = Number(printed);
    const [granted, none] = [networkServer(scratch, port, true), networkServer(scratch, port, false)];
    const cordon = (target: Target): Contender => ({
      name: 'cordon',
      command: [scratch.cordon, 'run', target.profile],
      target,
    });
    const start = await inTurns(rounds, async (side) => {
      const session = await openSession(cordon(side === 'through' ? granted : none), scratch);
      await session.close();
      return session.startMs;
    });
    const bare: Contender = {
      name: 'bare',
      command: [scratch.node, none.entry, ...none.args],
      target: none,
    };
    const sessions = {
      without: await openSession(bare, scratch),
      through: await openSession(cordon(granted), scratch),
    };
    try {
      return { start, ...(await overSessions(sessions, rounds)) };
    } finally {
      for (const side of SIDES) await sessions[side].close();
    }
  } finally {
    far.stdin.end();
  }
}

async function overSessions(
  sessions: Readonly<Record<(typeof SIDES)[number], Session>>,
  rounds: number,
): Promise<Omit<EgressFigures, 'start'>> {
  for (const side of SIDES) {
    await sessions[side].call('connect', { times: WARM.connections });
    for (let time = 0; time < WARM.receptions; time += 1)
      await sessions[side].call('receive', { bytes: RECEIVED_BYTES });
  }
  return {
    connect: await inTurns(
      rounds,
      async (side) => (await sessions[side].call('connect', { times: CONNECTIONS })) / CONNECTIONS,
    ),
    receive: await inTurns(rounds, (side) => sessions[side].call('receive', { bytes: RECEIVED_BYTES })),
  };
}

/** The first round counts for nothing. */
async function inTurns(
  rounds: number,
  once: (side: (typeof SIDES)[number]) => Promise<number>,
): Promise<Compared> {
  const figures = { without: [] as number[], through: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const side of rotated(SIDES, round)) {
      const figure = await once(side);
      if (round > 0) figures[side].push(figure);
    }
  }
  return figures;
}

function networkServer({ root, node }: Scratch, port: number, isGranted: boolean): Target {
  const home = path.join(root, isGranted ? 'network-home' : 'no-network-home');
  fs.mkdirSync(home);
  const args = [String(port)];
  const { tree, packageFolder } = installFixtureProfile({
    home,
    name: 'network',
    package: 'network-server',
    files: { 'server.mjs': path.join(import.meta.dirname, 'network-server.mjs') },
    profile: {
      args,
      permissions: { network: isGranted ? [{ host: 'localhost', port, protocol: 'tcp' }] : [] },
    },
    runtime: node,
  });
  return { profile: 'network', home, tree, entry: path.join(packageFolder, 'server.mjs'), args };
}
