import { claudeCodePolicy } from './claude-code.ts';
import { codexPolicy } from './codex.ts';
import { cursorPolicy, windsurfPolicy } from './consoles.ts';
import { copilotPolicy, vscodePolicy } from './copilot.ts';
import { geminiPolicy } from './gemini.ts';
import type { Client, Entry, Policy, System } from './policy.ts';

/**
 * What is to be pushed so that `client` starts these and nothing else.
 * @param program absolute path of bin/cordon as the clients will start it
 */
export function policyFor(
  client: Client,
  entries: readonly Entry[],
  program: string,
  system: System,
): Policy {
  switch (client) {
    case 'claude-code':
      return claudeCodePolicy(entries, program, system);
    case 'copilot':
      return copilotPolicy(entries, program, system);
    case 'vscode':
      return vscodePolicy(entries, program, system);
    case 'codex':
      return codexPolicy(entries);
    case 'gemini':
      return geminiPolicy(entries, program, system);
    case 'cursor':
      return cursorPolicy(entries);
    case 'windsurf':
      return windsurfPolicy(entries);
  }
}
