// What stands beside an idle server, and how long it stays when its launcher is killed.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from './contenders.ts';
import { isAlive, memoryOf, processTree, serverIn } from './process-table.ts';
import type { Scratch } from './scratch.ts';
import { openSession, type Session } from './session.ts';

export interface Footprint {
  /** Processes of the launcher, without the server. */
  readonly processes: number;
  /** Their memory together. */
  readonly residentMiB: number;
  readonly privateMiB: number;
  /** Milliseconds from SIGKILL of the launcher until nothing of it is left; a number of processes when some stay. */
  readonly gone:
    | { readonly kind: 'after'; readonly ms: number }
    | { readonly kind: 'never'; readonly left: number };
}

/** Idle is a session that has worked and is quiet; the launcher tidies up after one to two quiet seconds. */
const CALLS = 20;
const IDLE_MS = 3000;
const LONGEST_MS = 2000;

export async function measureFootprint(contender: Contender, scratch: Scratch): Promise<Footprint> {
  const session = await openSession(contender, scratch);
  for (let call = 0; call < CALLS; call += 1) await session.call('list_allowed_directories', {});
  await sleep(IDLE_MS);
  const tree = processTree(session.child.pid ?? -1);
  const { entry, tree: packageTree } = contender.target;
  const server = serverIn(tree, entry.slice(packageTree.length));
  if (server === undefined) throw new Error(`${contender.name}: no server among its processes`);
  const beside = tree.filter((process) => process.pid !== server.pid);
  const memory = beside.map(({ pid }) => memoryOf(pid));
  const footprint = {
    processes: beside.length,
    residentMiB: memory.reduce((sum, { residentMiB }) => sum + residentMiB, 0),
    privateMiB: memory.reduce((sum, { privateMiB }) => sum + privateMiB, 0),
  };
  return { ...footprint, gone: await kill(session, tree) };
}

async function kill(session: Session, tree: ReturnType<typeof processTree>): Promise<Footprint['gone']> {
  const begun = performance.now();
  session.child.kill('SIGKILL');
  let left = tree;
  while (performance.now() - begun < LONGEST_MS) {
    left = left.filter(isAlive);
    if (left.length === 0) return { kind: 'after', ms: performance.now() - begun };
    await sleep(1);
  }
  // By pid and start time: these are ours and nobody else's.
  for (const survivor of left) process.kill(survivor.pid, 'SIGKILL');
  return { kind: 'never', left: left.length };
}
