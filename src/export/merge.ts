// What an administrator has in a policy file beside ours stays; what Cordon wrote there for profiles that are gone goes. Pure.
import { canonicalJson, type Json } from '../pins/canonical-json.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * The file's members when ours are in it. Equal to `there` when nothing has to change.
 * @param program what all command lines of ours begin with
 */
export function merged(there: Members, ours: Members, program: string): Members {
  const result: Record<string, unknown> = { ...there };
  for (const [name, value] of Object.entries(ours))
    result[name] = mergedMember(name, there[name], value, program);
  const { mcp, mcpServers } = result;
  if (isObject(mcp) && isObject(mcpServers)) {
    const before = isObject(there['mcp']) ? there['mcp'] : {};
    const allowed = definedAlone([...listOf(before['allowed']), ...listOf(mcp['allowed'])], mcpServers);
    result['mcp'] = { ...mcp, ...namesOf(allowed, listOf(before['excluded'])) };
  }
  return result;
}

/** Allowed by name and excluded as well. */
const NO_SERVER = '(none)';

/**
 * What Gemini CLI is told of names. In a session an empty list allows everything there is, though its `mcp list` calls all of it
 * blocked (0.61.0): one that is to allow nothing names what can never start.
 */
export function namesOf(
  allowed: readonly unknown[],
  excluded: readonly unknown[],
): { readonly allowed: readonly unknown[]; readonly excluded?: readonly unknown[] } {
  if (allowed.length === 0)
    return { allowed: [NO_SERVER], excluded: [...excluded.filter((name) => name !== NO_SERVER), NO_SERVER] };
  return { allowed, ...(excluded.length === 0 ? {} : { excluded }) };
}

/** Servers that the members let start and that are not ours, as their names or command lines. */
export function others(members: Members, program: string): readonly string[] {
  const { mcpServers } = members;
  const matchers = listOf(members['allowedMcpServers'] ?? members['ChatAllowedMcpServers']);
  return [
    ...Object.entries(isObject(mcpServers) ? mcpServers : {}).flatMap(([name, server]) =>
      isOurServer(server, program) ? [] : [name],
    ),
    ...matchers.flatMap((matcher) => (isOurMatcher(matcher, program) ? [] : [JSON.stringify(matcher)])),
  ];
}

function mergedMember(name: string, there: unknown, ours: unknown, program: string): unknown {
  if (isMatchers(ours)) {
    const kept = listOf(there).filter((matcher) => !isOurMatcher(matcher, program) || isAmong(matcher, ours));
    return [...kept, ...ours.filter((matcher) => !isAmong(matcher, kept))];
  }
  if (!isObject(ours) || !isObject(there)) return ours;
  if (name !== 'mcpServers') return { ...there, ...ours };
  const kept = Object.entries(there).filter(
    ([server, value]) => Object.hasOwn(ours, server) || !isOurServer(value, program),
  );
  return { ...Object.fromEntries(kept), ...ours };
}

/**
 * Of a client that knows servers by name: the names that are allowed and defined here. A name without a definition could be
 * given to anything by whoever uses the machine.
 */
function definedAlone(names: readonly unknown[], servers: Members): readonly unknown[] {
  return [...new Set(names)].filter((name) => typeof name === 'string' && Object.hasOwn(servers, name));
}

function isOurMatcher(matcher: unknown, program: string): boolean {
  return isObject(matcher) && listOf(matcher['serverCommand'])[0] === program;
}

function isOurServer(server: unknown, program: string): boolean {
  return isObject(server) && server['command'] === program;
}

function isMatchers(value: unknown): value is readonly Members[] {
  return Array.isArray(value) && value.every((entry) => isObject(entry));
}

function isAmong(value: unknown, list: readonly unknown[]): boolean {
  return list.some((other) => isEqual(value, other));
}

export function isEqual(one: unknown, other: unknown): boolean {
  try {
    return canonicalJson(one as Json) === canonicalJson(other as Json);
  } catch {
    // Too deep, or half a surrogate pair: nothing that we write.
    return false;
  }
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
