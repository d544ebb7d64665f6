// Gemini CLI knows servers by name alone, so the policy must bring the definitions too: a system definition wins over a user's of
// the same name.
import { exportLimits } from '../messages/export.ts';
import { namesOf } from './merge.ts';
import type { Entry, Policy, System } from './policy.ts';

const FILE: Readonly<Record<System, string>> = {
  linux: '/etc/gemini-cli/settings.json',
  macos: '/Library/Application Support/GeminiCli/settings.json',
};

export function geminiPolicy(entries: readonly Entry[], program: string, system: System): Policy {
  return {
    client: 'gemini',
    title: 'Gemini CLI',
    files: [
      {
        format: 'json',
        program,
        path: FILE[system],
        members: {
          mcp: namesOf(
            entries.map(({ name }) => name),
            [],
          ),
          mcpServers: Object.fromEntries(
            entries.map(({ name, command: [command, ...args] }) => [name, { command, args }]),
          ),
        },
      },
    ],
    paste: [],
    limits: exportLimits.gemini,
  };
}
