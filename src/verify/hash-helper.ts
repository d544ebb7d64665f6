// Starting a process of our own executable that hashes, and reading its answer. The other end is hash-worker.ts.
import { CordonError, type ErrorCode } from '../errors.ts';
import { hashHelperFailed } from '../messages/store.ts';
import { outputOf } from '../start-program.ts';
import type { HashRequest } from './hash-tree.ts';

/** `whole`: the digest of all. `share`: the entries below the folders of SHARES. */
export type HelperRole = 'whole' | 'share';

const HELPER_VERB = '__hash';
/** Where the helper finds the open tree. */
export const HELPER_TREE_FD = 3;

/**
 * The program to start, or undefined where this is not the compiled executable (tests on Node): then everything is
 * done in this process. On Linux /proc/self/exe is the very file that is running, even while it is being replaced.
 */
export function helperProgram(): string | undefined {
  if (!import.meta.url.includes('/$bunfs/')) return undefined;
  return process.platform === 'linux' ? '/proc/self/exe' : process.execPath;
}

/** Resolves with all of the helper's stdout once it ended with status 0; anything else rejects. */
export async function runHelper(program: string, role: HelperRole, request: HashRequest): Promise<string> {
  const { output, code, signal } = await outputOf(
    [program, HELPER_VERB, role, request.owner, request.path],
    // SHARES as a descriptor and not through a pipe: who starts a helper goes on hashing and feeds no pipe.
    [request.sharesFd ?? 'ignore', 'ignore', request.tree.fd],
  ).catch((error: Error) => {
    throw hashHelperFailed(error.message);
  });
  if (code === 0) return output;
  throw refusalIn(output) ?? hashHelperFailed(`it ended with ${signal ?? `status ${code}`}`);
}

/** A refusal travels as one line of JSON, so that the launcher can say it in the helper's words. */
export function formatRefusal(error: CordonError): string {
  const { code, message, hints, details } = error;
  return JSON.stringify({ code, message, hints, details });
}

function refusalIn(answer: string): CordonError | undefined {
  try {
    const { code, message, hints, details } = JSON.parse(answer) as {
      code: ErrorCode;
      message: string;
      hints: string[];
      details: string[];
    };
    return new CordonError(code, message, { hints, details });
  } catch {
    return undefined;
  }
}
