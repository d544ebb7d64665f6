// The way down: end of stdin, then SIGTERM, then SIGKILL to the whole sandbox. Clients allow 500 ms in all (Claude Code:
// SIGINT, +100 ms SIGTERM, +400 ms SIGKILL), so ours ends before.
import type { SessionEnd } from './session.ts';

const TERMINATE_AFTER_MS = 180;
const KILL_AFTER_MS = 300;

export interface StopSteps {
  readonly endInput: () => void;
  readonly terminate: () => void;
  readonly kill: () => void;
  readonly ended: Promise<SessionEnd>;
}

/** Takes each step only while the server still runs; resolves when it has ended. */
export async function stopLadder(steps: StopSteps): Promise<SessionEnd> {
  const timers = [setTimeout(steps.terminate, TERMINATE_AFTER_MS), setTimeout(steps.kill, KILL_AFTER_MS)];
  steps.endInput();
  const end = await steps.ended;
  for (const timer of timers) clearTimeout(timer);
  return end;
}
