// Members that only look like ones of the protocol, wherever the judge reads: at the top of params and results and below it. A
// reader that ignores case, or folds what looks alike, would see what was not judged. Elsewhere, in arguments, structured content
// and schemas, any name may stand.
import { type FoldedKeys, foldKeys, isLookAlike } from '../json/look-alike.ts';
import { META } from './meta.ts';

interface Place {
  readonly names: ReadonlySet<string>;
  readonly folded: FoldedKeys;
  /** What is read below which member: in an object, or in each entry of a list. */
  readonly below: ReadonlyMap<string, Place>;
  /** The names are anybody's: each member is such an object. */
  readonly eachMember?: Place;
}

function place(names: string, below: Readonly<Record<string, Place>> = {}): Place {
  const all = names.split(/\s+/);
  return { names: new Set(all), folded: foldKeys(all), below: new Map(Object.entries(below)) };
}

function mapOf(eachMember: Place): Place {
  return { names: new Set(), folded: foldKeys([]), below: new Map(), eachMember };
}

const meta = place(
  [...Object.values(META), 'io.modelcontextprotocol/related-task', 'progressToken'].join(' '),
);
const capabilities = place(
  'sampling elicitation roots tasks tools prompts resources completions logging experimental extensions',
  { elicitation: place('form url') },
);
const resource = place('uri name mimeType text blob _meta');
const block = place('type text data mimeType uri name resource content _meta', {
  resource,
  content: resource,
});
const asked = place('messages includeContext tools toolChoice mode url message requestedSchema task _meta', {
  _meta: meta,
});
const task = place('taskId status statusMessage ttl pollInterval');
const ended = place('_meta content structuredContent isError resultType inputRequests requestState task', {
  _meta: meta,
  content: block,
});

/** Of params and of results. */
const TOP = place(
  `_meta name arguments uri cursor nextCursor tools prompts resources
  contents resourceTemplates content structuredContent isError messages instructions serverInfo clientInfo
  capabilities protocolVersion supportedVersions resultType inputRequests inputResponses requestState requestId progressToken
  progress total reason level logger task action roots model notifications includeContext toolChoice
  role systemPrompt requestedSchema mode url taskId status result error ref argument`,
  {
    _meta: meta,
    capabilities,
    content: block,
    contents: resource,
    messages: place('role content', { content: block }),
    inputRequests: mapOf(place('method params', { params: asked })),
    notifications: place(
      'toolsListChanged promptsListChanged resourcesListChanged resourceSubscriptions taskIds',
    ),
    task,
    result: ended,
    ref: place('type name uri'),
  },
);

/** Whether anything in params or in a result pretends to be what the judge reads there. */
export function isDisguised(object: object): boolean {
  return hasDisguise(object, TOP);
}

function hasDisguise(value: unknown, place: Place): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((entry) => isEntryDisguised(entry, place));
  for (const name in value) {
    if (!place.names.has(name) && isLookAlike(name, place.folded)) return true;
    const below = place.eachMember ?? place.below.get(name);
    if (below !== undefined && hasDisguise((value as Record<string, unknown>)[name], below)) return true;
  }
  return false;
}

/** A list in a list is none of the protocol's. */
function isEntryDisguised(entry: unknown, place: Place): boolean {
  return !Array.isArray(entry) && hasDisguise(entry, place);
}
