// `--token=${secret:TOKEN}` among the arguments of a profile. A secret ends an argument, so that where its value goes is
// known from the profile's own text alone: nothing that a template turns out to be can ask for one.

export interface SecretArgument {
  /** What stands before the value, templates not yet filled in. */
  readonly before: string;
  readonly secret: string;
}

const MARK = '${secret:';
const ENDS_WITH_ONE = /^((?:(?!\$\{secret:)[^])*)\$\{secret:([A-Za-z_][A-Za-z0-9_]*)\}$/;

export function isSecretArgument(text: string): boolean {
  return text.includes(MARK);
}

/** undefined for an argument without a secret, and for one that is written in a way that we do not take. */
export function readSecretArgument(text: string): SecretArgument | undefined {
  const [, before = '', secret] = ENDS_WITH_ONE.exec(text) ?? [];
  return secret === undefined ? undefined : { before, secret };
}
