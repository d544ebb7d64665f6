// Codex: requirements.toml names what may run, config.toml defines it. The matcher must be the structured one: `command` as a
// text, or with a plain list of arguments, lets any arguments through.
import { exportLimits } from '../messages/export.ts';
import type { Entry, Policy } from './policy.ts';

/** The same on macOS, where a profile for com.openai.codex may carry the text as well. */
const FOLDER = '/etc/codex';

export function codexPolicy(entries: readonly Entry[]): Policy {
  return {
    client: 'codex',
    title: 'Codex',
    files: [
      { format: 'toml', path: `${FOLDER}/requirements.toml`, content: requirements(entries) },
      { format: 'toml', path: `${FOLDER}/config.toml`, content: servers(entries) },
    ],
    paste: [],
    limits: exportLimits.codex,
  };
}

/** First line of a file that is ours: only such a file is replaced. */
export const TOML_MARK = '# written by cordon export; changes are lost';

function requirements(entries: readonly Entry[]): string {
  // Without an entry nothing would be forbidden.
  if (entries.length === 0) return `${TOML_MARK}\nmcp_servers = {}\n`;
  const tables = entries.map(({ name, command: [program, ...args] }) => {
    const matchers = args.map((arg) => `{ match = "exact", value = ${text(arg)} }`).join(', ');
    return `[mcp_servers.${name}.identity]\ncommand = { executable = ${text(program)}, args = [${matchers}] }\n`;
  });
  return [`${TOML_MARK}\n`, ...tables].join('\n');
}

function servers(entries: readonly Entry[]): string {
  const tables = entries.map(
    ({ name, command: [program, ...args] }) =>
      `[mcp_servers.${name}]\ncommand = ${text(program)}\nargs = [${args.map(text).join(', ')}]\n`,
  );
  return [`${TOML_MARK}\n`, ...tables].join('\n');
}

/** A TOML basic string: JSON's escapes are among its own, and DEL is the one control that JSON leaves as it is. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
}
