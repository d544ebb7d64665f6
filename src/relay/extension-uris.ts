// Resources that are more than text: pages that a host runs (`ui:`) and instructions that it follows (`skill:`). Each belongs to an
// extension that a profile grants by its name; without it they do not pass, wherever they stand. Pure.
import { isJsonObject, type JsonObject } from './envelope.ts';
import { type McpPolicy, without } from './policy.ts';

const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['ui', 'io.modelcontextprotocol/ui'],
  ['skill', 'io.modelcontextprotocol/skills'],
]);

export function isUngrantedUri(uri: unknown, { extensions }: McpPolicy): boolean {
  const scheme = typeof uri === 'string' ? schemeOf(uri) : undefined;
  const extension = scheme === undefined ? undefined : EXTENSIONS.get(scheme);
  return extension !== undefined && !extensions.has(extension);
}

/** As readers of URLs find it: they skip spaces and controls before it, and line ends and tabs within, of any number. */
function schemeOf(uri: string): string | undefined {
  const colon = uri.indexOf(':');
  return colon === -1 ? undefined : uri.slice(0, colon).replace(SKIPPED, '').toLowerCase();
}

// oxlint-disable-next-line no-control-regex
const SKIPPED = /[\u0000-\u0020\s]/g;

/** Older hosts run such a page out of any result of a tool: the block that carries it is left out. */
export function withoutUngrantedBlocks(result: JsonObject, policy: McpPolicy): JsonObject | undefined {
  let filtered: JsonObject | undefined;
  for (const member of MEMBERS_WITH_BLOCKS) {
    const blocks: unknown = result[member];
    if (!Array.isArray(blocks) || !blocks.some((block) => carriesUngranted(block, policy))) continue;
    const kept = blocks.filter((block) => !carriesUngranted(block, policy));
    filtered = { ...without(filtered ?? result, [member]), [member]: kept };
  }
  return filtered;
}

const MEMBERS_WITH_BLOCKS = ['content', 'contents', 'messages'] as const;

/** A block, the contents of a resource, or a message of a prompt around a block. */
function carriesUngranted(block: unknown, policy: McpPolicy): boolean {
  if (!isJsonObject(block)) return false;
  const { uri, resource, content } = block;
  return (
    (uri !== undefined && isUngrantedUri(uri, policy)) ||
    (isJsonObject(resource) && isUngrantedUri(resource['uri'], policy)) ||
    (content !== undefined &&
      (Array.isArray(content)
        ? content.some((one) => carriesUngranted(one, policy))
        : carriesUngranted(content, policy)))
  );
}
