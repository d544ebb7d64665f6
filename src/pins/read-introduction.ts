// What a server says at the greeting, as it can be pinned; or why not.
import type { Introduction } from './definitions.ts';
import { isJsonObject, pinnable } from './json-value.ts';

export type IntroductionRead =
  | { readonly ok: true; readonly introduction: Introduction }
  /** Our own words; nothing that the server wrote. */
  | { readonly ok: false; readonly fault: string };

const MAX_OBJECT_BYTES = 64 * 1024;
const MAX_INSTRUCTIONS_BYTES = 256 * 1024;
const SERVER_INFO = 'io.modelcontextprotocol/serverInfo';

/** @param result of `initialize` (`legacy`) or `server/discover` (`modern`, where serverInfo stands in `_meta`) */
export function readIntroduction(
  generation: 'legacy' | 'modern',
  result: { readonly [member: string]: unknown },
): IntroductionRead {
  const serverInfo = generation === 'legacy' ? result['serverInfo'] : infoOfMeta(result['_meta']);
  const { capabilities, instructions = null } = result;
  const fault =
    objectFault('serverInfo', serverInfo) ??
    objectFault('capabilities', capabilities) ??
    instructionsFault(instructions);
  if (fault !== undefined) return { ok: false, fault };
  return { ok: true, introduction: { serverInfo, capabilities, instructions } as Introduction };
}

function infoOfMeta(meta: unknown): unknown {
  return isJsonObject(meta) && Object.hasOwn(meta, SERVER_INFO) ? meta[SERVER_INFO] : {};
}

function objectFault(member: string, value: unknown): string | undefined {
  if (!isJsonObject(value)) return `${member} is not an object`;
  const pinned = pinnable(value);
  if (!pinned.ok) return `${member} ${pinned.fault}`;
  return Buffer.byteLength(pinned.canonical) > MAX_OBJECT_BYTES
    ? `${member} has more than ${MAX_OBJECT_BYTES} bytes`
    : undefined;
}

function instructionsFault(value: unknown): string | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'string') return 'instructions is not text';
  const pinned = pinnable(value);
  if (!pinned.ok) return `instructions ${pinned.fault}`;
  return Buffer.byteLength(value) > MAX_INSTRUCTIONS_BYTES
    ? `instructions has more than ${MAX_INSTRUCTIONS_BYTES} bytes`
    : undefined;
}
