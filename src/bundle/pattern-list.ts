// Pattern lists of OpenSSH (ssh_config(5), PATTERNS), by which allowed_signers names people and namespaces.

/** Whether a pattern of the list matches and none with `!` does. */
export function matchesList(text: string, list: string): boolean {
  let found = false;
  for (const entry of list.split(',')) {
    const isNegated = entry.startsWith('!');
    if (!matchesPattern(text, isNegated ? entry.slice(1) : entry)) continue;
    if (isNegated) return false;
    found = true;
  }
  return found;
}

/** `*` is any number of characters, `?` is one. In time that grows with the product of both lengths and no faster. */
export function matchesPattern(text: string, pattern: string): boolean {
  let [at, from] = [0, 0];
  let star: { readonly pattern: number; text: number } | undefined;
  while (at < text.length) {
    const sign = pattern[from];
    if (sign === '*') {
      star = { pattern: from, text: at };
      from += 1;
    } else if (sign === '?' || sign === text[at]) {
      at += 1;
      from += 1;
    } else if (star !== undefined) {
      // The last star takes one character more.
      star.text += 1;
      at = star.text;
      from = star.pattern + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(from));
}
