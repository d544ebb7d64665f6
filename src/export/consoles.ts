// Clients whose policy is set in a console on the web: text to paste.
import { exportLimits } from '../messages/export.ts';
import type { Entry, Policy } from './policy.ts';

/** Cursor compares the whole command line, joined by spaces; `*` would match anything. */
export function cursorPolicy(entries: readonly Entry[]): Policy {
  return {
    client: 'cursor',
    title: 'Cursor',
    files: [],
    paste: [
      {
        where: 'team dashboard, MCP Configuration, allowed commands (one a line)',
        text: entries.map(({ command }) => command.join(' ')).join('\n'),
      },
    ],
    limits: exportLimits.cursor,
  };
}

/** Windsurf: a regular expression for the command and for each argument, which it anchors at both ends. */
export function windsurfPolicy(entries: readonly Entry[]): Policy {
  const servers = entries.map(({ name, command: [command, ...args] }) => [
    name,
    { command: literally(command), args: args.map(literally) },
  ]);
  return {
    client: 'windsurf',
    title: 'Windsurf',
    files: [],
    paste: [
      {
        where: 'admin portal, MCP whitelist (one entry for each server)',
        text: JSON.stringify(Object.fromEntries(servers), undefined, 2),
      },
    ],
    limits: exportLimits.windsurf,
  };
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
