/** What came of asking one source. `why` is the end of a sentence, in words of ours: never anything that a program printed. */
export type Answer =
  | { readonly kind: 'value'; readonly bytes: Buffer }
  /** It works, and has none. */
  | { readonly kind: 'absent'; readonly why: string }
  /** It does not work here. */
  | { readonly kind: 'unavailable'; readonly why: string }
  /** It gave something that cannot be a secret: a mistake, which no other source may cover up. */
  | { readonly kind: 'malformed'; readonly why: string };
