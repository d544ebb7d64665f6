import type { Installation } from '../installation.ts';

/** What every verb but `run` gets. Verbs return their exit status and never call process.exit. */
export interface CommandContext {
  readonly installation: Installation;
  /** `--json`: one JSON document on stdout, nothing else there. */
  readonly json: boolean;
  /** Writes to stdout, no newline added. */
  readonly out: (text: string) => void;
  /** Writes to stderr, no newline added. */
  readonly err: (text: string) => void;
  /** Whether stderr is a terminal: progress is shown only there. */
  readonly isTerminal: boolean;
  /** Width of the terminal that stdout is; undefined when it is none. */
  readonly columns: number | undefined;
  /** Colour only on a terminal and without NO_COLOR. */
  readonly color: boolean;
  /** The user's PATH, for finding a runtime at install; nothing is ever started through it. */
  readonly searchPath: string;
}
