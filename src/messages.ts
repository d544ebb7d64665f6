// Every line said to a person is in this file. Lower case, no full stop; what was expected and what was found; hints
// are commands to paste. Text that is not ours goes through `quote` or `escapeText`.
import { CordonError, type ErrorCode } from './errors.ts';
import { escapeText, quote } from './escape.ts';

/** How an error looks on a terminal: `error:`, indented details, `hint:` lines. No trailing newline. */
export function renderError(error: CordonError): string {
  return [
    `error: ${error.message} [${error.code}]`,
    ...error.details.map((detail) => `  ${detail}`),
    ...error.hints.map((hint) => `hint: ${hint}`),
  ].join('\n');
}

/** Anything thrown, as a CordonError; what we did not expect becomes INTERNAL with its own words escaped. */
export function toCordonError(thrown: unknown): CordonError {
  if (thrown instanceof CordonError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CordonError('INTERNAL', `something failed that should not: ${quote(message)}`, {
    hints: ['run the same command with CORDON_DEBUG=1 and report what it prints'],
    cause: thrown,
  });
}

/**
 * The one line that the client's user reads when a server was refused: code first, cure last, under 480 characters, no
 * profile name and no argument values, because clients replace those with "[redacted]" (facts: Claude Code 2.1).
 */
export function refusalLine(error: CordonError): string {
  const cure = error.hints[0];
  const line = `${error.code}: ${error.message}${error.details[0] === undefined ? '' : ` (${error.details[0]})`}${cure === undefined ? '' : `; fix: ${cure}`}`;
  const escaped = escapeText(line);
  return escaped.length < 480 ? escaped : `${escaped.slice(0, 478)}…`;
}

function fault(
  code: ErrorCode,
  message: string,
  hints: readonly string[] = [],
  details: readonly string[] = [],
  cause?: unknown,
): CordonError {
  return new CordonError(code, message, { hints, details, cause });
}

// --- usage, installation ---

export const usageInvalid = (message: string) => fault('USAGE_INVALID', message, ['cordon --help']);

export const installationUnsafe = (path: string, why: string) =>
  fault('INSTALLATION_UNSAFE', `${quote(path)} ${why}`, ['cordon doctor']);

// --- profile ---

export const profileNotFound = (known: readonly string[]) =>
  fault(
    'PROFILE_NOT_FOUND',
    'there is no profile of that name',
    ['cordon list'],
    known.length === 0 ? [] : [`profiles here: ${known.join(', ')}`],
  );
