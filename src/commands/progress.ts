// One line that counts, on a terminal; nothing in a pipe.
import type { CommandContext } from './context.ts';

export interface Progress {
  readonly step: (done: number, total: number) => void;
  /** Clears the line; to be called before anything else is printed. */
  readonly end: () => void;
}

const CLEAR_LINE = '\r\u001b[K';

export function showProgress(context: CommandContext, title: string): Progress {
  if (!context.isTerminal || context.json) return { step: () => {}, end: () => {} };
  context.err(`${title}…`);
  return {
    step: (done, total) => context.err(`${CLEAR_LINE}${title}… ${done}/${total} packages`),
    end: () => context.err(CLEAR_LINE),
  };
}
