// Which starts a review makes. A server may say one thing to one client and another to the next (RP-06, RP-07): so it is asked
// under the names of several, with and without capabilities and optional secrets, in both generations, and in folders of different
// names. Pure.
import type { JsonObject } from '../pins/canonical-json.ts';
import type { Profile } from '../profile/schema.ts';
import { mcpPolicy } from '../relay/policy.ts';

export interface Start {
  readonly generation: 'legacy' | 'modern';
  /** `clientInfo.name` of a client that people use. */
  readonly client: string;
  readonly capabilities: JsonObject;
  /** Left out: the required ones alone. */
  readonly secrets?: 'optional' | undefined;
}

const CLAUDE_CODE = 'claude-code';

/** What a client says that lets its own answers become tasks (2025-11-25). */
const TASKS: JsonObject = {
  requests: { sampling: { createMessage: {} }, elicitation: { create: {} } },
};

/** All that a client can offer: what a server says only to such a client is to be seen as well. */
const EVERYTHING: JsonObject = {
  roots: { listChanged: true },
  sampling: {},
  elicitation: { form: {} },
  tasks: TASKS,
};

/** The first of a generation is what gets pinned; then variants of it. */
export function startsFor(
  mcp: Profile['permissions']['mcp'],
  secrets: Profile['secrets'] = {},
): readonly Start[] {
  const starts = startsWithoutOptions(mcp);
  // With a key a server may say other things than without: of what it can do, and in what it tells the model.
  const hasOptions = Object.values(secrets).some(({ required }) => !required);
  const again = hasOptions ? starts.filter(({ client }) => client === CLAUDE_CODE) : [];
  return [...starts, ...again.map((start): Start => ({ ...start, secrets: 'optional' }))];
}

function startsWithoutOptions(mcp: Profile['permissions']['mcp']): readonly Start[] {
  const granted = grantedCapabilities(mcp);
  return [
    { generation: 'legacy', client: CLAUDE_CODE, capabilities: {} },
    { generation: 'legacy', client: 'codex-mcp-client', capabilities: {} },
    { generation: 'legacy', client: 'Visual Studio Code', capabilities: EVERYTHING },
    { generation: 'modern', client: CLAUDE_CODE, capabilities: {} },
    { generation: 'modern', client: 'cursor-vscode', capabilities: EVERYTHING },
    ...(Object.keys(granted).length === 0
      ? []
      : (['legacy', 'modern'] as const).map(
          (generation): Start => ({
            generation,
            client: CLAUDE_CODE,
            capabilities: granted,
          }),
        )),
  ];
}

/** Whether the relay lets a client declare this to the server, so that its definitions are pinned. */
export function isPinned({ capabilities }: Start, mcp: Profile['permissions']['mcp']): boolean {
  const names = JSON.stringify(capabilities);
  return names === '{}' || names === JSON.stringify(grantedCapabilities(mcp));
}

function grantedCapabilities(mcp: Profile['permissions']['mcp']): JsonObject {
  const { extensions } = mcpPolicy(mcp);
  return {
    ...(mcp.roots ? { roots: { listChanged: true } } : {}),
    ...(mcp.sampling ? { sampling: {} } : {}),
    ...(mcp.elicitation ? { elicitation: { form: {} } } : {}),
    ...(mcp.tasks ? { tasks: TASKS } : {}),
    ...(extensions.size === 0
      ? {}
      : { extensions: Object.fromEntries([...extensions].map((id) => [id, {}])) }),
  };
}
