// The four ways to start the same server from the same files with the same Node.js.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Scratch, Target } from './scratch.ts';

export const CONTENDER_NAMES = ['bare', 'bwrap', 'cordon', 'srt'] as const;
export type ContenderName = (typeof CONTENDER_NAMES)[number];

export const CONTENDER_LABELS: Readonly<Record<ContenderName, string>> = {
  bare: 'bare server',
  bwrap: 'bare bwrap',
  cordon: 'cordon',
  srt: 'sandbox-runtime',
};

export interface Contender {
  readonly name: ContenderName;
  readonly command: readonly string[];
  readonly target: Target;
}

export interface Absent {
  readonly name: ContenderName;
  readonly why: string;
}

export function contenders(scratch: Scratch, target: Target): ReadonlyArray<Contender | Absent> {
  const server = [scratch.node, target.entry, ...target.args];
  const found = [
    { name: 'bare', command: server },
    bareBubblewrap(scratch, server),
    { name: 'cordon', command: [scratch.cordon, 'run', target.profile] },
    sandboxRuntime(scratch, server),
  ] as const;
  return found.map((contender) => ('why' in contender ? contender : { ...contender, target }));
}

type Found = Omit<Contender, 'target'> | Absent;

/** The whole machine read-only and every namespace of its own: the least that bubblewrap itself costs. */
function bareBubblewrap({ workspace }: Scratch, server: readonly string[]): Found {
  const bwrap = onPath('bwrap');
  if (bwrap === undefined) return { name: 'bwrap', why: 'bwrap is missing' };
  const options = ['--unshare-all', '--die-with-parent', '--ro-bind', '/', '/', '--proc', '/proc'];
  return {
    name: 'bwrap',
    command: [bwrap, ...options, '--dev', '/dev', '--bind', workspace, workspace, '--', ...server],
  };
}

/** The same grants as the profile: no network, nothing writable but the workspace. */
function sandboxRuntime({ root, node, workspace }: Scratch, server: readonly string[]): Found {
  const missing = ['bwrap', 'socat', 'rg'].filter((tool) => onPath(tool) === undefined);
  if (missing.length > 0) return { name: 'srt', why: `needs ${missing.join(' and ')} on the PATH` };
  const main = commandLineOf('@anthropic-ai/sandbox-runtime');
  if (main === undefined) return { name: 'srt', why: '@anthropic-ai/sandbox-runtime is not installed' };
  const settings = path.join(root, 'srt-settings.json');
  fs.writeFileSync(
    settings,
    JSON.stringify({
      network: { allowedDomains: [], deniedDomains: [] },
      filesystem: { denyRead: [], allowWrite: [workspace], denyWrite: [] },
    }),
  );
  return { name: 'srt', command: [node, main, '-s', settings, '--', ...server] };
}

function commandLineOf(name: string): string | undefined {
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve(name)), 'cli.js');
  } catch {
    return undefined;
  }
}

function onPath(program: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => path.join(folder, program))
    .find((file) => fs.existsSync(file));
}
