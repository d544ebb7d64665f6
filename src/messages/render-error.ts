// How an error is shown: on a terminal, as JSON, to a client.
import { CordonError } from '../errors.ts';
import { escapeText, quote } from '../escape.ts';

/** How an error looks on a terminal: `error:`, indented details, `hint:` lines. No trailing newline. */
export function renderError(error: CordonError): string {
  return [
    `error: ${error.message} [${error.code}]`,
    ...error.details.map((detail) => `  ${detail}`),
    ...error.hints.map((hint) => `hint: ${hint}`),
  ].join('\n');
}

/** How an error looks with `--json`. */
export function errorJson({ code, message, details, hints }: CordonError) {
  return { code, message, details, hints };
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
  const [detail] = error.details;
  const [cure] = error.hints;
  const what = escapeText(`${error.code}: ${error.message}${detail === undefined ? '' : ` (${detail})`}`);
  const fix = cure === undefined ? '' : escapeText(`; fix: ${cure}`);
  if (what.length + fix.length < 480) return what + fix;
  // What is wrong is cut before what to do about it: the first can be read in full elsewhere.
  return `${what.slice(0, Math.max(240, 478 - fix.length))}…${fix}`.slice(0, 479);
}

/** The same error for the client: there a profile's name, being an argument, would show as "[redacted]". */
export function withoutProfileName(error: CordonError, name: string): CordonError {
  if (name === '') return error;
  const literal = name.replaceAll(/[^\w-]/g, '\\$&');
  const replacer = (before: string) => {
    const pattern = new RegExp(`(?<=${before})${literal}(?![\\w-])`, 'g');
    return (text: string): string => text.replace(pattern, '<profile>');
  };
  const inPath = replacer('/');
  // After a verb: `cordon install install` is a command as well, and `cordon secret set set TOKEN`.
  const inHint = replacer('/|\\bcordon [a-z]+ |\\bcordon secret [a-z]+ ');
  return new CordonError(error.code, inPath(error.message), {
    hints: error.hints.map(inHint),
    details: error.details.map(inPath),
    cause: error.cause,
  });
}
