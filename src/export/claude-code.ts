// Claude Code: managed-mcp.json names the only servers there are, managed settings name the only command lines that may start.
// Both are needed: before 2.1.259 a managed server must be on the list as well, and the list alone lets nothing start.
import { exportLimits } from '../messages/export.ts';
import type { Entry, Policy, System } from './policy.ts';

const FOLDER: Readonly<Record<System, string>> = {
  linux: '/etc/claude-code',
  macos: '/Library/Application Support/ClaudeCode',
};

/** Where Claude Code looks for what an administrator manages. */
export function claudeFolder(system: System): string {
  return FOLDER[system];
}

export function claudeCodePolicy(entries: readonly Entry[], program: string, system: System): Policy {
  const folder = claudeFolder(system);
  return {
    client: 'claude-code',
    title: 'Claude Code',
    files: [
      {
        format: 'json',
        program,
        path: `${folder}/managed-mcp.json`,
        // Literal values: an entry with ${VAR} needs the list again, and takes its value from the user.
        members: {
          mcpServers: Object.fromEntries(
            entries.map(({ name, command: [command, ...args] }) => [name, { type: 'stdio', command, args }]),
          ),
        },
      },
      {
        format: 'json',
        program,
        // A drop-in: what the administrator has in managed-settings.json is not ours.
        path: `${folder}/managed-settings.d/50-cordon.json`,
        members: {
          allowManagedMcpServersOnly: true,
          allowedMcpServers: allowed(entries),
          deniedMcpServers: denied(entries),
          // Servers get ten variables of the client in place of all: a repository's settings could steer them.
          env: { CLAUDE_CODE_MCP_ALLOWLIST_ENV: '1' },
        },
      },
    ],
    paste: [],
    limits: exportLimits['claude-code'],
  };
}

/** The schema that Claude Code and GitHub Copilot share. */
export function allowed(
  entries: readonly Entry[],
): ReadonlyArray<{ readonly serverCommand: readonly string[] }> {
  return entries.map(({ command }) => ({ serverCommand: command }));
}

export function denied(
  entries: readonly Entry[],
): ReadonlyArray<{ readonly serverCommand: readonly string[] }> {
  const known = new Map(
    entries.flatMap(({ unwrapped }) => unwrapped).map((line) => [JSON.stringify(line), line]),
  );
  return [...known.values()].map((serverCommand) => ({ serverCommand }));
}
