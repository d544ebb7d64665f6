// Where each secret comes from: the company's decision, or the user's own, and never the profile's. Pure.
import { jsonPath } from '../json/json-path.ts';
import { isNormalised } from '../profile/paths.ts';

export type SecretSource =
  | { readonly from: 'keyring' }
  | {
      readonly from: 'command';
      readonly argv: readonly [program: string, ...args: string[]];
      readonly env: Readonly<Record<string, string>>;
      readonly timeoutSeconds: number;
    }
  /** Absolute, or `${home}/…`. */
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'environment'; readonly name: string };

/** By profile and name of the secret: in the order in which they are asked. */
export type SecretsConfig = Readonly<Record<string, Readonly<Record<string, readonly SecretSource[]>>>>;

/** A person may have to unlock a vault; clients wait for a server half a minute and more. */
const COMMAND_SECONDS = 20;
const IN_HOME = '${home}/';

/** As the schema has it. */
type WrittenSource =
  | { readonly keyring: true }
  | {
      readonly command: readonly string[];
      readonly env?: Readonly<Record<string, string>> | undefined;
      readonly timeoutSeconds?: number | undefined;
    }
  | { readonly file: string }
  | { readonly environment: string };

export type WrittenSecrets = Readonly<Record<string, Readonly<Record<string, readonly WrittenSource[]>>>>;

export function readSecretSources(written: WrittenSecrets): {
  readonly sources: SecretsConfig;
  readonly faults: readonly string[];
} {
  const faults: string[] = [];
  const read = (source: WrittenSource, place: readonly PropertyKey[]): SecretSource => {
    const report = (where: readonly PropertyKey[], message: string) =>
      faults.push(`${jsonPath(['secrets', ...place, ...where])}: ${message}`);
    if ('keyring' in source) return { from: 'keyring' };
    if ('environment' in source) return { from: 'environment', name: source.environment };
    if ('file' in source) {
      const file = source.file.startsWith(IN_HOME) ? `/${source.file.slice(IN_HOME.length)}` : source.file;
      if (!isNormalised(file)) report(['file'], 'must be an absolute path, or begin with "${home}/"');
      return { from: 'file', path: source.file };
    }
    const { command, env = {}, timeoutSeconds = COMMAND_SECONDS } = source;
    const [program = '', ...args] = command;
    if (!isNormalised(program)) report(['command', 0], 'must be the absolute path of a program');
    return { from: 'command', argv: [program, ...args], env, timeoutSeconds };
  };
  const sources = mapValues(written, (secrets, profile) =>
    mapValues(secrets, (list, name) => list.map((source, index) => read(source, [profile, name, index]))),
  );
  return { sources, faults };
}

/** A path of the configuration, for the user whose home folder is given. */
export function expandSecretPath(path: string, home: string): string {
  return path.startsWith(IN_HOME) ? `${home}/${path.slice(IN_HOME.length)}` : path;
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
