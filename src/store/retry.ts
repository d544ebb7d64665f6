// What a registry or the way to it spoils now and then is asked for again. npm's library itself does so when no answer comes, or one
// that says "later" (5xx, 429); an answer that breaks off in the middle it hands on as an error.
import type { NpmOptions } from './npm-options.ts';

const TRANSIENT = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
  'EIDLETIMEOUT',
  'ETRANSFERTIMEOUT',
  // Of a length that nobody announced, an end that comes too early looks like any other.
  'INTEGRITY_MISMATCH',
]);
/** How npm's library (minipass-fetch) begins to say that no answer came: then it has asked again, as often as it may. */
const NO_ANSWER = /^request to /;
const FIRST_PAUSE_MS = 300;

/**
 * Tries `action` again, as often as npm's own `fetch-retries` says, with growing pauses; what was wrong the last time is thrown.
 * @param action may run several times; leaves nothing behind when it fails
 */
export async function withRetries<T>(npm: NpmOptions, action: () => Promise<T>): Promise<T> {
  for (let left = retriesOf(npm), pause = FIRST_PAUSE_MS; ; left -= 1, pause *= 3) {
    try {
      return await action();
    } catch (error) {
      if (left <= 0 || !isTransient(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function retriesOf({ retry }: NpmOptions): number {
  const retries = (retry as { readonly retries?: unknown } | undefined)?.retries;
  return typeof retries === 'number' ? retries : 0;
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error) || NO_ANSWER.test(error.message)) return false;
  return TRANSIENT.has((error as NodeJS.ErrnoException).code ?? '');
}
