// What of the protocol a profile grants its server, as a value. Least by default: tools, and nothing else.
import type { JsonObject } from './envelope.ts';

/** Parts of the protocol that are granted or not. */
export type Feature =
  | 'tools'
  | 'prompts'
  | 'resources'
  | 'sampling'
  | 'elicitation'
  | 'roots'
  | 'logging'
  | 'tasks';

export interface McpPolicy {
  readonly features: ReadonlySet<Feature>;
  /** The only tools that exist for the client; undefined for all. */
  readonly tools: ReadonlySet<string> | undefined;
  /** Ids of protocol extensions, `io.modelcontextprotocol/ui`. */
  readonly extensions: ReadonlySet<string>;
}

/** Tasks of the newer generation; granted by `tasks`, as those of the older one are. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** `permissions.mcp` of a profile. */
export interface McpPermissions {
  readonly tools: boolean | readonly string[];
  readonly prompts: boolean;
  readonly resources: boolean;
  readonly sampling: boolean;
  readonly elicitation: boolean;
  readonly roots: boolean;
  readonly logging: boolean;
  readonly tasks: boolean;
  readonly extensions: readonly string[];
}

export function mcpPolicy(permissions: McpPermissions): McpPolicy {
  const { tools, extensions, ...others } = permissions;
  const features = Object.entries(others).flatMap(([feature, granted]) =>
    granted ? [feature as Feature] : [],
  );
  return {
    features: new Set<Feature>(tools === false ? features : ['tools', ...features]),
    tools: typeof tools === 'boolean' ? undefined : new Set(tools),
    extensions: new Set([
      ...extensions.filter((id) => id !== TASKS_EXTENSION),
      ...(permissions.tasks ? [TASKS_EXTENSION] : []),
    ]),
  };
}

/** Client capabilities that stand for a feature; all others never pass. */
const CLIENT_CAPABILITIES: ReadonlyMap<string, Feature> = new Map([
  ['sampling', 'sampling'],
  ['elicitation', 'elicitation'],
  ['roots', 'roots'],
  ['tasks', 'tasks'],
]);

/** What a server may ask of a client, in a request or inside a result: of the client that said that it can. */
const ASKED: ReadonlyMap<string, Feature> = new Map([
  ['sampling/createMessage', 'sampling'],
  ['elicitation/create', 'elicitation'],
  ['roots/list', 'roots'],
]);

/** Whether the client said that it can, where that is what it takes. */
export function isDeclared(method: string, capabilities: JsonObject): boolean {
  const feature = ASKED.get(method);
  return feature === undefined || Object.hasOwn(capabilities, feature);
}

/** Inside a result nothing else may be asked. */
export function mayBeAskedInResult(method: string, capabilities: JsonObject, policy: McpPolicy): boolean {
  const feature = ASKED.get(method);
  return feature !== undefined && policy.features.has(feature) && Object.hasOwn(capabilities, feature);
}

/** Server capabilities and the features of which one must be granted. */
const SERVER_CAPABILITIES: ReadonlyMap<string, readonly Feature[]> = new Map([
  ['tools', ['tools']],
  ['prompts', ['prompts']],
  ['resources', ['resources']],
  ['completions', ['prompts', 'resources']],
  ['logging', ['logging']],
  ['tasks', ['tasks']],
]);

/** What the server is told that the client can do. A server must not ask for what was not declared to it. */
export function clientCapabilities(declared: JsonObject, policy: McpPolicy): JsonObject {
  const kept = filtered(declared, (name) => {
    const feature = CLIENT_CAPABILITIES.get(name);
    return feature !== undefined && policy.features.has(feature);
  });
  // Only forms: a URL that the server chose is opened in the user's browser.
  if (isObject(kept['elicitation'])) kept['elicitation'] = without(kept['elicitation'], ['url']);
  // Contexts of other servers and tools of the client are never asked for (S2C-01), so a server need not know of them.
  if (isObject(kept['sampling'])) kept['sampling'] = without(kept['sampling'], ['context', 'tools']);
  return withExtensions(kept, declared, policy);
}

/** What the client is told that the server can do. */
export function serverCapabilities(declared: JsonObject, policy: McpPolicy): JsonObject {
  const kept = filtered(declared, (name) =>
    (SERVER_CAPABILITIES.get(name) ?? []).some((feature) => policy.features.has(feature)),
  );
  return withExtensions(kept, declared, policy);
}

function filtered(declared: JsonObject, isKept: (name: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(declared).filter(([name]) => isKept(name)));
}

function withExtensions(kept: Record<string, unknown>, declared: JsonObject, policy: McpPolicy): JsonObject {
  const { extensions } = declared;
  if (!isObject(extensions)) return kept;
  const granted = Object.entries(extensions).filter(([id]) => policy.extensions.has(id));
  return granted.length === 0 ? kept : { ...kept, extensions: Object.fromEntries(granted) };
}

export function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
