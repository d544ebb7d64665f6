// Pieces of messages. Lower case, no full stop; what was expected and what was found; hints are commands to paste.
// Text that is not ours goes through `quote` or `escapeText`.
import { CordonError, type ErrorCode } from '../errors.ts';
import { escapeText, quote } from '../escape.ts';

export function fault(
  code: ErrorCode,
  message: string,
  hints: readonly string[] = [],
  details: readonly string[] = [],
  cause?: unknown,
): CordonError {
  return new CordonError(code, message, { hints, details, cause });
}

/** A file can have a fault for each of its bytes; neither a terminal nor the log is there for all of them. */
export function shown(faults: readonly string[]): readonly string[] {
  return faults.length <= 100 ? faults : [...faults.slice(0, 100), `and ${faults.length - 100} more`];
}

export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** A path or argument as one would type it in a shell. */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9@%+=:,./_-]+$/.test(text) ? text : `'${escapeText(text).replaceAll("'", `'\\''`)}'`;
}

/** The system's own short word for a failed call (`EACCES`), or the escaped message. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return quote(String(cause));
  const code = (cause as NodeJS.ErrnoException).code;
  return code ?? escapeText(cause.message);
}
