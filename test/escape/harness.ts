// Runs a probe in one of two places with the same words: outside, as the same user without a sandbox, and inside, as the
// server of a profile that `bin/cordon run` starts.
import fs from 'node:fs';
import path from 'node:path';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import { INITIALIZE } from '../fixtures/launcher.ts';
import type { Column } from './columns.ts';
import { type Conversation, converse, type Outcomes } from './conversation.ts';
import type { Targets, World } from './world.ts';

export interface ProbeRunner {
  /** Runs one probe; `more` is added to the targets. */
  run(id: string, more?: Targets): Promise<Outcomes>;
  readonly conversation: Conversation;
  close(): Promise<void>;
}

export interface Server extends ProbeRunner {
  /** Calls another tool of the probe server. */
  call(tool: string): Promise<Outcomes>;
}

const SYSTEM_ENVIRONMENT = { PATH: '/usr/bin:/bin', TERM: 'dumb' };

export function outside(column: Column, world: World, wrap: readonly string[] = []): ProbeRunner {
  const conversation = withLeaks(world, (leaks) =>
    converse({
      command: column.as([...wrap, process.execPath, path.join(world.outside, 'outside.mjs')]),
      environment: { ...SYSTEM_ENVIRONMENT, HOME: world.home, ...world.environment },
      cwd: world.workspace,
      leaks,
    }),
  );
  return {
    conversation,
    run: async (id, more) => {
      const answer = await conversation.ask({ id, where: 'outside', targets: { ...world.targets, ...more } });
      return answer['outcomes'] as Outcomes;
    },
    close: () => conversation.close(),
  };
}

export interface InsideOptions {
  readonly cordon: string;
  readonly profile: string;
  /** What is put before the launcher's command line. */
  readonly wrap?: readonly string[];
}

export async function inside(column: Column, world: World, options: InsideOptions): Promise<Server> {
  const conversation = withLeaks(world, (leaks) =>
    converse({
      command: column.as([...(options.wrap ?? []), options.cordon, 'run', options.profile]),
      environment: { ...SYSTEM_ENVIRONMENT, HOME: world.home, ...world.environment },
      cwd: world.workspace,
      leaks,
    }),
  );
  let next = 0;
  const request = async (method: string, params: unknown): Promise<Readonly<Record<string, unknown>>> => {
    next += 1;
    const id = next;
    const answer = await conversation.ask(
      { jsonrpc: '2.0', id, method, params },
      (message) => message['id'] === id,
    );
    if (answer['error'] !== undefined) throw new Error(`${method}: ${JSON.stringify(answer['error'])}`);
    return answer['result'] as Readonly<Record<string, unknown>>;
  };
  await request('initialize', INITIALIZE);
  conversation.tell({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return {
    conversation,
    run: async (id, more) => {
      const args = { id, where: 'inside', targets: { ...world.targets, ...more } };
      const result = await request('tools/call', { name: 'probe', arguments: args });
      return (JSON.parse(textOf(result)) as { outcomes: Outcomes }).outcomes;
    },
    call: async (tool) =>
      JSON.parse(textOf(await request('tools/call', { name: tool, arguments: {} }))) as Outcomes,
    close: () => conversation.close(),
  };
}

function textOf(result: Readonly<Record<string, unknown>>): string {
  const [content] = result['content'] as ReadonlyArray<{ readonly text: string }>;
  return content?.text ?? '';
}

/** What a careless client hands on: a secret file, and the home folder under a low and a high number. */
function withLeaks(world: World, start: (leaks: ReadonlyMap<number, number>) => Conversation): Conversation {
  const secret = fs.openSync(path.join(world.home, '.ssh/id_ed25519'), 'r');
  const folder = fs.openSync(world.home, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  try {
    return start(
      new Map([
        [3, secret],
        [4, folder],
        [20, folder],
      ]),
    );
  } finally {
    fs.closeSync(secret);
    fs.closeSync(folder);
  }
}

/** Small, so that the rows about limits end soon. */
const LIMITS = { processes: 48, files: 256, tmp: '16MiB', memory: '512MiB' };

const PROFILES = {
  bare: () => ({ permissions: {}, limits: LIMITS }),
  workspace: (world: World) => ({
    args: ['${workspace}'],
    limits: LIMITS,
    permissions: {
      filesystem: [
        { path: '${workspace}', access: 'write' },
        { path: '${workspace}/.git/hooks', access: 'read' },
        { path: '${workspace}/.vscode', access: 'read' },
        { path: '${workspace}/.mcp.json', access: 'read' },
        { path: '${workspace}/.envrc', access: 'read', optional: true },
        { path: world.readOnly, access: 'read' },
        { path: world.tools, access: 'read' },
      ],
    },
  }),
} as const;

/** Installs the probe server under each profile in the world's home; names files of Cordon's own that it made. */
export function installProbeServer(column: Column, world: World): readonly string[] {
  return Object.entries(PROFILES).flatMap(([name, permissions]) => {
    const installed = installFixtureProfile({
      home: world.home,
      name,
      runtime: world.runtime,
      package: 'probe-server',
      entry: 'server.mjs',
      files: world.packageFiles,
      executable: ['probe'],
      profile: { description: 'Tries to get out.', ...permissions(world) },
      owner: column,
    });
    return [
      path.join(installed.profileFolder, 'profile.json'),
      path.join(installed.profileFolder, 'pins.json'),
      path.join(installed.packageFolder, 'server.mjs'),
      path.join(path.dirname(installed.tree), 'MANIFEST'),
      path.join(world.home, '.local/share/cordon/store/runtimes/node.json'),
    ];
  });
}
