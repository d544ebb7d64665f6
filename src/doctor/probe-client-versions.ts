// Which version of a client people start, told without starting it: by the package.json above the program, or by the folder of a
// version that it lies in.
import fs from 'node:fs';
import path from 'node:path';
import type { Client } from '../export/policy.ts';
import { decodeUtf8, readSmallFile } from '../profile/read-file.ts';
import type { ClientVersion } from './judge-client-versions.ts';

interface Known {
  readonly client: Client;
  readonly program: string;
  /** Names that its package has, on every platform. */
  readonly package: RegExp;
}

const KNOWN: readonly Known[] = [
  { client: 'claude-code', program: 'claude', package: /^@anthropic-ai\/claude-code(?:-[a-z0-9-]+)?$/ },
  { client: 'codex', program: 'codex', package: /^@openai\/codex(?:-[a-z0-9-]+)?$/ },
  { client: 'gemini', program: 'gemini', package: /^@google\/gemini-cli$/ },
  { client: 'vscode', program: 'code', package: /^code(?:-oss-dev)?$/i },
];
const VERSION = /^v?(\d+\.\d+\.\d+)(?:[-+].*)?$/;
const MAX_BYTES = 1024 * 1024;

/** @param folders in which people's shells look, the first that has a program wins; those that are not absolute do not count */
export function probeClientVersions(folders: readonly string[]): readonly ClientVersion[] {
  return KNOWN.flatMap((known): ClientVersion[] => {
    const found = folders
      .filter((folder) => path.isAbsolute(folder))
      .map((folder) => programAt(path.join(folder, known.program)))
      .find((file) => file !== undefined);
    if (found === undefined) return [];
    return [{ client: known.client, path: found, version: versionOf(found, known) }];
  });
}

/** Where it really is: what is in PATH is mostly a link to it. */
function programAt(file: string): string | undefined {
  try {
    const real = fs.realpathSync(file);
    return fs.statSync(real).isFile() ? real : undefined;
  } catch {
    return undefined;
  }
}

/** The nearest that says it. A package of another name on the way, such as that of a runtime, is passed over. */
function versionOf(program: string, { package: name }: Known): string | undefined {
  for (let place = program; place !== path.dirname(place); place = path.dirname(place)) {
    const named = VERSION.exec(path.basename(place))?.[1];
    if (named !== undefined) return named;
    for (const file of ['package.json', 'resources/app/package.json']) {
      const version = versionIn(path.join(path.dirname(place), file), name);
      if (version !== undefined) return version;
    }
  }
  return undefined;
}

function versionIn(file: string, name: RegExp): string | undefined {
  const read = readSmallFile(file, MAX_BYTES);
  if (read.kind !== 'ok') return undefined;
  try {
    const found = JSON.parse(decodeUtf8(read.bytes) ?? '') as { name?: unknown; version?: unknown } | null;
    if (typeof found?.name !== 'string' || !name.test(found.name) || typeof found.version !== 'string')
      return undefined;
    return VERSION.exec(found.version)?.[1];
  } catch {
    return undefined;
  }
}
