// Text that came from a package, a server, a path or the command line goes through here before it is shown
// anywhere, so that it can neither steer a terminal (AN-01 to AN-07) nor forge a line of output.

// C0 and C1 controls, DEL, line separators, bidi controls, zero-width and invisible format characters, tag block,
// variation selectors supplement, lone surrogates, private use, non-characters.
const UNSAFE =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]|\p{Cs}|\p{Co}|\p{Cn}/gu;

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
