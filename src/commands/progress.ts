// One line that counts, on a terminal; nothing in a pipe.
import type { CommandContext } from './context.ts';

export interface Progress {
  readonly step: (done: number, total: number) => void;
  /** As `step`, for starts of a server. */
  readonly start: (done: number, total: number) => void;
  /** Clears the line; to be called before anything else is printed. */
  readonly end: () => void;
}

const CLEAR_LINE = '\r\u001b[K';

export function showProgress(context: CommandContext, title: string): Progress {
  if (!context.isTerminal || context.json) return { step: () => {}, start: () => {}, end: () => {} };
  context.err(`${title}…`);
  const line = (done: number, total: number, of: string): void =>
    context.err(`${CLEAR_LINE}${title}… ${done}/${total} ${of}`);
  return {
    step: (done, total) => line(done, total, 'packages'),
    start: (done, total) => line(done, total, 'starts'),
    end: () => context.err(CLEAR_LINE),
  };
}
