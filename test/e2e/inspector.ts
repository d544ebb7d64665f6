// The command line of the MCP Inspector, an SDK client as people debug servers with. It needs a newer Node.js than the tests do.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../fixtures/launcher.ts';
import type { ServerCommand } from './sdk-clients.ts';

const PACKAGES = path.join(ROOT, 'test/clients/node_modules');
const INSPECTOR = path.join(PACKAGES, '@modelcontextprotocol/inspector/clients/launcher/build/index.js');
const [MAJOR = 0, MINOR = 0] = process.versions.node.split('.').map(Number);
const NODE =
  MAJOR > 22 || (MAJOR === 22 && MINOR >= 19) ? process.execPath : path.join(PACKAGES, 'node-22/bin/node');

interface Inspected {
  readonly result?: {
    readonly tools?: ReadonlyArray<{ readonly name: string }>;
    readonly content?: readonly object[];
  };
  readonly error?: { readonly message?: string };
}

/** One request of it, to a server that it starts. */
export async function inspect(
  { command, cwd, env }: ServerCommand,
  method: string,
  ...options: readonly string[]
): Promise<Inspected> {
  // The last option before the command takes one value: a list of them would swallow it.
  const args = ['--cli', '--method', method, ...options, '--format', 'json', '-q', ...command];
  const { stdout } = await promisify(execFile)(NODE, [INSPECTOR, ...args], { cwd, env: { ...env } });
  return JSON.parse(stdout) as Inspected;
}
