// What on this machine a configuration trusts: programs that run outside every sandbox to give secrets, and files.
import fs from 'node:fs';
import { linksTo } from '../profile/ownership.ts';
import { filesAmong, interpretersOf } from './interpreters.ts';
import type { Config } from './config.ts';
import { expandSecretPath } from './secrets.ts';

export interface SecretFiles {
  /**
   * Programs, what runs them, the files that their arguments name, such as scripts, the certificates that servers trust, and each
   * link on the way to one of these or to a file of a secret: who can write to one decides what runs as the user, what is handed
   * out as a secret, or whom other servers believe.
   */
  readonly deciding: readonly string[];
  /** Files that hold a secret, that of the company's proxy among them. */
  readonly files: readonly string[];
}

/** Of all profiles: a server must not reach the secrets of another one either. As named, and by their real paths. */
export function secretFiles(
  { secrets: config, egress }: Pick<Config, 'secrets' | 'egress'>,
  home: string,
): SecretFiles {
  const sources = Object.values(config).flatMap((secrets) => Object.values(secrets).flat());
  const programs = sources.flatMap((source) => {
    if (source.from !== 'command') return [];
    const [program, ...args] = source.argv;
    return [program, ...interpretersOf(program), ...filesAmong(args)];
  });
  const { credentialsFile } = egress.proxy ?? {};
  const files = [
    ...sources.flatMap((source) => (source.from === 'file' ? [expandSecretPath(source.path, home)] : [])),
    ...(credentialsFile === undefined ? [] : [credentialsFile]),
  ];
  const deciding = [...programs, ...(egress.caFile === undefined ? [] : [egress.caFile])];
  const links = [...deciding, ...files].flatMap(linksTo);
  return { deciding: [...new Set([...bothPaths(deciding), ...links])], files: bothPaths(files) };
}

function bothPaths(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.flatMap((path) => [path, realPath(path)]))];
}

function realPath(path: string): string {
  try {
    return fs.realpathSync(path);
  } catch {
    return path;
  }
}
