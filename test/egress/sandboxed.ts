// A server with network grants, started through bin/cordon as a client would, whose one tool runs what a test hands it:
// code in its own process, or a program. All far ends are the tests' own, on loopback, behind static names of config.json.
import fs from 'node:fs';
import path from 'node:path';
import { type Column, copyProgram } from '../escape/columns.ts';
import { installFixtureProfile } from '../fixtures/installed-profile.ts';
import {
  INITIALIZE,
  type Launcher,
  type LauncherOptions,
  ROOT,
  startLauncher,
} from '../fixtures/launcher.ts';

interface NetworkGrant {
  readonly host: string;
  readonly port: number | readonly number[];
  readonly protocol?: 'tls' | 'tcp';
  readonly addresses?: readonly string[];
}

/** Far ends of the tests listen on loopback, which no grant reaches without saying so. */
export const LOOPBACK = ['127.0.0.0/8'] as const;

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}
export type Evaluated<Value> = { readonly ok: Value } | { readonly error: string; readonly message: string };

export interface EgressLine {
  readonly event: 'egress';
  readonly host: string;
  readonly port?: number;
  readonly verdict: 'allowed' | 'denied' | 'failed';
  readonly reason?: string;
  readonly address?: string;
  readonly bytesToHost: number;
  readonly bytesToServer: number;
  readonly durationMs: number;
  readonly count?: number;
}

export interface Sandboxed {
  readonly launcher: Launcher;
  /** How it was started, to start it once more. */
  readonly options: LauncherOptions;
  /** Runs an async function body in the server's process; `load(name)` imports a module. */
  evaluate<Value>(code: string): Promise<Evaluated<Value>>;
  /** Runs a program beside it. */
  start(command: readonly string[], input?: string): Promise<Ended>;
  /** Everything that the audit log says of the network so far. */
  egress(): readonly EgressLine[];
  /** The audit log as it is. */
  log(): string;
  /** How many descriptors the launcher has open. */
  descriptors(): number;
  /** Resident memory of the launcher. */
  residentMiB(): number;
  /** Ends the server and resolves when it is gone. */
  close(): Promise<void>;
}

export interface EgressStage {
  readonly folder: string;
  /** Below the home folder of that user, with a copy of the program. */
  sandboxed(column: Column, options: SandboxedOptions): Promise<Sandboxed>;
  remove(): void;
}

interface SandboxedOptions {
  readonly network: readonly NetworkGrant[];
  /** `egress` of config.json. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Other keys of profile.json. */
  readonly profile?: Readonly<Record<string, unknown>>;
  /** Folders granted for reading, for programs of the tests. */
  readonly read?: readonly string[];
  /** The interpreter that the server runs on. */
  readonly runtime?: string;
  /** What a client hands on. */
  readonly environment?: Record<string, string>;
  /** What is put before the launcher's command line. */
  readonly wrap?: readonly string[];
}

export function setEgressStage(): EgressStage {
  const folder = fs.mkdtempSync('/var/tmp/cordon-egress-');
  fs.chmodSync(folder, 0o755);
  const { cordon } = copyProgram(folder);
  let starts = 0;
  return {
    folder,
    async sandboxed(column, options) {
      starts += 1;
      const home = path.join(folder, `home-${starts}`);
      const workspace = path.join(home, 'project');
      const config = path.join(home, '.config/cordon/config.json');
      const log = path.join(home, '.local/state/cordon/audit.jsonl');
      fs.mkdirSync(workspace, { recursive: true });
      fs.mkdirSync(path.dirname(config), { recursive: true });
      fs.writeFileSync(config, JSON.stringify({ schema: 1, egress: options.config ?? {} }));
      installFixtureProfile({
        home,
        name: 'egress',
        package: 'egress-server',
        files: { 'server.mjs': path.join(ROOT, 'test/fixtures/servers/egress-server.mjs') },
        profile: {
          description: 'Runs what the test hands it.',
          limits: { processes: 256, files: 4096, memory: '2GiB' },
          ...options.profile,
          permissions: {
            network: options.network,
            filesystem: (options.read ?? []).map((place) => ({ path: place, access: 'read' })),
          },
        },
        owner: column,
        ...(options.runtime === undefined ? {} : { runtime: options.runtime }),
      });
      give(home, column);
      const started: LauncherOptions = {
        home,
        cwd: workspace,
        command: [...(options.wrap ?? []), ...column.as([cordon, 'run', 'egress'])],
        ...(options.environment === undefined ? {} : { env: options.environment }),
      };
      const launcher = startLauncher('egress', started);
      const greeting = await launcher.request('initialize', INITIALIZE);
      if (greeting['result'] === undefined) {
        // It would stay and answer every request with this.
        launcher.child.stdin?.end();
        throw new Error(`${JSON.stringify(greeting)} ${launcher.stderr()}`);
      }
      const call = async <Value>(given: object): Promise<Value> => {
        const answer = await launcher.request('tools/call', { name: 'run', arguments: given });
        const result = answer['result'] as { readonly content: ReadonlyArray<{ readonly text: string }> };
        if (result === undefined) throw new Error(JSON.stringify(answer));
        return JSON.parse(result.content[0]?.text ?? '') as Value;
      };
      return {
        launcher,
        options: started,
        evaluate: (code) => call({ code }),
        start: (command, input) => call({ command, input }),
        egress: () => egressLines(fs.readFileSync(log, 'utf8')),
        log: () => fs.readFileSync(log, 'utf8'),
        descriptors: () => fs.readdirSync(`/proc/${launcher.child.pid}/fd`).length,
        residentMiB() {
          const status = fs.readFileSync(`/proc/${launcher.child.pid}/status`, 'utf8');
          return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024;
        },
        async close() {
          launcher.child.stdin?.end();
          await launcher.exited;
        },
      };
    },
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

function egressLines(log: string): readonly EgressLine[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as EgressLine)
    .filter((line) => line.event === 'egress');
}

function give(folder: string, { uid, gid }: Column): void {
  if (process.getuid?.() !== 0) return;
  const visit = (place: string): void => {
    fs.lchownSync(place, uid, gid);
    if (fs.lstatSync(place).isDirectory())
      for (const name of fs.readdirSync(place)) visit(path.join(place, name));
  };
  // The recorded identity of files in the store holds no owner; the profile and the configuration belong to the user.
  visit(folder);
}
