// GitHub Copilot (CLI, app, JetBrains, VS Code) and VS Code's own policies: the same matchers as Claude Code. Neither takes
// server definitions from these files, only what may run.
import { exportLimits } from '../messages/export.ts';
import { allowed, denied } from './claude-code.ts';
import type { Entry, Policy, System } from './policy.ts';

const COPILOT: Readonly<Record<System, string>> = {
  linux: '/etc/github-copilot/managed-settings.json',
  macos: '/Library/Application Support/GitHubCopilot/managed-settings.json',
};

export function copilotPolicy(entries: readonly Entry[], program: string, system: System): Policy {
  return {
    client: 'copilot',
    title: 'GitHub Copilot',
    files: [
      {
        format: 'json',
        program,
        path: COPILOT[system],
        members: { allowedMcpServers: allowed(entries), deniedMcpServers: denied(entries) },
      },
    ],
    paste: [{ where: '~/.copilot/mcp-config.json', text: definitions('mcpServers', entries) }],
    limits: exportLimits.copilot,
  };
}

export function vscodePolicy(entries: readonly Entry[], program: string, system: System): Policy {
  const members = { ChatAllowedMcpServers: allowed(entries), ChatDeniedMcpServers: denied(entries) };
  const servers = {
    where: '.vscode/mcp.json, or the user’s mcp.json',
    text: definitions('servers', entries),
  };
  return {
    client: 'vscode',
    title: 'VS Code',
    // On macOS policies come in a configuration profile alone.
    files: system === 'linux' ? [{ format: 'json', program, path: '/etc/vscode/policy.json', members }] : [],
    paste:
      system === 'linux'
        ? [servers]
        : [
            { where: 'a configuration profile for com.microsoft.VSCode', text: profileText(members) },
            servers,
          ],
    limits: exportLimits.vscode,
  };
}

function definitions(member: string, entries: readonly Entry[]): string {
  const servers: Record<string, unknown> = {};
  for (const {
    name,
    command: [command, ...args],
  } of entries)
    servers[name] = { type: 'stdio', command, args };
  return JSON.stringify({ [member]: servers }, undefined, 2);
}

function profileText(members: Readonly<Record<string, unknown>>): string {
  return Object.entries(members)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join('\n');
}
