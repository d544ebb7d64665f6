// `_meta` of what a server sends: by it clients are steered beside what people see (protocol.md 2.5). Pure.
import { isJsonObject, type JsonObject } from './envelope.ts';
import { META } from './meta.ts';
import { without } from './policy.ts';

/** Members that mean something to the protocol itself. */
const KEPT: ReadonlySet<string> = new Set([
  META.subscription,
  'io.modelcontextprotocol/related-task',
  'progressToken',
]);

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
    (name) => KEPT.has(name) || (name === META.serverInfo && isKnownServer(meta[name])),
  );
  if (kept.length === names.length) return undefined;
  const rest = without(object, ['_meta']);
  return kept.length === 0
    ? rest
    : { ...rest, _meta: Object.fromEntries(kept.map((name) => [name, meta[name]])) };
}
