// The two generations of the official SDK as one kind of client, so that every scenario is run with both. Each answers
// sampling, elicitation and roots the way a client with a person behind it would.
import type { Stream } from 'node:stream';
import { Client as ModernClient, type ClientCapabilities } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernTransport } from '@modelcontextprotocol/client/stdio';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { InMemoryTaskStore } from '@modelcontextprotocol/sdk/experimental/tasks';
import type { RequestTaskStore } from '@modelcontextprotocol/sdk/shared/protocol.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import { until } from '../fixtures/launcher.ts';

export interface ServerCommand {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ClientOptions {
  /** What the client can do for a server; the roots also say what `roots/list` answers. */
  readonly offers?: 'nothing' | 'everything';
  readonly roots?: readonly string[];
}

interface ContentPart {
  readonly type: string;
  readonly text?: string;
  readonly data?: string;
  readonly mimeType?: string;
  readonly uri?: string;
  readonly resource?: { readonly uri: string; readonly text?: string; readonly blob?: string };
}

interface ToolResult {
  readonly content: readonly ContentPart[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
}

interface CallOptions {
  readonly onprogress?: (progress: {
    readonly progress: number;
    readonly total?: number | undefined;
  }) => void;
  readonly signal?: AbortSignal;
}

export interface SdkClient {
  /** What both generations spell alike is called on the SDK's own object. */
  readonly sdk: LegacyClient | ModernClient;
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<ToolResult>;
  /** For a tool that only runs as a task (2025-11-25): creates it, polls, fetches the result. */
  callAsTask(name: string, args: Record<string, unknown>): Promise<ToolResult>;
  /** Text of all text parts. */
  text(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<string>;
  readonly updatedResources: readonly string[];
  stderr(): string;
  /** Closes as the SDK does, and waits until the launcher is gone. */
  close(): Promise<void>;
}

type Connect = (server: ServerCommand, options?: ClientOptions) => Promise<SdkClient>;

const IDENTITY = { name: 'cordon-e2e', version: '1.0.0' };
const CREATED_TASK = z.object({ task: z.object({ taskId: z.string() }) });
const TASK = z.looseObject({ status: z.string() });
const RESULT = z.looseObject({ content: z.array(z.looseObject({ type: z.string() })) });

function capabilities({ offers, roots }: ClientOptions): ClientCapabilities {
  const base: ClientCapabilities = roots === undefined ? {} : { roots: { listChanged: true } };
  return offers === 'everything'
    ? { ...base, roots: { listChanged: true }, sampling: {}, elicitation: { form: {}, url: {} } }
    : base;
}

const SAMPLED = {
  model: 'a-model',
  role: 'assistant' as const,
  content: { type: 'text' as const, text: 'sampled ✓' },
};
const FILLED = { action: 'accept' as const, content: { name: 'Ada Lovelace', check: true, integer: 7 } };
const OPENED = { action: 'accept' as const };

function listedRoots({ roots = [] }: ClientOptions) {
  return { roots: roots.map((root) => ({ uri: `file://${root}`, name: 'a root' })) };
}

/** `@modelcontextprotocol/sdk` 1.x, which also takes tasks from a server. */
export const connectLegacy: Connect = async (server, options = {}) => {
  const taskStore = new InMemoryTaskStore();
  const offered = capabilities(options);
  const all = options.offers === 'everything';
  const client = new LegacyClient(IDENTITY, {
    taskStore,
    capabilities: all
      ? { ...offered, tasks: { requests: { sampling: { createMessage: {} }, elicitation: { create: {} } } } }
      : offered,
  });
  const asTask = async <T extends Record<string, unknown>>(
    params: { readonly task?: unknown },
    store: RequestTaskStore | undefined,
    result: T,
  ) => {
    if (params.task === undefined || store === undefined) return result;
    const task = await store.createTask({ ttl: 60_000 });
    setTimeout(() => void taskStore.storeTaskResult(task.taskId, 'completed', result), 50);
    return { task };
  };
  if (all) {
    client.setRequestHandler(CreateMessageRequestSchema, ({ params }, { taskStore: store }) =>
      asTask(params, store, SAMPLED),
    );
    client.setRequestHandler(ElicitRequestSchema, ({ params }, { taskStore: store }) =>
      asTask(params, store, params.mode === 'url' ? OPENED : FILLED),
    );
  }
  if (all || options.roots !== undefined)
    client.setRequestHandler(ListRootsRequestSchema, () => listedRoots(options));
  const updatedResources: string[] = [];
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
    updatedResources.push(params.uri);
  });

  const [command = '', ...args] = server.command;
  const transport = new LegacyTransport({ command, args, cwd: server.cwd, env: server.env, stderr: 'pipe' });
  const launcher = await started(transport, () => client.connect(transport));
  return withText({
    sdk: client,
    updatedResources,
    call: async (name, given = {}, callOptions = {}) =>
      (await client.callTool({ name, arguments: given }, undefined, { ...callOptions })) as ToolResult,
    callAsTask: async (name, given) => {
      for await (const message of client.experimental.tasks.callToolStream({ name, arguments: given })) {
        if (message.type === 'result') return message.result as ToolResult;
        if (message.type === 'error') throw message.error;
      }
      throw new Error('the stream ended without a result');
    },
    stderr: launcher.stderr,
    close: () => client.close().then(launcher.gone),
  });
};

/** `@modelcontextprotocol/client` 2.x. It has no tasks of its own: there they are plain requests. */
function connectModern(mode: 'auto' | 'legacy'): Connect {
  return async (server, options = {}) => {
    const all = options.offers === 'everything';
    const client = new ModernClient(IDENTITY, {
      capabilities: capabilities(options),
      versionNegotiation: { mode },
    });
    if (all) {
      client.setRequestHandler('sampling/createMessage', () => SAMPLED);
      client.setRequestHandler('elicitation/create', ({ params }) =>
        params.mode === 'url' ? OPENED : FILLED,
      );
    }
    if (all || options.roots !== undefined)
      client.setRequestHandler('roots/list', () => listedRoots(options));
    const updatedResources: string[] = [];
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      updatedResources.push(params.uri);
    });

    const [command = '', ...args] = server.command;
    const transport = new ModernTransport({
      command,
      args,
      cwd: server.cwd,
      env: server.env,
      stderr: 'pipe',
    });
    const launcher = await started(transport, () => client.connect(transport));
    return withText({
      sdk: client,
      updatedResources,
      call: async (name, given = {}, callOptions = {}) =>
        (await client.callTool({ name, arguments: given }, { ...callOptions })) as ToolResult,
      callAsTask: async (name, given) => {
        const { task } = await client.request(
          { method: 'tools/call', params: { name, arguments: given, task: { ttl: 60_000 } } },
          CREATED_TASK,
        );
        const params = { taskId: task.taskId };
        for (;;) {
          const { status } = await client.request({ method: 'tasks/get', params }, TASK);
          if (status === 'completed')
            return (await client.request({ method: 'tasks/result', params }, RESULT)) as ToolResult;
          if (status !== 'working') throw new Error(`the task is ${status}`);
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
      },
      stderr: launcher.stderr,
      close: () => client.close().then(launcher.gone),
    });
  };
}

/** Every client that a scenario is run with. */
export const CLIENTS: ReadonlyArray<{ readonly name: string; readonly connect: Connect }> = [
  { name: '@modelcontextprotocol/sdk 1.x', connect: connectLegacy },
  { name: '@modelcontextprotocol/client 2.x', connect: connectModern('legacy') },
  { name: '@modelcontextprotocol/client 2.x that probes', connect: connectModern('auto') },
];

interface Watched {
  readonly stderr: () => string;
  readonly gone: () => Promise<void>;
}

/** Connects; a client that cannot says little, what the launcher wrote says why. */
async function started(
  transport: { readonly stderr: Stream | null; readonly pid: number | null },
  connect: () => Promise<void>,
): Promise<Watched> {
  let text = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  try {
    await connect();
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${text}`, { cause: error });
  }
  const { pid } = transport;
  return {
    stderr: () => text,
    gone: async () => {
      await until(() => pid === null || !isRunning(pid), 5000, 'the end of the launcher');
      // What was written last is still on its way through the pipe.
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function withText(client: Omit<SdkClient, 'text'>): SdkClient {
  return {
    ...client,
    text: async (name, args, options) =>
      (await client.call(name, args, options)).content.map((part) => part.text ?? '').join('\n'),
  };
}
