// Text that came from a package, a server, a path or the command line goes through here before it is shown
// anywhere, so that it can neither steer a terminal (AN-01 to AN-07) nor forge a line of output.

// By Unicode's own properties, so that no table of ours is out of date: controls, format characters (bidi, zero-width,
// tags), lone surrogates, private use and unassigned (C), what a reader may leave out (DI: fillers, variation selectors),
// line and paragraph separators.
const UNSAFE = /[\p{C}\p{DI}\p{Zl}\p{Zp}]/gu;

/** One line, nothing hidden: every control, invisible or bidi character becomes `\n`, `\x1b` or `\u{200b}`. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** Escaped, cut to `maxCharacters`, in double quotes: how messages quote a name or path that is not ours. */
export function quote(text: string, maxCharacters = 200): string {
  const escaped = escapeText(text);
  return `"${escaped.length > maxCharacters ? `${escaped.slice(0, maxCharacters)}…` : escaped}"`;
}
