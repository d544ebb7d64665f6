// ResolvedServer + store -> VerifiedPackage: the only place where one is made.
import type { Installation } from '../installation.ts';
import type { ResolvedServer } from '../resolve/resolve.ts';
import type { VerifiedPackage } from './verified.ts';

/**
 * Hashes every file of the installed package and compares the tree digest with the pin. The caller owns `treeFd`.
 * @throws CordonError PACKAGE_NOT_INSTALLED, TREE_CHANGED, TREE_UNSAFE or INSTALLATION_UNSAFE
 */
export async function verifyPackage(
  server: ResolvedServer,
  installation: Installation,
): Promise<VerifiedPackage> {
  throw new Error(`not yet: ${server.digest} ${installation.store}`);
}
