// `_meta` of what a server sends: by it clients are steered beside what people see (protocol.md 2.5). Pure.
import { isJsonObject, type JsonObject } from './envelope.ts';
import { META } from './meta.ts';
import { without } from './policy.ts';

/** Members that mean something to the protocol itself, and whether a value is one that can mean it. */
const KEPT: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  [META.subscription, isId],
  ['io.modelcontextprotocol/related-task', isTaskReference],
  ['progressToken', isId],
]);

function isId(value: unknown): boolean {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

/** That and no more: any other member would be text for whoever reads it. */
function isTaskReference(value: unknown): boolean {
  return isJsonObject(value) && typeof value['taskId'] === 'string' && Object.keys(value).length === 1;
}

/**
 * @param object params or a result
 * @param isKnownServer whether the server introduces itself there as it was reviewed
 * @returns it without what is not kept; undefined when nothing is to be taken away
 */
export function withoutForeignMeta(
  object: JsonObject,
  isKnownServer: (info: unknown) => boolean = () => false,
): JsonObject | undefined {
  const meta = object['_meta'];
  if (meta === undefined) return undefined;
  if (!isJsonObject(meta)) return without(object, ['_meta']);
  const names = Object.keys(meta);
  const kept = names.filter(
    (name) =>
      KEPT.get(name)?.(meta[name]) === true || (name === META.serverInfo && isKnownServer(meta[name])),
  );
  if (kept.length === names.length) return undefined;
  const rest = without(object, ['_meta']);
  return kept.length === 0
    ? rest
    : { ...rest, _meta: Object.fromEntries(kept.map((name) => [name, meta[name]])) };
}
