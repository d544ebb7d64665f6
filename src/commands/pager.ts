// Long text on a terminal, page by page. The program is named by its place and told not to run commands: what it shows was
// written by somebody whom nobody trusts yet.
import { spawnSync } from 'node:child_process';
import type { CommandContext } from './context.ts';

const LESS = '/usr/bin/less';

/** At once where stdout is no terminal, or without `less`. */
export function showPaged({ columns, out }: CommandContext, text: string): void {
  if (columns !== undefined) {
    const shown = spawnSync(LESS, ['-RFX'], {
      input: text,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { TERM: process.env['TERM'] ?? 'dumb', LESSSECURE: '1', LESSCHARSET: 'utf-8' },
    });
    if (shown.error === undefined) return;
  }
  out(text);
}
