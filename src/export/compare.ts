// A policy file as it should be against the one that is there. Pure.
import { TOML_MARK } from './codex.ts';
import { isEqual, isObject, merged, others } from './merge.ts';
import { jsonText, type PolicyFile } from './policy.ts';

export type Comparison =
  /** `others`: what it lets start beside ours. */
  | { readonly kind: 'same'; readonly others: readonly string[] }
  | { readonly kind: 'missing' }
  /** Members that are not as they should be; `["(file)"]` where it is none that can be named. */
  | { readonly kind: 'differs'; readonly members: readonly string[] }
  /** What is there cannot be read as this format, so that the client does not obey it either. */
  | { readonly kind: 'invalid' }
  /** What is there cannot be read by this user; `why` is the end of a sentence. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** @param found text of the file; undefined when there is none */
export function compareFile(file: PolicyFile, found: string | undefined): Comparison {
  if (found === undefined) return { kind: 'missing' };
  if (file.format === 'toml')
    return found === file.content
      ? { kind: 'same', others: [] }
      : { kind: 'differs', members: differingServers(file.content, found) };
  const there = objectIn(found);
  if (there === undefined) return { kind: 'invalid' };
  const next = merged(there, file.members, file.program);
  const members = Object.keys(next).filter((name) => !isEqual(next[name], there[name]));
  return members.length === 0
    ? { kind: 'same', others: others(there, file.program) }
    : { kind: 'differs', members };
}

/** The file's next content; undefined when what is there is somebody else's and would be lost. */
export function updatedFile(file: PolicyFile, found: string | undefined): string | undefined {
  if (file.format === 'toml')
    return found === undefined || found.startsWith(`${TOML_MARK}\n`) ? file.content : undefined;
  if (found === undefined) return jsonText(file.members);
  const there = objectIn(found);
  if (there === undefined) return undefined;
  const next = merged(there, file.members, file.program);
  // As it is formatted, when nothing has to change.
  return isEqual(next, there) ? found : jsonText(next);
}

/** Servers that only one of two TOML files has. Without reading TOML: what is not found this way is somewhere in the file. */
function differingServers(wanted: string, found: string): readonly string[] {
  const [ours, theirs] = [serversIn(wanted), serversIn(found)];
  const names = [...ours, ...theirs].filter((name) => !ours.has(name) || !theirs.has(name));
  return names.length === 0 ? ['(file)'] : names.map((name) => `mcp_servers.${name}`);
}

/** `[mcp_servers.name]`, `[mcp_servers."name".identity]`, `mcp_servers.name.command = …`. */
function serversIn(toml: string): ReadonlySet<string> {
  const keys = toml.matchAll(
    /^[ \t]*\[?[ \t]*mcp_servers[ \t]*\.[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([\w-]+))/gm,
  );
  return new Set([...keys].map(([, quoted, literal, bare]) => quoted ?? literal ?? bare ?? ''));
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
