// Starting a process of our own executable that hashes, and reading its answer. The other end is hash-worker.ts.
import { spawn } from 'node:child_process';
import { CordonError, type ErrorCode } from '../errors.ts';
import { hashHelperFailed } from '../messages.ts';
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
export function runHelper(program: string, role: HelperRole, request: HashRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [HELPER_VERB, role, request.owner, request.path], {
      // An empty environment: variables could steer the runtime of our own executable.
      env: {},
      // SHARES as a descriptor and not through a pipe: who starts a helper goes on hashing and feeds no pipe.
      stdio: [request.sharesFd ?? 'ignore', 'pipe', 'ignore', request.tree.fd],
    });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => reject(hashHelperFailed(error.message)));
    child.on('close', (status, signal) => {
      const answer = Buffer.concat(chunks).toString();
      if (status === 0) resolve(answer);
      else reject(refusalIn(answer) ?? hashHelperFailed(`it ended with ${signal ?? `status ${status}`}`));
    });
  });
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
