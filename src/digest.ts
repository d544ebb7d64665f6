/** `sha256:` and 64 lower-case hex digits. */
export type Digest = string & { readonly __digest: unique symbol };

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/** From 64 lower-case hex digits. Throws `TypeError` on anything else: a programming error, never user input. */
export function digestFromHex(hex: string): Digest {
  const text = `sha256:${hex}`;
  if (!isDigest(text)) throw new TypeError('not a sha256 hex digest');
  return text;
}

export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** The first 12 hex digits, for people. */
export function shortDigest(digest: Digest): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
