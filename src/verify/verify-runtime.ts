// The interpreter outside the tree: found and hashed once at install, checked by stat at each launch.
import type { Installation } from '../installation.ts';
import type { VerifiedRuntime } from './verified.ts';

/**
 * Opens the recorded interpreter and compares it with its record. The caller owns `fd`.
 * @throws CordonError RUNTIME_MISSING, RUNTIME_CHANGED or INSTALLATION_UNSAFE
 */
export async function verifyRuntime(installation: Installation): Promise<VerifiedRuntime> {
  throw new Error(`not yet: ${installation.store}`);
}
