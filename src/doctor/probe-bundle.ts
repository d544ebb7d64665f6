import path from 'node:path';
import { loadSigners } from '../bundle/load-signers.ts';
import { policyFolder, readInstalled } from '../bundle/policy-folder.ts';
import type { CordonError } from '../errors.ts';
import type { Installation } from '../installation.ts';
import { toCordonError } from '../messages/render-error.ts';
import type { BundleFacts } from './judge-bundle.ts';

const MACHINE = { root: '/' };

export function probeBundle({ mode }: Pick<Installation, 'mode'>): BundleFacts {
  if (mode !== 'managed') return { kind: 'none' };
  try {
    const bundle = readInstalled(MACHINE);
    return bundle === undefined
      ? { kind: 'none' }
      : { kind: 'installed', bundle, signersError: signersError() };
  } catch (error) {
    return { kind: 'refused', error: toCordonError(error) };
  }
}

function signersError(): CordonError | undefined {
  try {
    loadSigners(path.join(policyFolder(MACHINE), 'allowed_signers'), true);
    return undefined;
  } catch (error) {
    return toCordonError(error);
  }
}
