// What a request says of itself in `_meta`: its generation, its version, its progress token.
import { isJsonObject, type JsonObject } from './envelope.ts';
import { META } from './meta.ts';
import type { Era } from './methods.ts';
import type { RequestId } from './request-id.ts';

const MAX_VERSION_LENGTH = 64;

/** Judged per message: one process may serve both generations (protocol.md 5.3.5). */
export function eraOf(params: JsonObject): Era {
  const meta = params['_meta'];
  return isJsonObject(meta) && Object.hasOwn(meta, META.version) ? 'modern' : 'legacy';
}

/** The version that a request of the newer generation names; empty for what no version looks like. */
export function versionOf(params: JsonObject): string {
  const meta = params['_meta'];
  const version = isJsonObject(meta) ? meta[META.version] : undefined;
  return typeof version === 'string' && version.length <= MAX_VERSION_LENGTH ? version : '';
}

/** What a request of the newer generation says that the client can do; `{}` when it does not say. */
export function capabilitiesOf(params: JsonObject): JsonObject {
  const meta = params['_meta'];
  const declared = isJsonObject(meta) ? meta[META.clientCapabilities] : undefined;
  return isJsonObject(declared) ? declared : {};
}

export function progressTokenOf(params: JsonObject): RequestId | undefined {
  const meta = params['_meta'];
  const token = isJsonObject(meta) ? meta['progressToken'] : undefined;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}
