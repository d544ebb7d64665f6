// A relay in this process between the hostile server, a real process, and the test as its client.
import { type ChildProcess, spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createRelay } from '../../src/relay/create-relay.ts';
import type { Relay, RelayDenial } from '../../src/relay/relay.ts';
import { relayStderr } from '../../src/relay/stderr.ts';
import type { McpPolicy } from '../../src/relay/policy.ts';
import type { Reviewed } from '../../src/relay/reviewed.ts';
import { EVERYTHING, UNPINNED } from '../fixtures/policies.ts';

const SERVER = fileURLToPath(new URL('../fixtures/servers/hostile-server.mjs', import.meta.url));
const MIB = 1024 * 1024;

interface Answer {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: { readonly [key: string]: unknown };
  readonly result?: { readonly [key: string]: unknown; readonly content?: ReadonlyArray<{ text: string }> };
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: { readonly source?: string; readonly reason?: string };
  };
}

export interface RelaySession {
  readonly relay: Relay;
  readonly server: ChildProcess;
  readonly denials: RelayDenial[];
  /** Everything that reached the client. */
  received(): Buffer;
  messages(): Answer[];
  stderr(): string;
  send(message: unknown): void;
  sendRaw(line: string | Uint8Array): void;
  /** Sends and resolves with the first answer of that id. */
  request(method: string, params?: unknown, id?: string | number): Promise<Answer>;
  call(name: string, args?: unknown, id?: string | number): Promise<Answer>;
  /** Resolves with the first message that fits. */
  next(fits: (message: Answer) => boolean): Promise<Answer>;
  endInput(): void;
  close(): void;
}

export interface SessionOptions {
  readonly maxMessageBytes?: number;
  /** Sends initialize first, as a client of the older generation does. Default true. */
  readonly handshake?: boolean;
  /** argv of another server. */
  readonly server?: readonly string[];
  readonly policy?: McpPolicy;
  readonly reviewed?: Reviewed;
  /** What the client says of itself in initialize. */
  readonly client?: { readonly name?: string; readonly capabilities?: object; readonly version?: string };
}

export async function startSession(mode: string, options: SessionOptions = {}): Promise<RelaySession> {
  const server = spawn(process.execPath, options.server ?? [SERVER, `--mode=${mode}`], { stdio: 'pipe' });
  server.stdin.on('error', () => {});
  const input = new PassThrough();
  const output = new PassThrough();
  const errors = new PassThrough();
  const denials: RelayDenial[] = [];
  const relay = createRelay({
    client: { input, output },
    onDenied: (denial) => denials.push(denial),
    outputClosedMs: 200,
  });
  const pieces: Buffer[] = [];
  const read: Answer[] = [];
  const waiting = new Set<() => void>();
  let rest = Buffer.alloc(0);
  output.on('data', (chunk: Buffer) => {
    pieces.push(chunk);
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      read.push(JSON.parse(rest.toString('utf8', 0, end)) as Answer);
      rest = rest.subarray(end + 1);
    }
    for (const look of waiting) look();
  });
  let errorText = '';
  errors.on('data', (chunk: Buffer) => {
    errorText += chunk.toString();
  });
  void relayStderr(server.stderr, errors);
  relay.attach({
    input: server.stdin,
    output: server.stdout,
    maxMessageBytes: options.maxMessageBytes ?? 8 * MIB,
    policy: options.policy ?? EVERYTHING,
    reviewed: options.reviewed ?? UNPINNED,
  });
  let lastId = 0;
  const next = (fits: (message: Answer) => boolean): Promise<Answer> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = read.find(fits);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const session: RelaySession = {
    relay,
    server,
    denials,
    received: () => Buffer.concat(pieces),
    messages: () => read,
    stderr: () => errorText,
    send: (message) => session.sendRaw(`${JSON.stringify(message)}\n`),
    sendRaw: (line) => void input.write(line),
    request: (method, params, id = (lastId += 1)) => {
      session.send({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) });
      return next((message) => message.id === id && message.method === undefined);
    },
    call: (name, args, id) => session.request('tools/call', { name, arguments: args }, id),
    next,
    endInput: () => void input.end(),
    close: () => {
      server.kill('SIGKILL');
      input.destroy();
      output.destroy();
    },
  };
  if (options.handshake !== false) {
    const {
      name = 'test',
      capabilities = { sampling: {}, elicitation: {}, roots: {} },
      version: protocolVersion = '2025-11-25',
    } = options.client ?? {};
    const clientInfo = { name, version: '1' };
    await session.request('initialize', { protocolVersion, capabilities, clientInfo });
    session.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }
  return session;
}
